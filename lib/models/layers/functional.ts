/** What layers compute, as functions of a tensor and named variables (PyTorch: `torch.nn.functional`). */
import { type BatchNormOptions, type BatchNormTrained, batchNormInfer, batchNormTrain } from '../../engine/fused/batchNorm';
import {
  type ConvBatchNormOptions,
  convBatchNormInfer,
  convBatchNormTrain,
  type FrozenNorm,
  type NormVariables,
} from '../../engine/fused/convBatchNorm';
import { moveStatistics } from '../../engine/fused/movingStatistics';
import { tf } from '../../engine/tf';
import type { Variables } from '../../engine/variables';
import { refuse } from '../../util/check';
import type { Random } from '../../util/rng';

/** Variables and the mode in which they are used. */
export interface ForwardContext {
  readonly variables: Variables;
  /** Batch norms use the batch's moments and move their statistics; dropout drops. */
  readonly training: boolean;
  /** What dropout draws from, by its own name. */
  readonly random?: Random | undefined;
}

/** A convolution and the batch norm after it, by their names in the network, with what is fused to them. */
export interface ConvNorm extends ConvBatchNormOptions {
  readonly conv: string;
  readonly norm: string;
  /** Whether there is a `<conv>.bias`. */
  readonly bias?: boolean;
}

/**
 * Convolution `<conv>.weight` [size, size, from, to], zero padding (size − 1) / 2 on every side, then batch norm `<norm>`, which in
 * training mode moves its statistics.
 * @param x [batch, height, width, from] @returns [batch, ⌈height / stride⌉, ⌈width / stride⌉, to] for odd sizes of filter
 */
export function convNorm(
  x: tf.Tensor4D,
  { conv, norm, bias = false, ...options }: ConvNorm,
  context: ForwardContext,
): tf.Tensor4D {
  const filter = context.variables.get(`${conv}.weight`) as tf.Tensor4D;
  return normed(norm, context, bias ? (context.variables.get(`${conv}.bias`) as tf.Tensor1D) : undefined, {
    train: (own) => convBatchNormTrain(x, filter, own, options),
    infer: (own) => convBatchNormInfer(x, filter, own, options),
  });
}

/** Batch norm `<norm>` of a map, which in training mode moves its statistics. @param x [batch, height, width, channels] */
export function batchNorm(x: tf.Tensor4D, norm: string, options: BatchNormOptions, context: ForwardContext): tf.Tensor4D {
  return normed(norm, context, undefined, {
    train: ({ gamma, beta }) => batchNormTrain(x, gamma, beta, options),
    infer: ({ gamma, beta, mean, variance }) => batchNormInfer(x, gamma, beta, mean, variance, options),
  });
}

/** What a norm does in either mode. */
interface Modes {
  readonly train: (own: NormVariables) => BatchNormTrained;
  readonly infer: (own: FrozenNorm) => tf.Tensor4D;
}

/**
 * The norm takes the mean away and with it the bias of the convolution before, which therefore only its statistics see. 0 · bias
 * gives that bias the gradient that it has in training: 0, so that weight decay still reaches it.
 */
function normed(name: string, context: ForwardContext, bias: tf.Tensor1D | undefined, { train, infer }: Modes): tf.Tensor4D {
  const [gamma, beta, mean, variance] = ['weight', 'bias', 'running_mean', 'running_var'].map((part) =>
    context.variables.get(`${name}.${part}`),
  ) as [tf.Variable<tf.Rank.R1>, tf.Variable<tf.Rank.R1>, tf.Variable<tf.Rank.R1>, tf.Variable<tf.Rank.R1>];
  if (!context.training) return infer({ gamma, beta, variance, mean: bias ? tf.sub(mean, bias) : mean });
  const { y, ...batch } = train({ gamma, beta: bias ? tf.add(beta, tf.mul(bias, 0)) : beta });
  const moments = bias ? { ...batch, mean: tf.add<tf.Tensor1D>(batch.mean, bias) } : batch;
  moveStatistics({ mean, variance }, moments, y.size / y.shape[3]);
  return y;
}

/**
 * Convolution of each channel by itself, zero padding (size − 1) / 2 on every side.
 * @param x [batch, height, width, channels] @param filter [size, size, 1, channels]
 * @returns [batch, ⌈height / stride⌉, ⌈width / stride⌉, channels] for odd sizes of filter
 */
export function depthwise(x: tf.Tensor4D, filter: tf.Tensor, stride: number): tf.Tensor4D {
  const [size = 1, , , channels = 1] = filter.shape;
  // A state dict's layout, one input a group, has the values in the order of tfjs's, one output a channel.
  return tf.depthwiseConv2d(x, tf.reshape(filter, [size, size, channels, 1]), stride, (size - 1) / 2);
}

/**
 * In training mode each value is 0 with probability `rate`, the others are divided by 1 − rate; drawn from the stream
 * `dropout/<name>` of the pass's random numbers. In evaluation mode, and at rate 0, the identity.
 */
export function dropout(x: tf.Tensor4D, name: string, rate: number, { training, random }: ForwardContext): tf.Tensor4D {
  if (!training || rate === 0) return x;
  if (!random) throw refuse(`forward: ${name}`, 'the option random, since dropout draws in training mode', random);
  const stream = random.stream(`dropout/${name}`);
  const factors = new Float32Array(x.size);
  for (let i = 0; i < factors.length; i++) factors[i] = stream.uniform() < rate ? 0 : 1 / (1 - rate);
  return tf.mul(x, tf.tensor4d(factors, x.shape));
}

/** How many of option A's zero channels come before those of the map. */
export const zerosBefore = (from: number, to: number): number => Math.floor((to - from) / 2);

/**
 * Option A: x[:, ::stride, ::stride, :] between zero channels, as many before as after. Written as a convolution with a fixed
 * filter of zeros and ones, which every engine has fast and with a gradient; tfjs has none for a strided slice.
 * @param x [batch, height, width, from] @returns [batch, ⌈height / stride⌉, ⌈width / stride⌉, to]
 */
export function shortcutA(x: tf.Tensor4D, to: number, stride: number): tf.Tensor4D {
  const from = x.shape[3];
  const before = zerosBefore(from, to);
  const ones = new Float32Array(from * to);
  for (let channel = 0; channel < from; channel++) ones[channel * to + before + channel] = 1;
  return tf.tidy(() => tf.conv2d(x, tf.tensor4d(ones, [1, 1, from, to]), stride, 'valid'));
}
