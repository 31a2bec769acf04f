/**
 * Gradients of the native kernels of this folder's ops: registered once, by the engine that has the kernels. A kernel that gives
 * several gradients is run when the tape reaches its op, before tfjs asks for each input's share.
 */
import { tf } from '../tf';
import { runKernel } from './fastKernel';

type Attributes = Record<string, number | boolean | number[]>;
type Gradient = (dy: tf.Tensor, saved: tf.Tensor[], attributes: Attributes) => Record<string, tf.Tensor>;

interface GradientRule {
  readonly kernel: string;
  readonly inputs?: readonly string[];
  readonly outputs?: readonly boolean[];
  /** Gradients by input; `dy` is that of the first output, the only one through which these ops are differentiated. */
  readonly gradient: Gradient;
}

type Five = [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor | undefined];
type Six<T> = [T, T, T, T, T, T];

/** `residual` is the gradient after the rectifier where there is one, and dy itself where there is none. */
function batchNormGradient(
  dy: tf.Tensor,
  saved: tf.Tensor[],
  { epsilon, slope, hasResidual }: Attributes,
): Record<string, tf.Tensor> {
  const [x, gamma, beta, y, mean, variance] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  const masked = hasResidual === true && slope !== 1;
  const inputs = { x, dy, gamma, beta, mean, variance, ...(masked ? { y } : {}) };
  const attributes = { epsilon: epsilon as number, slope: slope as number };
  const [dx, dgamma, dbeta, dresidual] = runKernel<tf.Tensor[]>('IekdBatchNormGrad', inputs, attributes);
  return { x: dx as tf.Tensor, gamma: dgamma as tf.Tensor, beta: dbeta as tf.Tensor, residual: dresidual ?? dy.clone() };
}

/** Evaluation mode: the moments are constants of the map, so every gradient is a product or a sum. */
function batchNormInferGradient(dy: tf.Tensor, saved: tf.Tensor[], { epsilon, slope }: Attributes): Record<string, tf.Tensor> {
  const [x, gamma, mean, variance, y] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  const g = slope === 1 ? dy.clone() : runKernel<tf.Tensor>('IekdLeakyReluGrad', { y, dy }, { slope: slope as number });
  const inverse = tf.rsqrt(tf.add(variance, epsilon as number));
  const scale = tf.mul(gamma, inverse);
  const axes = x.shape.map((_, i) => i).slice(0, -1);
  const sum = tf.sum(g, axes);
  const dgamma = tf.mul(tf.sum(tf.mul(g, tf.sub(x, mean)), axes), inverse); // Σ g · (x − mean) / √(variance + epsilon)
  return {
    x: tf.mul(g, scale),
    gamma: dgamma,
    beta: sum,
    mean: tf.neg(tf.mul(sum, scale)),
    variance: tf.mul(tf.mul(dgamma, gamma), tf.mul(tf.square(inverse), -0.5)),
    residual: g,
  };
}

/** The residual's gradient comes from the kernel where there is a rectifier after it, and is dy where there is none. */
function convBatchNormGradient(dy: tf.Tensor, saved: tf.Tensor[], attributes: Attributes): Record<string, tf.Tensor> {
  const [x, filter, gamma, beta, y] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  const inputs = { x, filter, dy, y, gamma, beta };
  const [dx, dfilter, dgamma, dbeta, dresidual] = runKernel<tf.Tensor[]>('IekdConvBatchNormGrad', inputs, attributes) as Five;
  return { x: dx, filter: dfilter, gamma: dgamma, beta: dbeta, residual: dresidual ?? dy.clone() };
}

