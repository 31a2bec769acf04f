/** Variational information distillation (Ahn et al. 2019, equations 4 to 6): a map as seen from another, a normal distribution a value. */
import { checkTensors } from '../../engine/checkTensors';
import { tf } from '../../engine/tf';
import { refuse, sameShape } from '../../util/check';

/**
 * ½ mean ((t − μ)² / σ² + ln σ²), the negative logarithm of the likelihood but for ½ ln 2π. Reduction: mean over elements. At σ = 1 half
 * the mean square; unbounded above, and with σ below 1 also below 0.
 * @param mean μ, [batch, height, width, channels] @param target t, the same shape @param variance σ² above 0, of a shape that broadcasts; absent: 1
 */
export function gaussianLikelihood(mean: tf.Tensor, target: tf.Tensor, variance?: tf.Tensor): tf.Scalar {
  checkTensors('gaussianLikelihood', { mean, target });
  if (!sameShape(mean.shape, target.shape)) {
    throw refuse('gaussianLikelihood', `a map of shape ${JSON.stringify(target.shape)}`, mean.shape);
  }
  return tf.tidy(() => {
    const squares = tf.square(tf.sub(mean, target));
    if (!variance) return tf.div(tf.mean<tf.Scalar>(squares), 2);
    return tf.div(tf.add(tf.mean<tf.Scalar>(tf.div(squares, variance)), tf.mean<tf.Scalar>(tf.log(variance))), 2);
  });
}
