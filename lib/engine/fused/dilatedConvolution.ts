/**
 * Convolution whose filter looks at every nth position (Yu & Koltun 2016, "atrous"), with zero padding that keeps the map's size. tfjs
 * has no gradient of its own: the map is taken apart into n² maps of every nth position each, which are convolved as they are and put
 * together again.
 */
import { integerIn, refuse } from '../../util/check';
import { tf } from '../tf';
import { hasKernel, runKernel } from './fastKernel';

/**
 * 3×3 convolution of every `rate`th position, differentiable in both.
 * @param x [batch, height, width, from] @param filter [3, 3, from, to] @param rate from 1 @returns [batch, height, width, to]
 */
export function dilatedConvolution(x: tf.Tensor4D, filter: tf.Tensor4D, rate: number): tf.Tensor4D {
  integerIn('dilatedConvolution: rate', rate, 1);
  const [rows, columns, from] = filter.shape;
  if (rows !== 3 || columns !== 3 || from !== x.shape[3]) {
    throw refuse('dilatedConvolution: filter', `shape [3, 3, ${x.shape[3]}, to]`, filter.shape);
  }
  if (!hasKernel('IekdDilatedConv2D')) return definition(x, filter, rate);
  return runKernel<tf.Tensor4D>('IekdDilatedConv2D', { x, filter }, { strides: 1, pad: rate, dilations: rate });
}

function definition(x: tf.Tensor4D, filter: tf.Tensor4D, rate: number): tf.Tensor4D {
  const [, height, width] = x.shape;
  const beyond = [height, width].map((side) => (rate - ((side + 2 * rate) % rate)) % rate) as [number, number];
  const paddings = beyond.map((more) => [rate, rate + more]);
  const apart = tf.spaceToBatchND(x, [rate, rate], paddings); // [batch · rate², …]
  const convolved = tf.conv2d(apart as tf.Tensor4D, filter, 1, 'valid');
  const crops = beyond.map((more) => [0, more]);
  return tf.batchToSpaceND(convolved, [rate, rate], crops) as tf.Tensor4D;
}
