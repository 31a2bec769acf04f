/**
 * Weighted soft labels (Zhou et al. 2021, equation 12): a row's soft label counts the less, the better the student knows the row already.
 *   w · − Σ over classes of p · log q, both at T;  w = 1 − exp(− CE(student) / CE(teacher)), of the label, at T = 1, a constant
 */
import { detached } from '../../engine/detached';
import { tf } from '../../engine/tf';
import { positive } from '../../util/check';
import { checkPaired, type LabelledLogits, targetMask } from './pairedLogits';

/** Below it a teacher's cross-entropy counts as 0: the authors' code adds as much. */
const LEAST = 1e-7;

/** Reduction: sum over classes, mean over rows. Bound: ≥ 0, none above. @param temperature T, above 0 */
export function weightedSoftLabels(logits: LabelledLogits, temperature: number): tf.Scalar {
  checkPaired('weightedSoftLabels', logits);
  positive('weightedSoftLabels: temperature', temperature);
  return tf.tidy(() => {
    const weight = detached(() => weights(logits));
    const p = tf.softmax(tf.div(logits.teacher, temperature));
    const logQ = tf.logSoftmax(tf.div(logits.student, temperature));
    return tf.neg(tf.mean<tf.Scalar>(tf.mul(weight, tf.sum(tf.mul(p, logQ), 1))));
  });
}

/** [rows], in [0, 1] */
function weights({ student, teacher, labels }: LabelledLogits): tf.Tensor1D {
  const mask = targetMask(student, labels);
  const loss = (z: tf.Tensor2D): tf.Tensor => tf.neg(tf.sum(tf.mul(tf.logSoftmax(z), mask), 1));
  return tf.sub(1, tf.exp(tf.neg(tf.div(loss(student), tf.add(loss(teacher), LEAST)))));
}
