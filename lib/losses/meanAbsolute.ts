/** The mean absolute value, with PyTorch's derivative: tfjs's own for |x| is −1 at 0, where two equal maps should be at rest. */
import { tf } from '../engine/tf';

/** Mean |x| over all elements; its derivative is sign(x) / size, 0 at 0. @param x any shape, not empty */
export function meanAbsolute(x: tf.Tensor): tf.Scalar {
  const op = tf.customGrad((value, save) => {
    const given = value as tf.Tensor;
    (save as tf.GradSaveFunc)([given]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor => {
      return tf.mul(tf.sign(saved[0] as tf.Tensor), tf.div(dy, given.size));
    };
    return { value: tf.mean<tf.Scalar>(tf.abs(given)), gradFunc };
  });
  return op(x) as tf.Scalar;
}
