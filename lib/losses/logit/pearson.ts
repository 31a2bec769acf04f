/** Pearson's correlation of probabilities (Huang et al. 2022, DIST, equations 5 to 10): relations are kept, not the values themselves. */
import { normalizeRows } from '../../engine/fused/normalizeRows';
import { tf } from '../../engine/tf';
import { positive } from '../../util/check';
import { checkPaired, type PairedLogits } from './pairedLogits';

/** 1 − mean over rows of the correlation of each row's classes. Bounds: 0 and 2. @param temperature T, above 0 */
export function interClassDistance(logits: PairedLogits, temperature: number): tf.Scalar {
  checkPaired('interClassDistance', logits);
  positive('interClassDistance: temperature', temperature);
  return tf.tidy(() => distance(...probabilities(logits, temperature)));
}

/** 1 − mean over classes of the correlation of each class over the rows. Bounds: 0 and 2; of one row 1. @param temperature T, above 0 */
export function intraClassDistance(logits: PairedLogits, temperature: number): tf.Scalar {
  checkPaired('intraClassDistance', logits);
  positive('intraClassDistance: temperature', temperature);
  return tf.tidy(() => {
    const [student, teacher] = probabilities(logits, temperature);
    return distance(tf.transpose(student), tf.transpose(teacher));
  });
}

function probabilities({ student, teacher }: PairedLogits, temperature: number): [tf.Tensor2D, tf.Tensor2D] {
  return [tf.softmax(tf.div(student, temperature)), tf.softmax(tf.div(teacher, temperature))];
}

function distance(a: tf.Tensor2D, b: tf.Tensor2D): tf.Scalar {
  const unit = (x: tf.Tensor2D): tf.Tensor => normalizeRows(tf.sub(x, tf.mean(x, 1, true)) as tf.Tensor2D);
  return tf.sub(1, tf.mean<tf.Scalar>(tf.sum(tf.mul(unit(a), unit(b)), 1)));
}
