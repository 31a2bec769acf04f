/** KL of softened probabilities at a temperature that is itself learnt (Li et al. 2023). */
import { tf } from '../../engine/tf';
import { checkPaired, divergenceOf, type PairedLogits } from './pairedLogits';

/**
 * T² · KL(teacher at T ‖ student at T), differentiable in T too. Reduction: sum over classes, mean over rows. Bound: ≥ 0, none above.
 * @param temperature T, a scalar above 0
 */
export function softDivergence(logits: PairedLogits, temperature: tf.Scalar): tf.Scalar {
  checkPaired('softDivergence', logits);
  return tf.tidy(() => {
    const [logP, logQ] = [logits.teacher, logits.student].map((z) => tf.logSoftmax(tf.div(z, temperature)));
    return tf.mul(tf.square(temperature), divergenceOf(logP as tf.Tensor, logQ as tf.Tensor));
  });
}
