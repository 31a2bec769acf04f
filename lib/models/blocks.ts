/** The pieces that networks and encoders are made of, as functions of a tensor and named variables. */
import { leakyRelu } from '../engine/fused/activation';
import { type ConvBatchNormOptions, convBatchNormInfer, convBatchNormTrain } from '../engine/fused/convBatchNorm';
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

/** A convolution and the batch norm after it, by their names in the network, with what is fused to them. */
export interface ConvNorm extends ConvBatchNormOptions {
  readonly conv: string;
  readonly norm: string;
}

/**
 * Convolution without bias `<conv>.weight` [size, size, from, to], zero padding (size − 1) / 2 on every side, then batch norm
 * `<norm>`, which in training mode moves its statistics.
 * @param x [batch, height, width, from] @returns [batch, ⌈height / stride⌉, ⌈width / stride⌉, to] for odd sizes of filter
 */
export function convNorm(
  x: tf.Tensor4D,
  { conv, norm, ...options }: ConvNorm,
  { variables, training }: BlockContext,
): tf.Tensor4D {
  const filter = variables.get(`${conv}.weight`) as tf.Tensor4D;
  const get = (part: string): tf.Variable => variables.get(`${norm}.${part}`);
  const [gamma, beta] = [get('weight') as tf.Tensor1D, get('bias') as tf.Tensor1D];
  const moving = { mean: get('running_mean'), variance: get('running_var') };
  if (!training) {
    const [mean, variance] = [moving.mean as tf.Tensor1D, moving.variance as tf.Tensor1D];
    return convBatchNormInfer(x, filter, { gamma, beta, mean, variance }, options);
  }
  const { y, mean, variance } = convBatchNormTrain(x, filter, { gamma, beta }, options);
  moveStatistics(moving, { mean, variance }, y.size / y.shape[3]);
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
  const inner = convNorm(x, { conv: `${name}.conv1`, norm: `${name}.bn1`, stride, slope: 0 }, context);
  const along = shortcut(x, block, context);
  return convNorm(inner, { conv: `${name}.conv2`, norm: `${name}.bn2`, slope, residual: along }, context);
}

function shortcut(x: tf.Tensor4D, block: BasicBlock, context: BlockContext): tf.Tensor4D {
  const { name, from, to, stride } = block;
  if (from === to && stride === 1) return x;
  if (block.shortcut === 'A') return shortcutA(x, to, stride);
  return convNorm(x, { conv: `${name}.short.0`, norm: `${name}.short.1`, stride }, context);
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
