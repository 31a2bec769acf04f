/**
 * A convolution without bias and the batch norm over it, as residual networks have them, with residual and activation:
 * y = act(gamma · (c − mean) / √(variance + epsilon) + beta + residual), c = x ∗ filter. In one op an engine can take the moments
 * while it convolves, fold the norm into the filter of a frozen network, and keep the gradient of c out of main memory.
 */
import { currentAbilities } from '../abilities';
import { tf } from '../tf';
import {
  BATCH_NORM_EPSILON,
  type BatchNormOptions,
  type BatchNormTrained,
  batchNormInfer,
  batchNormTrain,
  ceilingOf,
  clipped,
} from './batchNorm';
import { runKernel } from './fastKernel';

/** The parameters of the norm, each [channels out]. */
export interface NormVariables {
  readonly gamma: tf.Tensor1D;
  readonly beta: tf.Tensor1D;
}

/** As `NormVariables`, with the moments of evaluation mode. */
export interface FrozenNorm extends NormVariables {
  readonly mean: tf.Tensor1D;
  readonly variance: tf.Tensor1D;
}

export interface ConvBatchNormOptions extends BatchNormOptions {
  /** Of the convolution; default 1. */
  readonly stride?: number;
}

/** Zero padding that keeps the size at stride 1, for odd filters; tfjs's `same` pads a stride of 2 on one side only. */
const padding = (filter: tf.Tensor4D): number => (filter.shape[0] - 1) / 2;

/**
 * Normalises by the batch's own moments, which are differentiated through.
 * @param x [batch, height, width, from] @param filter [size, size, from, to], size odd
 * @returns y [batch, ⌈height / stride⌉, ⌈width / stride⌉, to]; mean and variance are those of the convolution's result
 */
export function convBatchNormTrain(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  { gamma, beta }: NormVariables,
  { stride = 1, epsilon = BATCH_NORM_EPSILON, slope = 1, ceiling, residual }: ConvBatchNormOptions = {},
): BatchNormTrained {
  const pad = padding(filter);
  if (!currentAbilities().fuses({ filter: filter.shape, stride })) {
    const options = { epsilon, slope, ...present({ ceiling, residual }) };
    return batchNormTrain(tf.conv2d(x, filter, stride, pad), gamma, beta, options);
  }
  const inputs = { x, filter, gamma, beta, ...(residual ? { residual } : {}) };
  const attributes = { pad, epsilon, slope, hasResidual: residual !== undefined };
  const [y, mean, variance] = runKernel<tf.Tensor[]>('IekdConvBatchNorm', inputs, attributes);
  return { y: clipped(y as tf.Tensor4D, ceiling), mean: mean as tf.Tensor1D, variance: variance as tf.Tensor1D };
}

/** Normalises by given moments, as a network in evaluation mode does. Shapes as `convBatchNormTrain`. */
export function convBatchNormInfer(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  { gamma, beta, mean, variance }: FrozenNorm,
  { stride = 1, epsilon = BATCH_NORM_EPSILON, slope = 1, ceiling, residual }: ConvBatchNormOptions = {},
): tf.Tensor4D {
  const pad = padding(filter);
  const { fuses, fusesInference = fuses } = currentAbilities();
  if (!fusesInference({ filter: filter.shape, stride })) {
    const options = { epsilon, slope, ...present({ ceiling, residual }) };
    return batchNormInfer(tf.conv2d(x, filter, stride, pad), gamma, beta, mean, variance, options);
  }
  const inputs = { x, filter, gamma, beta, mean, variance, ...(residual ? { residual } : {}) };
  const { fused, left } = ceilingOf(ceiling);
  const attributes = { pad, strides: stride, epsilon, slope, ...fused };
  return clipped(runKernel<tf.Tensor4D>('IekdConvBatchNormInfer', inputs, attributes), left);
}

/** The options that were given. */
const present = ({
  ceiling,
  residual,
}: {
  ceiling: number | undefined;
  residual: tf.Tensor4D | undefined;
}): BatchNormOptions => ({
  ...(ceiling === undefined ? {} : { ceiling }),
  ...(residual ? { residual } : {}),
});
