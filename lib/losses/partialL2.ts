/** The partial L2 distance of Heo et al. 2019 (A comprehensive overhaul of feature distillation, equation 3). */

import { checkTensors } from '../engine/checkTensors';
import { detached } from '../engine/detached';
import { tf } from '../engine/tf';
import { refuse, sameShape } from '../util/check';

/**
 * Σ (s − t)² over elements, but 0 where s ≤ t ≤ 0: a value that is not to fire may be as negative as it likes.
 * Reduction: sum over elements, mean over the batch. Bound: ≥ 0, none above.
 * @param s the student's map before its ReLU, [batch, …] @param t the teacher's after the margin ReLU, the same shape
 */
export function partialL2(s: tf.Tensor, t: tf.Tensor): tf.Scalar {
  checkTensors('partialL2', { s, t });
  if (!sameShape(s.shape, t.shape)) throw refuse('partialL2', `a map of shape ${JSON.stringify(t.shape)}`, s.shape);
  return tf.tidy(() => {
    const counts = detached(() => tf.cast(tf.logicalOr(tf.greater(s, t), tf.greater(t, 0)), 'float32'));
    const sum = tf.sum(tf.mul(counts, tf.square(tf.sub(s, t))));
    return tf.div<tf.Scalar>(sum, s.shape[0] as number);
  });
}
