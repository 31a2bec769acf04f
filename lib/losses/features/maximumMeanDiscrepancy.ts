/**
 * Neuron selectivity transfer (Huang & Wang 2017, equations 4 to 7): the channels of a map, each a pattern over positions of length 1, as
 * samples of a distribution; two maps' distributions compared by their maximum mean discrepancy.
 *   MMD² = mean k(a, a') + mean k(b, b') − 2 mean k(a, b), means over all pairs of channels of an image
 */
import { checkTensors } from '../../engine/checkTensors';
import { detached } from '../../engine/detached';
import { normalizeRows } from '../../engine/fused/normalizeRows';
import { tf } from '../../engine/tf';
import { pick, refuse } from '../../util/check';

/** Root mean square below which a channel has no length of 1. */
const FLOOR = 1e-3;

/** Kernels of two patterns by name, given their cosines; all are at most 1. */
const KERNELS = { polynomial: 'polynomial', gaussian: 'gaussian', linear: 'linear' } as const;

/** `polynomial`: (a · b)²; `gaussian`: exp(−‖a − b‖² / (2 σ²)), σ² the mean of ‖a − b‖² over the two maps, a constant; `linear`: a · b. */
export type SelectivityKernel = keyof typeof KERNELS;

/** A checked name of a kernel. */
export function selectivityKernel(where: string, name: string): SelectivityKernel {
  return pick<SelectivityKernel>(where, KERNELS, name);
}

/** The patterns of an image's channels, each of length 1. @param x [batch, height, width, channels] @returns [batch, channels, positions] */
function selectivity(x: tf.Tensor4D): tf.Tensor3D {
  return tf.tidy(() => {
    const [batch, height, width, channels] = x.shape;
    const patterns = tf.reshape(tf.transpose(x, [0, 3, 1, 2]), [batch * channels, height * width]) as tf.Tensor2D;
    const unit = normalizeRows(patterns, FLOOR * Math.sqrt(height * width));
    return tf.reshape(unit, [batch, channels, height * width]);
  });
}

/**
 * MMD² of two maps' channels. Reduction: mean over the batch. Bounds: 0 and 2, of the linear kernel 4.
 * @param a [batch, height, width, channels] @param b the same height and width, any channels
 */
export function maximumMeanDiscrepancy(a: tf.Tensor4D, b: tf.Tensor4D, kernel: SelectivityKernel = 'polynomial'): tf.Scalar {
  checkTensors('maximumMeanDiscrepancy', { a, b });
  const places = ({ shape }: tf.Tensor): string => JSON.stringify(shape.slice(0, 3));
  if (a.rank !== 4 || b.rank !== 4 || places(a) !== places(b)) {
    throw refuse('maximumMeanDiscrepancy', `a map of batch, height and width ${places(b)}`, a.shape);
  }
  return tf.tidy(() => {
    const [x, y] = [selectivity(a), selectivity(b)];
    const between = cosines(x, y);
    const similar = kernelOf(kernel, between);
    const means = [cosines(x, x), cosines(y, y), between].map((pairs) => tf.mean<tf.Scalar>(similar(pairs)));
    const [own, other, mixed] = means as [tf.Scalar, tf.Scalar, tf.Scalar];
    return tf.sub(tf.add(own, other), tf.mul(mixed, 2));
  });
}

/** [batch, channels of a, channels of b] */
const cosines = (a: tf.Tensor3D, b: tf.Tensor3D): tf.Tensor3D => tf.matMul(a, b, false, true);

function kernelOf(name: SelectivityKernel, between: tf.Tensor3D): (pairs: tf.Tensor3D) => tf.Tensor {
  if (name === 'linear') return (pairs) => pairs;
  if (name === 'polynomial') return (pairs) => tf.square(pairs);
  // ‖a − b‖² of patterns of length 1 is 2 − 2 cos.
  const squares = (pairs: tf.Tensor3D): tf.Tensor => tf.relu(tf.sub(2, tf.mul(pairs, 2)));
  const scale = detached(() => tf.mul(tf.maximum(tf.mean(squares(between)), 1e-6), 2));
  return (pairs) => tf.exp(tf.neg(tf.div(squares(pairs), scale)));
}
