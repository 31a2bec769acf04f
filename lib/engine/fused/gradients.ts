/**
 * Gradients of the native kernels of this folder's ops: registered once, by the engine that has the kernels. A kernel that gives
 * several gradients is run when the tape reaches its op, before tfjs asks for each input's share.
 */
import { tf } from '../tf';
import { runKernel } from './fastKernel';
import { belowCeiling } from './leakyRelu';

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

/** Without an activation after it, the gradient of a residual is dy. */
function batchNormGradient(dy: tf.Tensor, saved: tf.Tensor[], attributes: Attributes): Record<string, tf.Tensor> {
  const [x, gamma, beta, mean, variance] = saved as Six<tf.Tensor>;
  const inputs = { x, dy, gamma, beta, mean, variance };
  const [dx, dgamma, dbeta] = runKernel<tf.Tensor[]>('IekdBatchNormGrad', inputs, attributes) as Six<tf.Tensor>;
  return { x: dx, gamma: dgamma, beta: dbeta, residual: dy.clone() };
}

/** `residual` gets the gradient as the activation lets it through, for which y is needed. */
function batchNormResidualGradient(dy: tf.Tensor, saved: tf.Tensor[], attributes: Attributes): Record<string, tf.Tensor> {
  const [x, gamma, beta, y, mean, variance] = saved as Six<tf.Tensor>;
  const inputs = { x, dy, gamma, beta, mean, variance, y };
  const [dx, dgamma, dbeta, residual] = runKernel<tf.Tensor[]>('IekdBatchNormGrad', inputs, attributes) as Six<tf.Tensor>;
  return { x: dx, gamma: dgamma, beta: dbeta, residual };
}

/** Evaluation mode: the moments are constants of the map, so every gradient is a product or a sum. */
function batchNormInferGradient(
  dy: tf.Tensor,
  saved: tf.Tensor[],
  { epsilon, slope, ceiling }: Attributes,
): Record<string, tf.Tensor> {
  const [x, gamma, mean, variance, y] = saved as Six<tf.Tensor>;
  const below = ceiling === undefined ? dy : belowCeiling(dy, y, ceiling as number);
  const g = slope === 1 ? below.clone() : runKernel<tf.Tensor>('IekdLeakyReluGrad', { y, dy: below }, { slope: slope as number });
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
  const [pad, strides] = [attributes['pad'] as number, attributes['strides'] as number];
  const [images, kernel] = [x as tf.Tensor4D, filter as tf.Tensor4D];
  const convolved = tf.conv2d(images, kernel, strides, pad);
  const { x: inner, ...rest } = batchNormInferGradient(dy, [convolved, gamma, mean, variance, y], attributes);
  const shared = { strides, pad, dataFormat: 'NHWC', dimRoundingMode: null } as unknown as Attributes;
  const [g, given] = [inner as tf.Tensor, { inputShape: images.shape, filterShape: kernel.shape }];
  return {
    ...rest,
    x: runKernel('Conv2DBackpropInput', { dy: g, filter }, { ...shared, inputShape: given.inputShape }),
    filter: runKernel('Conv2DBackpropFilter', { x, dy: g }, { ...shared, filterShape: given.filterShape }),
  };
}

/** The kernels of plain convolutions take a dilation; only tfjs's own gradient of its op does not. */
function dilatedConvolutionGradient(dy: tf.Tensor, [x, filter]: tf.Tensor[], attributes: Attributes): Record<string, tf.Tensor> {
  const [map, weights] = [x as tf.Tensor, filter as tf.Tensor];
  return {
    x: runKernel('Conv2DBackpropInput', { dy, filter: weights }, { ...attributes, inputShape: map.shape }),
    filter: runKernel('Conv2DBackpropFilter', { x: map, dy }, { ...attributes, filterShape: weights.shape }),
  };
}

const rules: readonly GradientRule[] = [
  { kernel: 'IekdBatchNorm', inputs: ['x', 'gamma', 'beta'], outputs: [false, true, true], gradient: batchNormGradient },
  {
    kernel: 'IekdBatchNormResidual',
    inputs: ['x', 'gamma', 'beta'],
    outputs: [true, true, true],
    gradient: batchNormResidualGradient,
  },
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
  { kernel: 'IekdDilatedConv2D', inputs: ['x', 'filter'], gradient: dilatedConvolutionGradient },
  {
    kernel: 'IekdLeakyRelu',
    outputs: [true],
    gradient: (dy, [y], { slope }) => ({
      x: runKernel('IekdLeakyReluGrad', { y: y as tf.Tensor, dy }, { slope: slope as number }),
    }),
  },
  {
    kernel: 'IekdGlobalAveragePool',
    gradient: (dy, _, { shape }) => ({ x: runKernel('IekdGlobalAveragePoolGrad', { dy }, { shape: shape as number[] }) }),
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
    gradient: (dy, _, { shape, indices }) => ({
      x: runKernel('IekdSelectChannelsGrad', { dy }, { shape: shape as number[], indices: indices as number[] }),
    }),
  },
];

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
        return Object.fromEntries(Object.entries(gradients).map(([name, value]) => [name, () => value]));
      },
    });
  }
}
