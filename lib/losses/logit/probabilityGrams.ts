/** How the probabilities of a batch go together (Jin et al. 2023, section 3): image by image, and class by class. */
import { tf } from '../../engine/tf';
import { positive } from '../../util/check';
import { checkPaired, type PairedLogits } from './pairedLogits';

/** Σ (P_s P_sᵀ − P_t P_tᵀ)² / rows, P [rows, classes] the probabilities at T. Bound: ≥ 0, rows above. @param temperature T, above 0 */
export function batchGramDistance(logits: PairedLogits, temperature: number): tf.Scalar {
  return gramDistance('batchGramDistance', logits, temperature, (p) => tf.matMul(p, p, false, true));
}

/** Σ (P_sᵀ P_s − P_tᵀ P_t)² / classes. Bound: ≥ 0, rows² / classes · 2 above. @param temperature T, above 0 */
export function classGramDistance(logits: PairedLogits, temperature: number): tf.Scalar {
  return gramDistance('classGramDistance', logits, temperature, (p) => tf.matMul(p, p, true, false));
}

function gramDistance(
  where: string,
  logits: PairedLogits,
  temperature: number,
  gramOf: (p: tf.Tensor2D) => tf.Tensor2D,
): tf.Scalar {
  checkPaired(where, logits);
  positive(`${where}: temperature`, temperature);
  return tf.tidy(() => {
    const [a, b] = [logits.student, logits.teacher].map((z) => gramOf(tf.softmax(tf.div(z, temperature)))) as [
      tf.Tensor2D,
      tf.Tensor2D,
    ];
    return tf.div<tf.Scalar>(tf.sum(tf.square(tf.sub(a, b))), a.shape[0]);
  });
}
