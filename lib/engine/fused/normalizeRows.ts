/** L2 normalisation of each row, as PyTorch's `F.normalize`. */
import { numberIn } from '../../util/check';
import { checkTensors } from '../checkTensors';
import { tf } from '../tf';
import { hasKernel, runKernel } from './fastKernel';

/**
 * x / max(‖x‖₂, floor), row by row; differentiated through the norm. The gradient grows as 1 / ‖x‖ while a row fades, down
 * to the floor: where rows may vanish, it is the floor that bounds it.
 * @param x [batch, values] @param floor ≥ 1e-18, whose square float32 still holds; default PyTorch's 1e-12, which bounds nothing in practice
 * @returns the same shape, every row of length 1, or less where it is shorter than the floor
 */
export function normalizeRows(x: tf.Tensor2D, floor = 1e-12): tf.Tensor2D {
  checkTensors('normalizeRows', { x });
  numberIn('normalizeRows: floor', floor, 1e-18);
  if (hasKernel('IekdNormalizeRows')) return runKernel<tf.Tensor2D>('IekdNormalizeRows', { x }, { floor });
  const squares = tf.sum(tf.square(x), 1, true); // [batch, 1]
  // The floor is inside the root: the derivative of √0 would be infinite.
  return tf.div(x, tf.sqrt(tf.maximum(squares, floor * floor)));
}
