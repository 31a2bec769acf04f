/** Softmax cross-entropy of class labels, the task loss of classification. */
import { refuse } from '../../util/check';
import { tf } from '../tf';
import { hasKernel, runKernel } from './fastKernel';

/**
 * −mean over the batch of log softmax(logits)[label]. Reduction: mean; at initialisation about ln(classes).
 * @param logits [batch, classes] @param labels int32 [batch], each in [0, classes); another makes the loss NaN,
 * which stops a run, where a check of the values would make every step wait for the engine
 */
export function softmaxCrossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  const [batch, classes] = logits.shape;
  if (labels.size !== batch || labels.dtype !== 'int32') {
    throw refuse('softmaxCrossEntropy', `int32 labels of shape [${batch}]`, `${labels.dtype} ${JSON.stringify(labels.shape)}`);
  }
  if (hasKernel('IekdSoftmaxCrossEntropy')) return runKernel<tf.Scalar>('IekdSoftmaxCrossEntropy', { logits, labels });
  const chosen = tf.sum(tf.mul(tf.oneHot(labels, classes), tf.logSoftmax(logits)), 1); // [batch]
  const known = tf.logicalAnd(tf.greaterEqual(labels, 0), tf.less(labels, classes));
  return tf.neg(tf.mean<tf.Scalar>(tf.where(known, chosen, Number.NaN)));
}
