/** The flow of a solution procedure (Yim et al. 2017): how the channels of two layers go together. */
import { tf } from '../engine/tf';
import { pick, refuse } from '../util/check';

/**
 * G[i, j] = mean over positions of a[…, i] · b[…, j]. The larger map is first pooled over equal windows to the size of the smaller.
 * @param a [batch, height, width, m] @param b [batch, height', width', n] @param pooling `max` (default) or `average`
 * @returns [batch, m, n]
 */
export function gram(a: tf.Tensor4D, b: tf.Tensor4D, pooling: Pooling = 'max'): tf.Tensor3D {
  return tf.tidy(() => {
    const [height, width] = [Math.min(a.shape[1], b.shape[1]), Math.min(a.shape[2], b.shape[2])];
    const [x, y] = [a, b].map((map) => rows(shrink(map, height, width, POOLS[pooling]))) as [tf.Tensor3D, tf.Tensor3D];
    return tf.div(tf.matMul(x, y, true, false), height * width) as tf.Tensor3D;
  });
}

type Pool = (x: tf.Tensor4D, window: [number, number]) => tf.Tensor4D;

/** Of windows that do not overlap. */
const POOLS: Readonly<Record<'max' | 'average', Pool>> = {
  max: (x, window) => tf.maxPool(x, window, window, 'valid'),
  average: (x, window) => tf.avgPool(x, window, window, 'valid'),
};

/** How a map is made smaller. */
export type Pooling = keyof typeof POOLS;

/** A checked name of a way of pooling. */
export function poolingNamed(where: string, name: string): Pooling {
  pick(where, POOLS, name);
  return name as Pooling;
}

function shrink(x: tf.Tensor4D, height: number, width: number, pool: Pool): tf.Tensor4D {
  const [, h, w] = x.shape;
  if (h === height && w === width) return x;
  if (h % height !== 0 || w % width !== 0) throw refuse('gram', `a map whose size ${height}×${width} divides`, [h, w]);
  return pool(x, [h / height, w / width]);
}

/** [batch, height, width, channels] → [batch, positions, channels] */
function rows(x: tf.Tensor4D): tf.Tensor3D {
  const [batch, height, width, channels] = x.shape;
  return tf.reshape(x, [batch, height * width, channels]);
}
