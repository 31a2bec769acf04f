/**
 * What relations between the images of a batch share: rows of length 1, pairs of different images, and how alike two relations are.
 * A relation is a matrix [batch, batch] made of one network's embeddings; two networks' embeddings may differ in size.
 */
import { checkTensors } from '../../engine/checkTensors';
import { normalizeRows } from '../../engine/fused/normalizeRows';
import { tf } from '../../engine/tf';
import { refuse } from '../../util/check';
import { flatten } from '../normalisedDistance';

/** Root mean square below which an embedding has no length of 1: codes have 1e-7 or less, and its gradient grows as 1 / length. */
const EMBEDDING_FLOOR = 1e-3;

/** Deviation below which a relation has no shape that could be compared. */
const RELATION_FLOOR = 1e-3;

/** @throws InputError for what are no factors [batch, …] of the same images */
export function checkImagesOf(where: string, a: tf.Tensor, b: tf.Tensor): void {
  checkTensors(where, { a, b });
  if (a.rank < 2 || b.rank < 2 || a.shape[0] !== b.shape[0]) throw refuse(where, `factors of ${b.shape[0]} images`, a.shape);
}

/** One row an image, of length 1, or less where its root mean square is below 1e-3. @param x [batch, …] @returns [batch, values] */
export function unitRows(x: tf.Tensor): tf.Tensor2D {
  const rows = flatten(x);
  return normalizeRows(rows, EMBEDDING_FLOOR * Math.sqrt(rows.shape[1]));
}

/** 1 for pairs of different images, 0 for an image with itself, [count, count]. */
export function pairsOf(count: number): tf.Tensor2D {
  const ones = Float32Array.from({ length: count * count }, (_, k) => Number(k % (count + 1) !== 0));
  return tf.tensor2d(ones, [count, count]);
}

/**
 * |correlation| (Pearson's) of two relations over the pairs of different images: what exploration minimises, at rest where one network
 * finds images alike without regard to the other. Bounds: 0 and 1; 0 where all pairs are one, as of two images.
 * @param a [batch, batch] @param b the same shape
 */
export function relationMagnitude(a: tf.Tensor2D, b: tf.Tensor2D): tf.Scalar {
  return tf.tidy(() => {
    const [count] = a.shape;
    const pairs = pairsOf(count);
    const [x, y] = [a, b].map((relation) => deviations(relation, pairs)) as [tf.Tensor, tf.Tensor];
    return tf.abs(tf.sum<tf.Scalar>(tf.mul(x, y)));
  });
}

/** Deviations from the mean over the pairs, of length 1 together. */
function deviations(relation: tf.Tensor2D, pairs: tf.Tensor2D): tf.Tensor2D {
  const [count] = relation.shape;
  const number = Math.max(count * (count - 1), 1);
  const mean = tf.div(tf.sum(tf.mul(relation, pairs)), number);
  const own = tf.mul<tf.Tensor2D>(tf.sub(relation, mean), pairs);
  const row = normalizeRows(tf.reshape(own, [1, -1]), RELATION_FLOOR * Math.sqrt(number));
  return tf.reshape(row, [count, count]);
}
