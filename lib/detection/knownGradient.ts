/** A scalar op whose gradient is known as soon as its value. */
import { tf } from '../engine/tf';

/** f(x), differentiable in x. @param f gives the value and the value's gradient with respect to x, of x's shape */
export function knownGradient(x: tf.Tensor, f: (x: tf.Tensor) => readonly [value: tf.Scalar, gradient: tf.Tensor]): tf.Scalar {
  const op = tf.customGrad((given, save) => {
    const [value, gradient] = f(given as tf.Tensor);
    (save as tf.GradSaveFunc)([gradient]);
    return { value, gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]): tf.Tensor => tf.mul(dy, saved as tf.Tensor) };
  });
  return op(x) as tf.Scalar;
}
