/**
 * Decoupled knowledge distillation (Zhao et al. 2022, equations 5 to 7): KL of the softened probabilities in two parts,
 *   KL = TCKD + (1 − p_target) · NCKD
 *   TCKD = KL of [p_target, 1 − p_target], NCKD = KL of the other classes' probabilities, each set normalised to 1
 * so that each can be weighed by itself. Not T² times, as the authors' code has both; methods weigh them.
 */
import { tf } from '../../engine/tf';
import { positive } from '../../util/check';
import { checkPaired, divergenceOf, type LabelledLogits, targetMask, withoutTarget } from './pairedLogits';

/**
 * TCKD at T. Reduction: mean over rows. Bound: ≥ 0, none above; 0 for equal logits.
 * @param temperature T, above 0
 */
export function targetClassKd(logits: LabelledLogits, temperature: number): tf.Scalar {
  checkPaired('targetClassKd', logits);
  positive('targetClassKd: temperature', temperature);
  return tf.tidy(() => {
    const mask = targetMask(logits.student, logits.labels);
    const [logP, logQ] = [logits.teacher, logits.student].map((z) => targetAndRest(tf.div(z, temperature), mask));
    return divergenceOf(logP as tf.Tensor, logQ as tf.Tensor);
  });
}

/**
 * NCKD at T. Reduction: sum over the classes other than the target, mean over rows. Bound: ≥ 0, none above; 0 for equal logits.
 * @param temperature T, above 0
 */
export function otherClassesKd(logits: LabelledLogits, temperature: number): tf.Scalar {
  checkPaired('otherClassesKd', logits);
  positive('otherClassesKd: temperature', temperature);
  return tf.tidy(() => {
    const mask = targetMask(logits.student, logits.labels);
    const log = (z: tf.Tensor2D): tf.Tensor => tf.logSoftmax(withoutTarget(tf.div(z, temperature), mask));
    return divergenceOf(log(logits.teacher), log(logits.student));
  });
}

/** Logarithms of the target's probability and of all others' together: [rows, 2]. */
function targetAndRest(z: tf.Tensor2D, mask: tf.Tensor2D): tf.Tensor2D {
  const all = tf.logSumExp(z, 1);
  const target = tf.sub(tf.sum(tf.mul(z, mask), 1), all);
  const rest = tf.sub(tf.logSumExp(withoutTarget(z, mask), 1), all);
  return tf.stack([target, rest], 1) as tf.Tensor2D;
}
