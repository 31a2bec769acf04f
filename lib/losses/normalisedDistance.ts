/**
 * Distances of factors whose images are first flattened and divided by their L2 norm (Kim et al. 2018, equation 4; Huang et al.
 * 2021). The released code of both reduces by the mean over all elements of the batch, so the scale falls with the number of
 * values D an image has; the weights 500 (FT) and 50 (IE-KD) belong to that scale.
 */

import { checkTensors } from '../engine/checkTensors';
import { normalizeRows } from '../engine/fused/normalizeRows';
import { tf } from '../engine/tf';
import { refuse, sameShape } from '../util/check';
import { meanAbsolute } from './meanAbsolute';

/** Difference of the normalised factors, [batch, D]. Differentiable in both; the norm is differentiated through. */
function normalisedDifference(where: string, a: tf.Tensor, b: tf.Tensor): tf.Tensor2D {
  checkTensors(where, { a, b });
  if (a.rank < 2 || !sameShape(a.shape, b.shape)) throw refuse(where, `two factors of shape ${JSON.stringify(b.shape)}`, a.shape);
  return tf.sub(normalizeRows(flatten(a)), normalizeRows(flatten(b)));
}

/** One row an image: [batch, …] → [batch, D]. */
export function flatten(x: tf.Tensor): tf.Tensor2D {
  return tf.reshape(x, [x.shape[0] as number, -1]);
}

/**
 * L1: mean |a/‖a‖ − b/‖b‖| over all elements of the batch. Bounds: 0 and 2/√D (0.0442 at D = 2048). Unrelated factors of the
 * factor encoder's kind have about 0.87/√D (0.019 at D = 2048).
 * @param a [batch, …] @param b the same shape
 */
export function normalisedL1(a: tf.Tensor, b: tf.Tensor): tf.Scalar {
  return tf.tidy(() => meanAbsolute(normalisedDifference('normalisedL1', a, b)));
}

/**
 * L2: √(mean (a/‖a‖ − b/‖b‖)²) over all elements of the batch, the root mean square. Bounds: 0 and 2/√D. Unrelated factors of
 * the factor encoder's kind have about 1.22/√D (0.027 at D = 2048). The derivative at distance 0 is taken as 0.
 * @param a [batch, …] @param b the same shape
 */
export function normalisedL2(a: tf.Tensor, b: tf.Tensor): tf.Scalar {
  return tf.tidy(() => {
    const square = tf.mean<tf.Scalar>(tf.square(normalisedDifference('normalisedL2', a, b)));
    // The floor is inside the root, whose derivative at 0 would be infinite.
    return tf.sqrt(tf.maximum(square, 1e-24)) as tf.Scalar;
  });
}
