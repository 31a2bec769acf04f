/**
 * The channels of two maps in turn: concatenation and channel shuffle of two groups (Zhang et al. 2018) at once. tfjs's gradient of a
 * concatenation splits, which on some engines takes longer than all convolutions; here it chooses channels.
 */
import { refuse, sameShape } from '../../util/check';
import { tf } from '../tf';
import { hasKernel, runKernel } from './fastKernel';
import { selectChannels } from './selectChannels';

/**
 * y[…, 2k] = a[…, k], y[…, 2k + 1] = b[…, k].
 * @param a [batch, height, width, channels] @param b of the same shape @returns [batch, height, width, 2 · channels]
 */
export function interleaveChannels(a: tf.Tensor4D, b: tf.Tensor4D): tf.Tensor4D {
  if (!sameShape(a.shape, b.shape)) throw refuse('interleaveChannels', `maps of one shape, ${JSON.stringify(a.shape)}`, b.shape);
  const count = a.shape[3];
  const places = [0, 1].map((first) => Array.from({ length: count }, (_, k) => 2 * k + first)) as [number[], number[]];
  const op = tf.customGrad((...given) => {
    const maps = given.slice(0, 2) as tf.Tensor4D[];
    const gradFunc = (dy: tf.Tensor): tf.Tensor[] => places.map((indices) => selectChannels(dy as tf.Tensor4D, indices));
    return { value: hasKernel('IekdSelectChannelsGrad') ? placed(maps, places) : shuffled(maps), gradFunc };
  });
  return op(a, b) as tf.Tensor4D;
}

/** The adjoint of choosing channels puts them back, between zeros. */
function placed(maps: readonly tf.Tensor4D[], places: readonly number[][]): tf.Tensor4D {
  const [batch = 0, height = 0, width = 0, count = 0] = maps[0]?.shape ?? [];
  const shape = [batch, height, width, 2 * count];
  const [a, b] = maps.map((dy, i) =>
    runKernel<tf.Tensor4D>('IekdSelectChannelsGrad', { dy }, { shape, indices: places[i] ?? [] }),
  );
  return tf.add(a as tf.Tensor4D, b as tf.Tensor4D);
}

function shuffled(maps: tf.Tensor4D[]): tf.Tensor4D {
  const joined = tf.concat(maps, 3);
  const count = joined.shape[3] / 2;
  return selectChannels(
    joined,
    Array.from({ length: 2 * count }, (_, k) => (k % 2) * count + Math.floor(k / 2)),
  );
}
