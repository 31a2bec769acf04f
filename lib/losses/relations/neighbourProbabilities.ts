/**
 * Probabilistic knowledge transfer (Passalis & Tefas 2018, equations 2 to 6): how probably an image takes another for its neighbour.
 *   K(i, j) = (cos(x_i, x_j) + 1) / 2, p(j | i) = K(i, j) / Σ over k ≠ i of K(i, k)
 */
import { tf } from '../../engine/tf';
import { checkImagesOf, pairsOf, relationMagnitude, unitRows } from './relation';

/** Added to both probabilities, as in the authors' code. */
const EPSILON = 1e-7;

/** Which pairs have probabilities: those of different images, as in the paper, or an image with itself too, as in the authors' code. */
export type NeighbourPairs = 'different' | 'all';

/** p(j | i). @param x [batch, …] @returns [batch, batch], rows of sum 1 */
function neighbourProbabilities(x: tf.Tensor, pairs: NeighbourPairs = 'different'): tf.Tensor2D {
  return tf.tidy(() => {
    const rows = unitRows(x);
    const kernel = tf.div(tf.add(tf.matMul(rows, rows, false, true), 1), 2);
    const own = pairs === 'different' ? tf.mul<tf.Tensor2D>(kernel, pairsOf(rows.shape[0])) : kernel;
    return tf.div(own, tf.maximum(tf.sum(own, 1, true), EPSILON));
  });
}

/**
 * Mean over all batch² elements of p_b log((p_b + ε) / (p_a + ε)): KL of the target's probabilities from the student's. Bounds: 0 and
 * ln(1/ε) / batch, about 16 / batch, but for ε.
 * @param a the student's, [batch, …] @param b the target's, [batch, …], of any size an image
 */
export function neighbourDivergence(a: tf.Tensor, b: tf.Tensor, pairs: NeighbourPairs = 'different'): tf.Scalar {
  checkImagesOf('neighbourDivergence', a, b);
  return tf.tidy(() => {
    const [q, p] = [a, b].map((x) => neighbourProbabilities(x, pairs)) as [tf.Tensor2D, tf.Tensor2D];
    const difference = tf.sub(tf.log(tf.add(p, EPSILON)), tf.log(tf.add(q, EPSILON)));
    return tf.mean<tf.Scalar>(tf.mul(p, difference));
  });
}

/** |correlation| of both kernels, in [0, 1]. @param a [batch, …] @param b [batch, …], of any size an image */
export function neighbourMagnitude(a: tf.Tensor, b: tf.Tensor): tf.Scalar {
  checkImagesOf('neighbourMagnitude', a, b);
  return tf.tidy(() => {
    // Probabilities are of the size of 1 / batch; times the batch they are relations of the size of 1.
    const [q, p] = [a, b].map((x) => tf.mul<tf.Tensor2D>(neighbourProbabilities(x), a.shape[0] as number));
    return relationMagnitude(q as tf.Tensor2D, p as tf.Tensor2D);
  });
}
