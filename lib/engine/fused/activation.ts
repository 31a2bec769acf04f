/** Leaky rectifier. One number covers the three activations used here: slope 0 is ReLU, 0.1 the factor encoder's, 1 none. */
import { numberIn } from '../../util/check';
import { tf } from '../tf';
import { hasKernel, runKernel } from './native';

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
