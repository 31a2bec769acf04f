/** The kinds of layers that networks are made of. Channels in are those of the map on which a layer is placed. */

import { globalAveragePool } from '../../engine/fused/globalAveragePool';
import { clipAbove } from '../../engine/fused/rectifiers';
import { selectChannels } from '../../engine/fused/selectChannels';
import { tf } from '../../engine/tf';
import { refusePhrase } from '../../util/check';
import { type Activation, NONE } from './activation';
import { type BlockContext, batchNorm, convNorm, depthwise, dropout } from './blocks';
import { fanOutNormal, type Initial, kaimingNormal, volume } from './initial';
import { activationSteps, type Ending, finish, fixedLayer, type Layer, type MapSize, plainLayer } from './layer';
import type { LinearStep, NormStep } from './operations';
import { planBatchNorm, planBias, planConvolution, planLinear, type VariablePlan } from './variablePlan';

export interface ConvolutionOptions {
  /** Prefix of its variables. */
  readonly conv: string;
  /** Prefix of the variables of the batch norm over it; absent: none. */
  readonly norm?: string;
  /** Of the square filter, odd; default 3. Zero padding (size − 1) / 2 on every side. */
  readonly size?: number;
  /** Channels out. */
  readonly to: number;
  /** Default 1. */
  readonly stride?: number;
  /** Default false. */
  readonly bias?: boolean;
  /** Default none. */
  readonly activation?: Activation;
  /** Of the filter; default normal of standard deviation √(2 / (size² · to)). */
  readonly initial?: Initial;
}

/** Convolution, and a batch norm over it where one is named. */
export function convolution(options: ConvolutionOptions): Layer {
  const { conv, norm, size = 3, to, stride = 1, bias = false, activation = NONE, initial = fanOutNormal } = options;
  return (input) => {
    const filter = planConvolution(conv, size, input[2], to, initial);
    const output = strided(input, to, stride);
    return {
      ...{ output, multiplyAdds: everywhere(filter, output), activation, batchNorm: norm },
      steps: [convolutionStep(options), ...(norm === undefined ? [] : [normStep(norm)]), ...activationSteps(activation)],
      variables: [filter, ...(bias ? [planBias(conv, to)] : []), ...(norm === undefined ? [] : planBatchNorm(norm, to))],
      run: (x, context, ending) => {
        if (norm === undefined) return finish(plainConvolution(x, options, context), activation, ending);
        return fuse(activation, ending, (fused) => convNorm(x, { conv, norm, bias, stride, ...fused }, context));
      },
    };
  };
}

function plainConvolution(x: tf.Tensor4D, options: ConvolutionOptions, { variables }: BlockContext): tf.Tensor4D {
  const { weight, bias, apply } = convolutionStep(options);
  const y = apply(x, variables.get(weight));
  return bias === undefined ? y : tf.add(y, variables.get(bias));
}

const convolutionStep = ({ conv, size = 3, stride = 1, bias = false }: ConvolutionOptions): LinearStep => ({
  ...{ kind: 'linear', place: 'convolution', weight: `${conv}.weight`, ...(bias ? { bias: `${conv}.bias` } : {}) },
  apply: (x, weight) => tf.conv2d(x, weight as tf.Tensor4D, stride, (size - 1) / 2),
});

const normStep = (norm: string): NormStep => ({ kind: 'norm', norm });

/** 3×3 convolution of each channel by itself. Its filters start normal of standard deviation √(2 / 9): one input, one output each. */
export function depthwiseConvolution(conv: string, stride = 1): Layer {
  return (input) => {
    const channels = input[2];
    const filter = planConvolution(conv, 3, 1, channels, kaimingNormal);
    const output = strided(input, channels, stride);
    const weight = `${conv}.weight`;
    return {
      ...{ output, multiplyAdds: everywhere(filter, output), activation: NONE, batchNorm: undefined, variables: [filter] },
      steps: [{ kind: 'linear', place: 'convolution', weight, apply: (x, filter) => depthwise(x, filter, stride) }],
      run: (x, { variables }, ending) => finish(depthwise(x, variables.get(weight), stride), NONE, ending),
    };
  };
}

