/** Global average pooling (Lin et al. 2014): the mean over positions. */
import { tf } from '../tf';
import { hasKernel, runKernel } from './fastKernel';

/** @param x [batch, height, width, channels] @returns [batch, channels] */
export function globalAveragePool(x: tf.Tensor4D): tf.Tensor2D {
  if (hasKernel('IekdGlobalAveragePool')) return runKernel<tf.Tensor2D>('IekdGlobalAveragePool', { x }, { shape: x.shape });
  return tf.mean(x, [1, 2]);
}
