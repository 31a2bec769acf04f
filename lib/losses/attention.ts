/**
 * Attention transfer (Zagoruyko & Komodakis 2017): where a map is strong, whatever its channels.
 *   Q(x) = q / ‖q‖₂ over the positions of an image, q = mean over channels of x²
 */
import { normalizeRows } from '../engine/fused/normalizeRows';
import { tf } from '../engine/tf';
import { refuse, sameShape } from '../util/check';

/** The attention map of each image, of length 1. @param x [batch, height, width, channels] @returns [batch, height, width] */
export function attentionMap(x: tf.Tensor4D): tf.Tensor3D {
  return tf.tidy(() => {
    const [batch, height, width] = x.shape;
    const squares = tf.mean(tf.square(x), 3); // [batch, height, width]
    return tf.reshape(normalizeRows(tf.reshape(squares, [batch, height * width])), [batch, height, width]);
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
