/**
 * Pearson's correlation as a distance (Huang et al. 2022, equations 5 to 8), between the two networks' rows, one an image, and between
 * their columns, one a channel: of either network scale and shift do not count.
 */
import { checkTensors } from '../../engine/checkTensors';
import { normalizeRows } from '../../engine/fused/normalizeRows';
import { tf } from '../../engine/tf';
import { refuse, sameShape } from '../../util/check';
import { meanAbsolute } from '../meanAbsolute';
import { flatten } from '../normalisedDistance';

/** Standard deviation below which a row has no direction. */
const FLOOR = 1e-3;

/** Of images' rows (`inter`: between the channels of an image) or of channels' columns (`intra`: between the images of a channel). */
export type PearsonAxis = 'inter' | 'intra';

/** Both factors' rows, or their columns as rows, without their means and of length 1. */
function standardised(where: string, a: tf.Tensor, b: tf.Tensor, axis: PearsonAxis): [tf.Tensor2D, tf.Tensor2D] {
  checkTensors(where, { a, b });
  if (a.rank < 2 || !sameShape(a.shape, b.shape)) throw refuse(where, `two factors of shape ${JSON.stringify(b.shape)}`, a.shape);
  return [unitDeviations(flatten(a), axis), unitDeviations(flatten(b), axis)];
}

/** Rows, or columns as rows, without their mean, of length 1; 0 where all values are one. */
function unitDeviations(x: tf.Tensor2D, axis: PearsonAxis): tf.Tensor2D {
  const rows = axis === 'inter' ? x : tf.transpose(x);
  return normalizeRows(tf.sub(rows, tf.mean(rows, 1, true)) as tf.Tensor2D, FLOOR * Math.sqrt(rows.shape[1]));
}

/**
 * 1 − mean ρ, written as ½ mean ‖u − v‖² of the standardised rows: the same where both vary, and 0 where neither does, as of channels that
 * never fire. Bounds: 0 and 2.
 * @param a [batch, …] @param b the same shape
 */
export function pearsonDistance(a: tf.Tensor, b: tf.Tensor, axis: PearsonAxis): tf.Scalar {
  return tf.tidy(() => {
    const [u, v] = standardised('pearsonDistance', a, b, axis);
    return tf.div(tf.mean<tf.Scalar>(tf.sum(tf.square(tf.sub(u, v)), 1)), 2);
  });
}

/** Mean |ρ|: what exploration minimises. Bounds: 0 and 1. @param a [batch, …] @param b the same shape */
export function pearsonMagnitude(a: tf.Tensor, b: tf.Tensor, axis: PearsonAxis): tf.Scalar {
  return tf.tidy(() => {
    const [u, v] = standardised('pearsonMagnitude', a, b, axis);
    return meanAbsolute(tf.sum(tf.mul(u, v), 1));
  });
}
