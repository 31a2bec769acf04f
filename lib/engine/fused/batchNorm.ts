/**
 * Batch normalisation (Ioffe & Szegedy 2015) over the last axis, fused with what follows it in a residual network:
 * y = act(gamma · (x − mean) / √(variance + epsilon) + beta + residual), act(v) = min(max(v, slope · v), ceiling).
 * One pass over memory instead of the dozen ops that tfjs composes.
 */
import { refuse, sameShape } from '../../util/check';
import { currentAbilities } from '../abilities';
import { tf } from '../tf';
import { hasKernel, runKernel } from './fastKernel';
import { clipAbove, leakyRelu } from './leakyRelu';

/** Added to the variance; PyTorch's default. */
export const BATCH_NORM_EPSILON = 1e-5;

export interface BatchNormOptions {
  /** Added to the variance; default `BATCH_NORM_EPSILON`. */
  readonly epsilon?: number;
  /** Slope of the activation below zero, in [0, 1]: 1 none (default), 0 ReLU. */
  readonly slope?: number;
  /** Of the activation; absent: none. */
  readonly ceiling?: number;
  /** Added before the activation; the shape of x. */
  readonly residual?: tf.Tensor4D;
}

/**
 * y [batch, height, width, channels] and the batch's own moments [channels]; the variance is the biased one. The moments are there
 * for the moving statistics: gradients flow through y only.
 */
export interface BatchNormTrained {
  readonly y: tf.Tensor4D;
  readonly mean: tf.Tensor1D;
  readonly variance: tf.Tensor1D;
}

function checkShapes(where: string, x: tf.Tensor4D, perChannel: tf.Tensor1D[], residual: tf.Tensor4D | undefined): void {
  for (const t of perChannel) {
    if (t.size !== x.shape[3]) throw refuse(where, `one value for each of ${x.shape[3]} channels`, t.shape);
  }
  if (residual && !sameShape(residual.shape, x.shape)) {
    throw refuse(where, `a residual of shape ${JSON.stringify(x.shape)}`, residual.shape);
  }
}

/** Normalises by the batch's own moments, which are differentiated through. @param x [batch, height, width, channels] */
export function batchNormTrain(
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  { epsilon = BATCH_NORM_EPSILON, slope = 1, ceiling, residual }: BatchNormOptions = {},
): BatchNormTrained {
  checkShapes('batchNormTrain', x, [gamma, beta], residual);
  if (hasKernel('IekdBatchNorm')) {
    const { fused, left } = ceilingOf(ceiling);
    // Under an activation the residual's gradient needs y; without a residual the sign of y follows from x.
    const kernel = residual && (slope !== 1 || fused !== undefined) ? 'IekdBatchNormResidual' : 'IekdBatchNorm';
    const inputs = residual ? { x, gamma, beta, residual } : { x, gamma, beta };
    const [y, ...moments] = runKernel<tf.Tensor[]>(kernel, inputs, { epsilon, slope, ...fused });
    const [mean, variance] = moments as [tf.Tensor1D, tf.Tensor1D];
    return { y: clipped(y as tf.Tensor4D, left), mean, variance };
  }
  const { mean, variance } = tf.moments(x, [0, 1, 2]) as { mean: tf.Tensor1D; variance: tf.Tensor1D }; // [channels]
  const y = normalise(x, gamma, beta, mean, variance, epsilon);
  return { y: clipped(finish(y, slope, residual), ceiling), mean, variance };
}

/** Normalises by given moments, as a network in evaluation mode does. @param x [batch, height, width, channels] */
export function batchNormInfer(
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  mean: tf.Tensor1D,
  variance: tf.Tensor1D,
  { epsilon = BATCH_NORM_EPSILON, slope = 1, ceiling, residual }: BatchNormOptions = {},
): tf.Tensor4D {
  checkShapes('batchNormInfer', x, [gamma, beta, mean, variance], residual);
  if (hasKernel('IekdBatchNormInfer')) {
    const inputs = { x, gamma, beta, mean, variance, ...(residual ? { residual } : {}) };
    const { fused, left } = ceilingOf(ceiling);
    return clipped(runKernel<tf.Tensor4D>('IekdBatchNormInfer', inputs, { epsilon, slope, ...fused }), left);
  }
  return clipped(finish(normalise(x, gamma, beta, mean, variance, epsilon), slope, residual), ceiling);
}

/** The ceiling as an attribute where the engine's kernels take one, else as what is left to do after them. */
export function ceilingOf(ceiling: number | undefined): {
  readonly fused?: { readonly ceiling: number };
  readonly left?: number;
} {
  if (ceiling === undefined) return {};
  return currentAbilities().ceilings ? { fused: { ceiling } } : { left: ceiling };
}

/** min(y, ceiling), where there is one. */
export const clipped = (y: tf.Tensor4D, ceiling: number | undefined): tf.Tensor4D =>
  ceiling === undefined ? y : clipAbove(y, ceiling);

function normalise(
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  mean: tf.Tensor1D,
  variance: tf.Tensor1D,
  epsilon: number,
): tf.Tensor4D {
  const scale = tf.mul(gamma, tf.rsqrt(tf.add(variance, epsilon)));
  return tf.add(tf.mul(tf.sub(x, mean), scale), beta);
}

function finish(y: tf.Tensor4D, slope: number, residual: tf.Tensor4D | undefined): tf.Tensor4D {
  return leakyRelu(residual ? tf.add(y, residual) : y, slope);
}
