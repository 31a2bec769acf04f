/** The hierarchical context loss of ReviewKD (Chen et al. 2021, section 3.4): two maps compared at several sizes. */
import { checkTensors } from '../../engine/checkTensors';
import { tf } from '../../engine/tf';
import { refuse, sameShape } from '../../util/check';
import { adaptiveAveragePool } from './resampling';

/** Sides of the pooled maps; each counts half as much as the one before it. */
const LEVELS = [4, 2, 1];

/**
 * Σ over the map itself and its means over 4×4, 2×2 and 1×1 windows, where they are smaller, of mean square / 2^level, over the sum of
 * these weights. Reduction: mean over elements. Bound: ≥ 0, none above.
 * @param a [batch, height, width, channels] @param b the same shape
 */
export function hierarchicalContext(a: tf.Tensor, b: tf.Tensor): tf.Scalar {
  checkTensors('hierarchicalContext', { a, b });
  if (a.rank !== 4 || !sameShape(a.shape, b.shape)) {
    throw refuse('hierarchicalContext', `a map of shape ${JSON.stringify(b.shape)}`, a.shape);
  }
  return tf.tidy(() => {
    const difference = tf.sub<tf.Tensor4D>(a, b); // pooling is linear
    const sides = LEVELS.filter((side) => side < difference.shape[1]);
    const values = [difference, ...sides.map((side) => adaptiveAveragePool(difference, side, side))].map((map, level) =>
      tf.div<tf.Scalar>(tf.mean(tf.square(map)), 2 ** level),
    );
    const total = values.reduce((sum, _, level) => sum + 2 ** -level, 0);
    return tf.div(
      values.reduce((sum, value) => tf.add<tf.Scalar>(sum, value)),
      total,
    );
  });
}
