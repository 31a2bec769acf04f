/**
 * Normalised knowledge distillation (Yang et al. 2023, equations 4 to 6): cross-entropies in the place of divergences.
 *   target = − t · log s, of the probabilities that both networks give the label, at T = 1
 *   others = − Σ over other classes of N(t) · log N(s), at T, N the probabilities of those classes normalised to 1
 */
import { tf } from '../../engine/tf';
import { positive } from '../../util/check';
import { checkPaired, type LabelledLogits, targetMask, withoutTarget } from './pairedLogits';

/** − t · log s of the label. Reduction: mean over rows. Bound: ≥ 0, none above. */
export function targetCrossEntropy(logits: LabelledLogits): tf.Scalar {
  checkPaired('targetCrossEntropy', logits);
  return tf.tidy(() => {
    const mask = targetMask(logits.student, logits.labels);
    const ofLabel = (z: tf.Tensor2D): tf.Tensor => tf.sum(tf.mul(tf.logSoftmax(z), mask), 1);
    return tf.neg(tf.mean<tf.Scalar>(tf.mul(tf.exp(ofLabel(logits.teacher)), ofLabel(logits.student))));
  });
}

/**
 * − Σ N(t) · log N(s). Reduction: sum over the classes other than the label, mean over rows. Bound: ≥ 0, none above; it is least, the
 * entropy of N(t), for equal logits. @param temperature T, above 0
 */
export function otherClassesCrossEntropy(logits: LabelledLogits, temperature: number): tf.Scalar {
  checkPaired('otherClassesCrossEntropy', logits);
  positive('otherClassesCrossEntropy: temperature', temperature);
  return tf.tidy(() => {
    const mask = targetMask(logits.student, logits.labels);
    const log = (z: tf.Tensor2D): tf.Tensor => tf.logSoftmax(withoutTarget(tf.div(z, temperature), mask));
    return tf.neg(tf.mean<tf.Scalar>(tf.sum(tf.mul(tf.exp(log(logits.teacher)), log(logits.student)), 1)));
  });
}
