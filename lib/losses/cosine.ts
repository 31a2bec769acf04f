/**
 * Cosine forms of inheritance and exploration, as the released code of IE-KD has them: inheritance turns factors to the same
 * direction; exploration turns them to orthogonal ones, not to opposite ones.
 */

import { checkTensors } from '../engine/checkTensors';
import { normalizeRows } from '../engine/fused/normalizeRows';
import { tf } from '../engine/tf';
import { refuse, sameShape } from '../util/check';
import { meanAbsolute } from './meanAbsolute';
import { flatten } from './normalisedDistance';

/** cos of each image's pair, [batch]. */
function cosines(where: string, a: tf.Tensor, b: tf.Tensor): tf.Tensor1D {
  checkTensors(where, { a, b });
  if (a.rank < 2 || !sameShape(a.shape, b.shape)) throw refuse(where, `two factors of shape ${JSON.stringify(b.shape)}`, a.shape);
  return tf.sum(tf.mul(normalizeRows(flatten(a)), normalizeRows(flatten(b))), 1);
}

/**
 * 1 − mean over the batch of cos(a, b). Bounds: 0 and 2. Unrelated factors of the factor encoder's kind have about 0.74, since
 * leaky rectified values are mostly positive.
 * @param a [batch, …] @param b the same shape
 */
export function cosineDistance(a: tf.Tensor, b: tf.Tensor): tf.Scalar {
  return tf.tidy(() => tf.sub(1, tf.mean<tf.Scalar>(cosines('cosineDistance', a, b))));
}

/**
 * Mean over the batch of |cos(a, b)|: what exploration minimises. Bounds: 0 (orthogonal) and 1; unrelated factors of the
 * factor encoder's kind have about 0.26.
 * @param a [batch, …] @param b the same shape
 */
export function cosineMagnitude(a: tf.Tensor, b: tf.Tensor): tf.Scalar {
  return tf.tidy(() => meanAbsolute(cosines('cosineMagnitude', a, b)));
}
