/** Knowledge distillation by softened probabilities (Hinton et al. 2015, section 2). */

import { checkTensors } from '../engine/checkTensors';
import { tf } from '../engine/tf';
import { numberIn } from '../util/check';
import { crossEntropy } from './crossEntropy';
import { klDivergence } from './kl';

/** Defaults: those of the released code of IE-KD for CIFAR-100. */
export interface KdOptions {
  /** Share of the soft term, in [0, 1]; default 0.9. */
  readonly alpha?: number;
  /** T, default 4. */
  readonly temperature?: number;
}

/**
 * (1 − α) · cross-entropy + α · T² · KL(teacher at T ‖ student at T). T² keeps the soft gradient's size independent of T.
 * Reduction: mean over the batch. Bound: ≥ 0, none above; at initialisation the hard term is near (1 − α) · ln(classes).
 * @param logits [batch, classes] @param teacher the same shape @param labels int32 [batch]
 */
export function kd(
  logits: tf.Tensor2D,
  teacher: tf.Tensor2D,
  labels: tf.Tensor1D,
  { alpha = 0.9, temperature = 4 }: KdOptions = {},
): tf.Scalar {
  checkTensors('kd', { logits, teacher, labels }, 'kd is the loss: kdMethod() is the method');
  numberIn('kd: alpha', alpha, 0, 1);
  return tf.tidy(() => {
    const hard = tf.mul<tf.Scalar>(crossEntropy(logits, labels), 1 - alpha);
    return tf.add(hard, tf.mul<tf.Scalar>(klDivergence(logits, teacher, temperature), alpha * temperature ** 2));
  });
}