/** Size of a map of `to` channels after a stride. */
export const strided = ([height, width]: MapSize, to: number, stride: number): MapSize => [
  Math.ceil(height / stride),
  Math.ceil(width / stride),
  to,
];

/** Multiplications of a convolution: every weight once a position of the result. */
const everywhere = ({ shape }: VariablePlan, [height, width]: MapSize): number => volume(shape) * height * width;

/** Batch norm by itself. */
export function norm(name: string, activation: Activation): Layer {
  return (output) => ({
    ...{ output, variables: planBatchNorm(name, output[2]), multiplyAdds: 0, activation, batchNorm: name },
    steps: [normStep(name), ...activationSteps(activation)],
    run: (x, context, ending) => fuse(activation, ending, (fused) => batchNorm(x, name, fused, context)),
  });
}

/** Residual and slope are fused to a norm, a ceiling is not. */
function fuse(
  own: Activation,
  { residual, activation = own }: Ending = {},
  run: (fused: { readonly slope: number; readonly residual?: tf.Tensor4D }) => tf.Tensor4D,
): tf.Tensor4D {
  const { slope, ceiling } = activation;
  const y = run({ slope, ...(residual ? { residual } : {}) });
  return ceiling === undefined ? y : clipAbove(y, ceiling);
}

/**
 * Max pooling by windows of size × size with a stride of 2, `pad` positions of −∞ on every side.
 * @throws InputError naming `name` where nothing would be left of the map
 */
export function maxPool(name: string, size: number, pad: number): Layer {
  const pooled = (n: number): number => Math.floor((n + 2 * pad - size) / 2) + 1;
  const run = (x: tf.Tensor4D): tf.Tensor4D => tf.maxPool(x, size, 2, pad);
  return plainLayer(
    run,
    ([height, width, channels]) => {
      const least = size - 2 * pad;
      if (Math.min(height, width) >= least) return [pooled(height), pooled(width), channels];
      const hint = 'larger images, or fewer poolings, leave more';
      throw refusePhrase(name, `a map of at least ${least}×${least}`, `${height}×${width}`, hint);
    },
    [{ kind: 'winner', run }],
  );
}

/** Mean over positions: [batch, height, width, channels] → [batch, 1, 1, channels]. */
export const averagePool: Layer = fixedLayer(
  (x) => tf.reshape(globalAveragePool(x), [-1, 1, 1, x.shape[3]]),
  ([, , channels]) => [1, 1, channels],
);

/** Some channels, in the order of `indices`, which are told how many there are. */
export const channels = (indices: (count: number) => readonly number[]): Layer =>
  fixedLayer(
    (x) => selectChannels(x, indices(x.shape[3])),
    ([height, width, count]) => [height, width, indices(count).length],
  );

/** Linear layer with bias on a map of one position; starts as `planLinear` says in every network (torchvision: deviation 0.01, bias 0). */
export function linear(name: string, to: number, activation: Activation = NONE): Layer {
  return ([, , from]) => {
    const [weight, bias] = [`${name}.weight`, `${name}.bias`];
    const product = (x: tf.Tensor4D, w: tf.Tensor): tf.Tensor2D => tf.matMul(tf.reshape(x, [-1, from]), w as tf.Tensor2D);
    const asMap = (y: tf.Tensor): tf.Tensor4D => tf.reshape(y, [-1, 1, 1, to]); // from [batch, to]
    return {
      ...{ output: [1, 1, to], variables: planLinear(name, from, to), multiplyAdds: from * to, activation, batchNorm: undefined },
      steps: [
        { kind: 'linear', place: 'linear', weight, bias, apply: (x, w) => asMap(product(x, w)) },
        ...activationSteps(activation),
      ],
      run: (x, { variables }, ending) =>
        finish(asMap(tf.add(product(x, variables.get(weight)), variables.get(bias))), activation, ending),
    };
  };
}

/** Dropout at `rate` in [0, 1); at 0 it is no layer, and neither in evaluation mode. */
export const dropoutLayer = (name: string, rate: number): Layer =>
  plainLayer(
    (x, context) => dropout(x, name, rate, context),
    (input) => input,
    [],
  );
