/** Similarity-preserving distillation (Tung & Mori 2019, equations 1 to 4): which images of a batch a network finds alike. */
import { normalizeRows } from '../../engine/fused/normalizeRows';
import { tf } from '../../engine/tf';
import { flatten } from '../normalisedDistance';
import { checkImagesOf, relationMagnitude } from './relation';

/** Root mean square of a map below which its row has no length of 1. */
const FLOOR = 1e-3;

/** Rows of X Xᵀ, each of length 1. @param x [batch, …] @returns [batch, batch] */
function batchSimilarity(x: tf.Tensor): tf.Tensor2D {
  return tf.tidy(() => {
    const rows = flatten(x);
    return normalizeRows(tf.matMul(rows, rows, false, true), FLOOR ** 2 * rows.shape[1]);
  });
}

/**
 * ‖G_a − G_b‖²_F / batch². Reduction: mean over elements. Bounds: 0 and 4 / batch.
 * @param a [batch, …] @param b [batch, …], of any size an image
 */
export function similarityDistance(a: tf.Tensor, b: tf.Tensor): tf.Scalar {
  checkImagesOf('similarityDistance', a, b);
  return tf.tidy(() => tf.mean<tf.Scalar>(tf.square(tf.sub(batchSimilarity(a), batchSimilarity(b)))));
}

/** |correlation| of both similarities, in [0, 1]. @param a [batch, …] @param b [batch, …], of any size an image */
export function similarityMagnitude(a: tf.Tensor, b: tf.Tensor): tf.Scalar {
  checkImagesOf('similarityMagnitude', a, b);
  return tf.tidy(() => relationMagnitude(batchSimilarity(a), batchSimilarity(b)));
}
