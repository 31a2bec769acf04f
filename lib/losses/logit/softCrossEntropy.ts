/** The cross-entropy with probabilities in the place of a label. */
import { checkTensors } from '../../engine/checkTensors';
import { tf } from '../../engine/tf';
import { refuse, sameShape } from '../../util/check';

/**
 * −Σ over classes of p · log softmax(logits), mean over rows. Bounds: ≥ the mean entropy of p, none above.
 * @param logits [rows, classes] @param probabilities p, the same shape, a constant
 */
export function softCrossEntropy(logits: tf.Tensor2D, probabilities: tf.Tensor2D): tf.Scalar {
  checkTensors('softCrossEntropy', { logits, probabilities });
  if (!sameShape(logits.shape, probabilities.shape)) {
    throw refuse('softCrossEntropy', `logits of shape ${JSON.stringify(probabilities.shape)}`, logits.shape);
  }
  return tf.tidy(() => tf.neg(tf.mean<tf.Scalar>(tf.sum(tf.mul(probabilities, tf.logSoftmax(logits)), 1))));
}
