/** The hand-made teacher of Tf-KD's regularisation (Yuan et al. 2020): no network, but a distribution that favours the label. */
import { tf } from '../engine/tf';
import { integerIn, numberIn } from '../util/check';

export interface VirtualTeacherOptions {
  /** Probability of the true class, in [0, 1]; default 0.99. The others share the rest. */
  readonly correct?: number;
  /** T, above 0; default 20. */
  readonly temperature?: number;
  /** `code` (default): the student is not softened, as in the authors' code; `paper`: it is softened by T too. */
  readonly student?: 'code' | 'paper';
}

/**
 * KL(softmax(p / T) ‖ student), p the virtual teacher's probabilities (not logits, as the authors' code has it).
 * Reduction: sum over classes, mean over the batch; the authors' code means over classes too, which divides by their number.
 * Bound: ≥ 0, none above; 0 is not reached by a student that is certain.
 * @param logits [batch, classes], at least two classes @param labels int32 [batch]
 */
export function virtualTeacherDivergence(
  logits: tf.Tensor2D,
  labels: tf.Tensor1D,
  { correct = 0.99, temperature = 20, student = 'code' }: VirtualTeacherOptions = {},
): tf.Scalar {
  const classes = integerIn('virtualTeacherDivergence: classes', logits.shape[1], 2);
  numberIn('virtualTeacherDivergence: correct', correct, 0, 1);
  numberIn('virtualTeacherDivergence: temperature', temperature, Number.MIN_VALUE);
  return tf.tidy(() => {
    const p = tf.oneHot(labels, classes, correct, (1 - correct) / (classes - 1), 'float32');
    const logP = tf.logSoftmax(tf.div(p, temperature));
    const logQ = tf.logSoftmax(student === 'paper' ? tf.div(logits, temperature) : logits);
    return tf.mean<tf.Scalar>(tf.sum(tf.mul(tf.exp(logP), tf.sub(logP, logQ)), 1));
  });
}
