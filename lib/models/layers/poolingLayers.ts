/** Layers without variables that take fewer values than there are: of positions (max and average pooling) or of channels. */
import { globalAveragePool } from '../../engine/fused/globalAveragePool';
import { selectChannels } from '../../engine/fused/selectChannels';
import { tf } from '../../engine/tf';
import { refusePhrase } from '../../util/check';
import { fixedLayer, type Layer, plainLayer } from './layer';
import type { MaxPoolOperation } from './operations';

/**
 * Max pooling by windows of size × size with a stride of 2, `pad` positions of −∞ on every side.
 * @throws InputError naming `name` where nothing would be left of the map
 */
export function maxPool(name: string, size: number, pad: number): Layer {
  const pooled = (n: number): number => Math.floor((n + 2 * pad - size) / 2) + 1;
  const run = (x: tf.Tensor4D): tf.Tensor4D => tf.maxPool(x, size, 2, pad);
  return plainLayer(
    run,
    ([height, width, channels]) => {
      const least = size - 2 * pad;
      if (Math.min(height, width) >= least) return [pooled(height), pooled(width), channels];
      const hint = 'larger images, or fewer poolings, leave more';
      throw refusePhrase(name, `a map of at least ${least}×${least}`, `${height}×${width}`, hint);
    },
    [{ kind: 'maxPool', windows: { size, stride: 2, pad, dilation: 1 }, run }],
  );
}

/** Max pooling that rounds sizes up: with a stride of 2 the last position of an odd map is one of its own (Caffe's `ceil`). */
export const maxPoolSame = (size: number, stride: number): Layer => {
  const run = (x: tf.Tensor4D): tf.Tensor4D => tf.maxPool(x, size, stride, 'same');
  const pooled = (n: number): number => Math.ceil(n / stride);
  const operation: MaxPoolOperation = { kind: 'maxPool', windows: { size, stride, pad: 'same', dilation: 1 }, run };
  return plainLayer(run, ([height, width, count]) => [pooled(height), pooled(width), count], [operation]);
};

/** Mean over positions: [batch, height, width, channels] → [batch, 1, 1, channels]. */
export const averagePool: Layer = fixedLayer(
  (x) => tf.reshape(globalAveragePool(x), [-1, 1, 1, x.shape[3]]),
  ([, , channels]) => [1, 1, channels],
  () => ({ map: 'mean' }),
);

/**
 * Means of windows of size × size side by side. @throws InputError naming `where` for a map that they do not cover exactly
 */
export function averagePoolBy(where: string, size: number): Layer {
  const windows = { size, stride: size, pad: 0, dilation: 1 };
  return fixedLayer(
    (x) => tf.avgPool(x, size, size, 'valid'),
    ([height, width, channels]) => {
      if (height % size === 0 && width % size === 0) return [height / size, width / size, channels];
      throw refusePhrase(where, `a map that windows of ${size}×${size} cover`, `${height}×${width}`);
    },
    () => ({ map: 'average', windows }),
  );
}

/** Some channels, in the order of `indices` of the number of channels. */
export const channels = (indices: (count: number) => readonly number[]): Layer =>
  fixedLayer(
    (x) => selectChannels(x, indices(x.shape[3])),
    ([height, width, count]) => [height, width, indices(count).length],
    ([, , count]) => ({ map: 'channels', indices: indices(count) }),
  );
