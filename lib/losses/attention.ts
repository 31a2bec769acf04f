/**
 * Attention transfer (Zagoruyko & Komodakis 2017): where a map is strong, whatever its channels.
 *   Q(x) = q / max(‖q‖₂, δ √P) over the P positions of an image, q = mean over channels of x²
 * The authors' code has F.normalize, whose floor of 1e-12 is out of reach. The gradient of a map that fades grows as 1 / ‖x‖: no matter
 * where whole maps are compared, which do not fade, but branches that are pushed away do, and one step throws the student off.
 */
import { normalizeRows } from '../engine/fused/normalizeRows';
import { tf } from '../engine/tf';
import { refuse, sameShape } from '../util/check';

/** δ, against maps behind a batch norm, whose mean squares are near 1. */
export const ATTENTION_FLOOR = 0.01;

/**
 * The attention map of each image, of length 1, or less where the map is fainter than `floor`.
 * @param x [batch, height, width, channels] @param floor δ, as a root mean square of q; default 0.01 @returns [batch, height, width]
 */
export function attentionMap(x: tf.Tensor4D, floor = ATTENTION_FLOOR): tf.Tensor3D {
  return tf.tidy(() => {
    const [batch, height, width] = x.shape;
    const squares = tf.mean(tf.square(x), 3); // [batch, height, width]
    const rows = normalizeRows(tf.reshape(squares, [batch, height * width]), floor * Math.sqrt(height * width));
    return tf.reshape(rows, [batch, height, width]);
  });
}

/**
 * Mean over all elements of (a − b)²: the authors' code. Bounds for attention maps of P positions: 0 and 2/P, since they have
 * length 1 and no negative value.
 * @param a [batch, …] @param b the same shape
 */
export function meanSquare(a: tf.Tensor, b: tf.Tensor): tf.Scalar {
  if (!sameShape(a.shape, b.shape)) throw refuse('meanSquare', `a map of shape ${JSON.stringify(b.shape)}`, a.shape);
  return tf.tidy(() => tf.mean<tf.Scalar>(tf.square(tf.sub(a, b))));
}

/**
 * Mean over the batch of ‖a − b‖₂: the paper's equation. Bounds for attention maps: 0 and √2. The derivative at distance 0 is 0.
 * @param a [batch, …] @param b the same shape
 */
export function meanNorm(a: tf.Tensor, b: tf.Tensor): tf.Scalar {
  if (!sameShape(a.shape, b.shape)) throw refuse('meanNorm', `a map of shape ${JSON.stringify(b.shape)}`, a.shape);
  return tf.tidy(() => {
    const squares = tf.sum(tf.reshape(tf.square(tf.sub(a, b)), [a.shape[0] as number, -1]), 1);
    return tf.mean<tf.Scalar>(tf.sqrt(tf.maximum(squares, 1e-24)));
  });
}
