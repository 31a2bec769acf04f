/** Gradient reversal (Ganin & Lempitsky 2015, section 3): what is computed from a map is learnt one way, the map the other. */
import { checkTensors } from './checkTensors';
import { tf } from './tf';

/** The same values; the gradient that comes back is multiplied by −scale. @param x any shape @param scale λ, default 1 */
export function reverseGradient<T extends tf.Tensor>(x: T, scale = 1): T {
  checkTensors('reverseGradient', { x });
  const op = tf.customGrad((given) => {
    const value = tf.reshape(given as tf.Tensor, x.shape);
    return { value, gradFunc: (dy: tf.Tensor) => tf.mul(dy, -scale) };
  });
  return op(x) as T;
}
