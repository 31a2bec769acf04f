/** L2 normalisation of each row, as PyTorch's `F.normalize`. */
import { tf } from '../tf';
import { hasKernel, runKernel } from './native';

/**
 * x / max(‖x‖₂, 1e-12), row by row; differentiated through the norm.
 * @param x [batch, values] @returns the same shape, every row of length 1 (or 0 where the row is 0)
 */
export function normalizeRows(x: tf.Tensor2D): tf.Tensor2D {
  if (hasKernel('IekdNormalizeRows')) return runKernel<tf.Tensor2D>('IekdNormalizeRows', { x });
  const squares = tf.sum(tf.square(x), 1, true); // [batch, 1]
  // The floor is inside the root: the derivative of √0 would be infinite.
  return tf.div(x, tf.sqrt(tf.maximum(squares, 1e-24)));
}
