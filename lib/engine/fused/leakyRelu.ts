/**
 * Rectifiers. One slope covers three of them: 0 is ReLU, 0.1 the factor encoder's leaky one, 1 none. A ceiling makes ReLU6 of ReLU.
 */
import { numberIn } from '../../util/check';
import { tf } from '../tf';
import { hasKernel, runKernel } from './fastKernel';

/**
 * max(x, slope · x), elementwise; the gradient at 0 is that of the negative side.
 * @param slope in [0, 1]: 0 is ReLU, 1 the identity.
 */
export function leakyRelu<T extends tf.Tensor>(x: T, slope: number): T {
  numberIn('leakyRelu: slope', slope, 0, 1);
  if (slope === 1) return x;
  if (hasKernel('IekdLeakyRelu')) return runKernel<T>('IekdLeakyRelu', { x }, { slope });
  return slope === 0 ? tf.relu(x) : tf.leakyRelu(x, slope);
}

/**
 * min(x, ceiling), elementwise; the gradient at the ceiling is 0, as PyTorch's ReLU6 has it. tfjs's own `minimum` and `relu6` need
 * comparisons for their gradient, which are slow on some engines; this one needs a step function.
 */
export function clipAbove<T extends tf.Tensor>(x: T, ceiling: number): T {
  const op = tf.customGrad((value, save) => {
    const y = tf.minimum(value as tf.Tensor, ceiling);
    (save as tf.GradSaveFunc)([y]);
    return { value: y, gradFunc: (dy: tf.Tensor, saved) => belowCeiling(dy, saved[0] as tf.Tensor, ceiling) };
  });
  return op(x) as T;
}

/** The gradient of `clipAbove`, of its result. */
export function belowCeiling(dy: tf.Tensor, y: tf.Tensor, ceiling: number): tf.Tensor {
  return tf.mul(dy, tf.step(tf.sub(ceiling, y)));
}
