/** Activation boundaries (Heo et al. 2019, AAAI): which neurons fire, not how strongly. */
import { detached } from '../engine/detached';
import { tf } from '../engine/tf';
import { numberIn, refuse, sameShape } from '../util/check';

/** On which side of its boundary each value lies: 1 where a ReLU fires, −1 elsewhere, at 0 too. @param t a map before its ReLU */
export function boundarySign<T extends tf.Tensor>(t: T): T {
  return tf.tidy(() => tf.sub(tf.mul(tf.cast(tf.greater(t, 0), 'float32'), 2), 1));
}

/**
 * Σ over elements of (s + m)² where t ≤ 0 and s > −m, (s − m)² where t > 0 and s ≤ m, and 0 elsewhere: a squared hinge with the
 * sign of t as its label and margin m. Reduction: sum over elements, mean over the batch. Bound: ≥ 0, none above.
 * @param s the student's map before its ReLU, [batch, …] @param t the teacher's before its ReLU, the same shape
 */
export function boundaryDistance(s: tf.Tensor, t: tf.Tensor, margin = 1): tf.Scalar {
  numberIn('boundaryDistance: margin', margin, 0);
  if (!sameShape(s.shape, t.shape)) throw refuse('boundaryDistance', `a map of shape ${JSON.stringify(t.shape)}`, s.shape);
  return tf.tidy(() => {
    const label = detached(() => boundarySign(t));
    const short = tf.relu(tf.sub(margin, tf.mul(s, label)));
    return tf.div<tf.Scalar>(tf.sum(tf.square(short)), s.shape[0] as number);
  });
}
