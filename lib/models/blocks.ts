/** The pieces that networks and encoders are made of, as functions of a tensor and named variables. */
import { leakyRelu } from '../engine/fused/activation';
import { type BatchNormOptions, batchNormInfer, batchNormTrain } from '../engine/fused/batchNorm';
import { moveStatistics } from '../engine/fused/movingStatistics';
import { tf } from '../engine/tf';
import type { Variables } from '../engine/variables';

/** Variables and the mode in which they are used. */
export interface BlockContext {
  readonly variables: Variables;
  /** Batch norms use the batch's moments and move their statistics. */
  readonly training: boolean;
}

/** A basic residual block (He et al. 2016). */
export interface BasicBlock {
  /** `blocks.1_0`: prefix of its variables. */
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly stride: 1 | 2;
  /** What the shortcut does where shapes change; elsewhere it is the identity. */
  readonly shortcut: 'A' | 'B';
}

/**
 * Convolution without bias, `<name>.weight` [size, size, from, to], zero padding (size − 1) / 2 on every side. tfjs's `same`
 * would pad a stride of 2 on one side only, unlike PyTorch.
 * @param x [batch, height, width, from] @returns [batch, ⌈height / stride⌉, ⌈width / stride⌉, to] for odd sizes of filter
 */
export function convolve(x: tf.Tensor4D, name: string, stride: number, { variables }: BlockContext): tf.Tensor4D {
  const filter = variables.get(`${name}.weight`) as tf.Tensor4D;
  return tf.conv2d(x, filter, stride, ((filter.shape[0] as number) - 1) / 2);
}

/** Batch norm `<name>`, with what is fused to it; in training mode it moves its statistics. @param x [batch, height, width, channels] */
export function normalise(x: tf.Tensor4D, name: string, context: BlockContext, fused: BatchNormOptions = {}): tf.Tensor4D {
  const get = (part: string): tf.Variable => context.variables.get(`${name}.${part}`);
  const [gamma, beta] = [get('weight') as tf.Tensor1D, get('bias') as tf.Tensor1D];
  const moving = { mean: get('running_mean'), variance: get('running_var') };
  if (!context.training) {
    return batchNormInfer(x, gamma, beta, moving.mean as tf.Tensor1D, moving.variance as tf.Tensor1D, fused);
  }
  const { y, mean, variance } = batchNormTrain(x, gamma, beta, fused);
  moveStatistics(moving, { mean, variance }, x.size / x.shape[3]);
  return y;
}

/**
 * relu(bn2(conv2(relu(bn1(conv1(x))))) + shortcut(x)), 3×3 filters; the sum and last ReLU are fused into bn2.
 * @param x [batch, height, width, from] @returns [batch, ⌈height / stride⌉, ⌈width / stride⌉, to]
 */
export function basicBlock(x: tf.Tensor4D, block: BasicBlock, context: BlockContext): tf.Tensor4D {
  return residual(x, block, context, 0);
}

/** As `basicBlock`, in two steps: the map before the last ReLU and after it. */
export function basicBlockWithPre(
  x: tf.Tensor4D,
  block: BasicBlock,
  context: BlockContext,
): { pre: tf.Tensor4D; y: tf.Tensor4D } {
  const pre = residual(x, block, context, 1);
  return { pre, y: leakyRelu(pre, 0) };
}

function residual(x: tf.Tensor4D, block: BasicBlock, context: BlockContext, slope: number): tf.Tensor4D {
  const { name, stride } = block;
  const inner = normalise(convolve(x, `${name}.conv1`, stride, context), `${name}.bn1`, context, { slope: 0 });
  const outer = convolve(inner, `${name}.conv2`, 1, context);
  return normalise(outer, `${name}.bn2`, context, { slope, residual: shortcut(x, block, context) });
}

function shortcut(x: tf.Tensor4D, block: BasicBlock, context: BlockContext): tf.Tensor4D {
  const { name, from, to, stride } = block;
  if (from === to && stride === 1) return x;
  if (block.shortcut === 'A') return shortcutA(x, to, stride);
  return normalise(convolve(x, `${name}.short.0`, stride, context), `${name}.short.1`, context);
}

/**
 * Option A: x[:, ::stride, ::stride, :] between zero channels, as many before as after. Written as a convolution with a fixed
 * filter of zeros and ones, which every engine has fast and with a gradient; tfjs has none for a strided slice.
 * @param x [batch, height, width, from] @returns [batch, ⌈height / stride⌉, ⌈width / stride⌉, to]
 */
export function shortcutA(x: tf.Tensor4D, to: number, stride: number): tf.Tensor4D {
  const from = x.shape[3];
  const before = Math.floor((to - from) / 2);
  const ones = new Float32Array(from * to);
  for (let channel = 0; channel < from; channel++) ones[channel * to + before + channel] = 1;
  return tf.tidy(() => tf.conv2d(x, tf.tensor4d(ones, [1, 1, from, to]), stride, 'valid'));
}