/** Rarely asked for (a map of relevance, say), so in two steps: the convolution is computed again. */
function convBatchNormInferGradient(dy: tf.Tensor, saved: tf.Tensor[], attributes: Attributes): Record<string, tf.Tensor> {
  const [x, filter, gamma, mean, variance, y] = saved as Six<tf.Tensor>;
  const pad = attributes['pad'] as number;
  const [images, kernel] = [x as tf.Tensor4D, filter as tf.Tensor4D];
  const convolved = tf.conv2d(images, kernel, 1, pad);
  const { x: inner, ...rest } = batchNormInferGradient(dy, [convolved, gamma, mean, variance, y], attributes);
  const shared = { strides: 1, pad, dataFormat: 'NHWC', dimRoundingMode: null } as unknown as Attributes;
  const [g, given] = [inner as tf.Tensor, { inputShape: images.shape, filterShape: kernel.shape }];
  return {
    ...rest,
    x: runKernel('Conv2DBackpropInput', { dy: g, filter }, { ...shared, inputShape: given.inputShape }),
    filter: runKernel('Conv2DBackpropFilter', { x, dy: g }, { ...shared, filterShape: given.filterShape }),
  };
}

const rules: readonly GradientRule[] = [
  { kernel: 'IekdBatchNorm', inputs: ['x', 'gamma', 'beta'], outputs: [true, true, true], gradient: batchNormGradient },
  {
    kernel: 'IekdBatchNormInfer',
    inputs: ['x', 'gamma', 'mean', 'variance'],
    outputs: [true],
    gradient: batchNormInferGradient,
  },
  {
    kernel: 'IekdConvBatchNorm',
    inputs: ['x', 'filter', 'gamma', 'beta'],
    outputs: [true, false, false],
    gradient: convBatchNormGradient,
  },
  {
    kernel: 'IekdConvBatchNormInfer',
    inputs: ['x', 'filter', 'gamma', 'mean', 'variance'],
    outputs: [true],
    gradient: convBatchNormInferGradient,
  },
  {
    kernel: 'IekdLeakyRelu',
    outputs: [true],
    gradient: (dy, [y], { slope }) => ({
      x: runKernel('IekdLeakyReluGrad', { y: y as tf.Tensor, dy }, { slope: slope as number }),
    }),
  },
  {
    kernel: 'IekdGlobalAveragePool',
    inputs: ['x'],
    gradient: (dy, [x]) => ({ x: runKernel('IekdGlobalAveragePoolGrad', { dy }, { shape: (x as tf.Tensor).shape }) }),
  },
  {
    kernel: 'IekdSoftmaxCrossEntropy',
    inputs: ['logits', 'labels'],
    gradient: (dy, [logits, labels]) => ({
      logits: runKernel('IekdSoftmaxCrossEntropyGrad', { logits: logits as tf.Tensor, labels: labels as tf.Tensor, dy }),
    }),
  },
  {
    kernel: 'IekdNormalizeRows',
    inputs: ['x'],
    outputs: [true],
    gradient: (dy, [x, y], { floor }) => ({
      x: runKernel('IekdNormalizeRowsGrad', { x: x as tf.Tensor, y: y as tf.Tensor, dy }, { floor: floor as number }),
    }),
  },
  {
    kernel: 'IekdSelectChannels',
    inputs: ['x'],
    gradient: (dy, [x], { indices }) => ({
      x: runKernel('IekdSelectChannelsGrad', { dy }, { shape: (x as tf.Tensor).shape, indices: indices as number[] }),
    }),
  },
];

/**
 * Gradients that a rule below has made, each for one input of one op. Such a tensor has served when the rule of the op before is
 * through with it; tfjs would keep it to the end of the step, where its memory, by then out of the caches, is of no use.
 */
const own = new WeakSet<tf.Tensor>();

/** Registers the gradients; a second call does nothing. */
export function registerGradients(): void {
  for (const { kernel, inputs = [], outputs = [], gradient } of rules) {
    if (tf.getGradient(kernel)) continue;
    tf.registerGradient({
      kernelName: kernel,
      inputsToSave: [...inputs],
      outputsToSave: [...outputs],
      gradFunc: (dy, saved, attributes) => {
        const first = Array.isArray(dy) ? (dy[0] as tf.Tensor) : dy;
        const gradients = gradient(first, saved, attributes as Attributes);
        if (own.has(first)) first.dispose();
        for (const value of Object.values(gradients)) own.add(value);
        return Object.fromEntries(Object.entries(gradients).map(([name, value]) => [name, () => value]));
      },
    });
  }
}
