/** The smooth L1 distance (Girshick 2015, Fast R-CNN, equation 3): square near 0, where it has no kink, absolute beyond 1. */
import { checkTensors } from '../engine/checkTensors';
import { tf } from '../engine/tf';
import { refuse, sameShape } from '../util/check';

/**
 * Σ weight · h(s − t), h(x) = x² / 2 where |x| < 1 and |x| − ½ elsewhere. Reduction: sum over elements. Bound: ≥ 0, none above. Its
 * derivative, weight · clip(s − t, −1, 1), is that of PyTorch's SmoothL1Loss.
 * @param s what learns, any shape @param t the target, of the same shape @param weight of each element, of a shape that broadcasts to it
 */
export function smoothL1(s: tf.Tensor, t: tf.Tensor, weight: tf.Tensor): tf.Scalar {
  checkTensors('smoothL1', { s, t, weight });
  if (!sameShape(s.shape, t.shape)) throw refuse('smoothL1', `a target of shape ${JSON.stringify(s.shape)}`, t.shape);
  return tf.tidy(() => {
    const op = tf.customGrad((given, save) => {
      const x = given as tf.Tensor;
      const slope = tf.mul(weight, tf.clipByValue(x, -1, 1));
      (save as tf.GradSaveFunc)([slope]);
      const size = tf.abs(x);
      const value = tf.where(tf.less(size, 1), tf.div(tf.square(x), 2), tf.sub(size, 0.5));
      return {
        value: tf.sum<tf.Scalar>(tf.mul(weight, value)),
        gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]): tf.Tensor => tf.mul(dy, saved as tf.Tensor),
      };
    });
    return op(tf.sub(s, t)) as tf.Scalar;
  });
}
