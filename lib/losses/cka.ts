/**
 * Centred kernel alignment (Kornblith et al. 2019) as a distance: how alike two sets of factors tell the images of a batch apart.
 *   CKA = ⟨K, L⟩ / (‖K‖ ‖L‖), K and L the images' kernel matrices, centred on both sides; distance = 1 − CKA
 * It needs a batch: of one image nothing can be told, and the distance is 1 with gradient 0. The estimate is biased: with few
 * images and many values, unrelated factors have a small distance too, so no value is expected of them.
 */

import { checkTensors } from '../engine/checkTensors';
import { detached } from '../engine/detached';
import { tf } from '../engine/tf';
import { numberIn, refuse } from '../util/check';
import { median } from '../util/stats';
import { flatten } from './normalisedDistance';

/** Linear kernel X Xᵀ. Bounds: 0 and 1. @param a [batch, …] @param b [batch, …], of any size an image */
export function ckaLinear(a: tf.Tensor, b: tf.Tensor): tf.Scalar {
  return distance('ckaLinear', a, b, (x) => tf.matMul(x, x, false, true));
}

/** What the distance is taken from 1: linear CKA itself, how alike the two are. Bounds: 0 and 1; of one image 0. */
export function linearAlignment(a: tf.Tensor, b: tf.Tensor): tf.Scalar {
  return alignment('linearAlignment', a, b, (x) => tf.matMul(x, x, false, true));
}

/**
 * Kernel exp(−d² / (2 t² · median d²)) with the median over all pairs of images, each with itself included; the median is a
 * constant to the gradient. Bounds: 0 and 1. @param a [batch, …] @param b [batch, …], of any size an image @param t default 1
 */
export function ckaRbf(a: tf.Tensor, b: tf.Tensor, t = 1): tf.Scalar {
  numberIn('ckaRbf: t', t, Number.MIN_VALUE);
  return distance('ckaRbf', a, b, (x) => {
    const squares = squaredDistances(x);
    const scale = 2 * t ** 2 * median(detached(() => squares.dataSync()));
    return tf.exp(tf.div(tf.neg(squares), Math.max(scale, 1e-12)));
  });
}

type Kernel = (x: tf.Tensor2D) => tf.Tensor;

const distance = (where: string, a: tf.Tensor, b: tf.Tensor, kernel: Kernel): tf.Scalar =>
  tf.tidy(() => tf.sub(1, alignment(where, a, b, kernel)));

function alignment(where: string, a: tf.Tensor, b: tf.Tensor, kernel: Kernel): tf.Scalar {
  checkTensors(where, { a, b });
  if (a.rank < 2 || b.rank < 2 || a.shape[0] !== b.shape[0]) throw refuse(where, `factors of ${b.shape[0]} images`, a.shape);
  return tf.tidy(() => {
    const [k, l] = [a, b].map((x) => unit(centred(kernel(flatten(x))))) as [tf.Tensor, tf.Tensor];
    return tf.sum<tf.Scalar>(tf.mul(k, l));
  });
}

/** H K H with H = I − 1/n: the mean of every row and column becomes 0. */
function centred(k: tf.Tensor): tf.Tensor {
  const rows = tf.sub(k, tf.mean(k, 1, true));
  return tf.sub(rows, tf.mean(rows, 0, true));
}

/** K / ‖K‖, 0 where K is. */
function unit(k: tf.Tensor): tf.Tensor {
  return tf.div(k, tf.sqrt(tf.maximum(tf.sum(tf.square(k)), 1e-24)));
}

/** ‖x_i − x_j‖² of all pairs of rows, never below 0. */
function squaredDistances(x: tf.Tensor2D): tf.Tensor2D {
  const squares = tf.sum(tf.square(x), 1, true); // [batch, 1]
  const sums = tf.add<tf.Tensor2D>(squares, tf.transpose(squares));
  return tf.relu(tf.sub(sums, tf.mul(tf.matMul(x, x, false, true), 2)) as tf.Tensor2D);
}
