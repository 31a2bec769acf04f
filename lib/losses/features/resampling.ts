/** Maps brought to another height and width, as PyTorch's adaptive_avg_pool2d and interpolate do. */
import { tf } from '../../engine/tf';

/**
 * Means over windows that cover the map: of h rows the i-th of H windows has ⌊i h / H⌋ to ⌈(i + 1) h / H⌉ (PyTorch's
 * `adaptive_avg_pool2d`). @param x [batch, height, width, channels] @returns [batch, rows, columns, channels]
 */
export function adaptiveAveragePool(x: tf.Tensor4D, rows: number, columns: number): tf.Tensor4D {
  const [, height, width] = x.shape;
  if (height === rows && width === columns) return x;
  if (height % rows === 0 && width % columns === 0) {
    const window: [number, number] = [height / rows, width / columns];
    return tf.avgPool(x, window, window, 'valid');
  }
  return mapped(x, rows, columns, windows(height, rows), windows(width, columns));
}

/** Each value from the nearest place (PyTorch's `interpolate`, mode nearest). @returns [batch, rows, columns, channels] */
export function nearestResize(x: tf.Tensor4D, rows: number, columns: number): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  if (height === rows && width === columns) return x;
  if (rows % height === 0 && columns % width === 0) {
    const wide = tf.tile(tf.reshape(x, [batch * height * width, 1, channels]), [1, columns / width, 1]);
    const tall = tf.tile(tf.reshape(wide, [batch * height, 1, columns * channels]), [1, rows / height, 1]);
    return tf.reshape(tall, [batch, rows, columns, channels]);
  }
  return mapped(x, rows, columns, nearest(height, rows), nearest(width, columns));
}

/** Shares of `from` places in each of `to`. */
type Shares = readonly (readonly number[])[];

function windows(from: number, to: number): Shares {
  return Array.from({ length: to }, (_, i) => {
    const [first, end] = [Math.floor((i * from) / to), Math.ceil(((i + 1) * from) / to)];
    return Array.from({ length: from }, (_place, k) => (k >= first && k < end ? 1 / (end - first) : 0));
  });
}

function nearest(from: number, to: number): Shares {
  return Array.from({ length: to }, (_, i) =>
    Array.from({ length: from }, (_place, k) => Number(k === Math.floor((i * from) / to))),
  );
}

/** One product of matrices, which every engine has fast and with a gradient. */
function mapped(x: tf.Tensor4D, rows: number, columns: number, down: Shares, across: Shares): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const shares = down.flatMap((row) => across.map((column) => row.flatMap((a) => column.map((b) => a * b))));
  const places = tf.reshape(tf.transpose(tf.reshape(x, [batch, height * width, channels]), [1, 0, 2]), [height * width, -1]);
  const result = tf.matMul(tf.tensor2d(shares, [rows * columns, height * width]), places as tf.Tensor2D);
  const back = tf.transpose(tf.reshape(result, [rows * columns, batch, channels]), [1, 0, 2]);
  return tf.reshape(back, [batch, rows, columns, channels]);
}
