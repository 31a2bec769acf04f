/**
 * What the engine multiplies at its best: operations a second, a multiplication and an addition each, of products of matrices that fill
 * its caches, plain and as a convolution of 1×1, which is one that runs in the engine's precision.
 */
import { tf } from '../../engine/tf';

/** Of the matrices; the map is that of 16 images of 16×16 positions. */
const [SIDE, IMAGES, POSITIONS, CHANNELS] = [1024, 16, 16, 512];
const BURST_MS = 250;

/** The fastest product of a short burst of either kind. */
export function peakFlops(): number {
  return Math.max(...[matrices, convolution].map((make) => tf.tidy(() => fastest(make()))));
}

interface Product {
  readonly operations: number;
  run(): tf.Tensor;
}

function matrices(): Product {
  const [a, b] = [tf.randomNormal([SIDE, SIDE]), tf.randomNormal([SIDE, SIDE])];
  return { operations: 2 * SIDE ** 3, run: () => tf.matMul(a, b) };
}

function convolution(): Product {
  const x = tf.randomNormal([IMAGES, POSITIONS, POSITIONS, CHANNELS]) as tf.Tensor4D;
  const filter = tf.randomNormal([1, 1, CHANNELS, CHANNELS]) as tf.Tensor4D;
  return { operations: 2 * IMAGES * POSITIONS ** 2 * CHANNELS ** 2, run: () => tf.conv2d(x, filter, 1, 'same') };
}

/** The result's sum is read, so that the product has ended. */
function fastest({ operations, run }: Product): number {
  let seconds = Number.POSITIVE_INFINITY;
  for (const end = performance.now() + BURST_MS; performance.now() < end || seconds === Number.POSITIVE_INFINITY; ) {
    const begin = performance.now();
    tf.tidy(() => void tf.slice(tf.reshape(run(), [-1]), 0, 1).dataSync());
    seconds = Math.min(seconds, (performance.now() - begin) / 1000);
  }
  return operations / seconds;
}
