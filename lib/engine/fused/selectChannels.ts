/** A subset of channels, in any order: how a student's feature map is split into its inheritance and exploration halves. */
import { refuse } from '../../util/check';
import { tf } from '../tf';
import { hasKernel, runKernel } from './fastKernel';

/**
 * y[…, k] = x[…, indices[k]].
 * @param x [batch, height, width, channels] @param indices distinct channel numbers
 * @returns [batch, height, width, indices.length]
 */
export function selectChannels(x: tf.Tensor4D, indices: readonly number[]): tf.Tensor4D {
  const channels = x.shape[3];
  const valid = indices.every((i) => Number.isInteger(i) && i >= 0 && i < channels);
  if (!valid || indices.length === 0 || new Set(indices).size !== indices.length) {
    throw refuse('selectChannels', `distinct channel numbers in [0, ${channels})`, indices);
  }
  if (hasKernel('IekdSelectChannels'))
    return runKernel<tf.Tensor4D>('IekdSelectChannels', { x }, { indices: [...indices], shape: x.shape });
  return tf.gather(x, tf.tensor1d([...indices], 'int32'), 3);
}
