/** Logits as z-scores (Sun et al. 2024, equation 9): a student learns how logits relate, not how large they are. */
import { checkTensors } from '../../engine/checkTensors';
import { tf } from '../../engine/tf';
import { refuse } from '../../util/check';

/** Added to the deviation, as in the authors' code. */
const FLOOR = 1e-7;

/**
 * (z − mean) / (deviation + 1e-7) of each row, the deviation unbiased (of classes − 1), as in the authors' code. Differentiable.
 * @param logits [rows, classes], two classes at least @returns the same shape
 */
export function standardLogits(logits: tf.Tensor2D): tf.Tensor2D {
  checkTensors('standardLogits', { logits });
  const [, classes = 1] = logits.shape;
  if (logits.rank !== 2 || classes < 2)
    throw refuse('standardLogits', 'logits [rows, classes], two classes at least', logits.shape);
  return tf.tidy(() => {
    const centred = tf.sub(logits, tf.mean(logits, 1, true));
    const variance = tf.div(tf.sum(tf.square(centred), 1, true), classes - 1);
    // The least float whose root has a finite derivative stands for a row of equal logits.
    const deviation = tf.sqrt(tf.maximum(variance, 1e-30));
    return tf.div(centred, tf.add(deviation, FLOOR));
  });
}
