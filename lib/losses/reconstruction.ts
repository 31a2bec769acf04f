/** How well an auto-encoder gives a feature map back. */
import { tf } from '../engine/tf';
import { refuse, sameShape } from '../util/check';
import { meanAbsolute } from './meanAbsolute';

/**
 * Mean |x − y| over all elements of the batch: the released codes of FT and IE-KD; their papers print squares. Bound: ≥ 0, none
 * above; at initialisation of the size of the mean |x − y| of a feature map and a batch-normed one, about 0.5 to 1.
 * @param x [batch, …] @param y the same shape
 */
export function reconstruction(x: tf.Tensor, y: tf.Tensor): tf.Scalar {
  if (!sameShape(x.shape, y.shape)) throw refuse('reconstruction', `a map of shape ${JSON.stringify(x.shape)}`, y.shape);
  return tf.tidy(() => meanAbsolute(tf.sub(x, y)));
}
