/** Kullback–Leibler divergence of class probabilities: the term of mutual learning (Zhang et al. 2018) and, at a temperature, of KD. */

import { checkTensors } from '../engine/checkTensors';
import { tf } from '../engine/tf';
import { positive, refuse, sameShape } from '../util/check';

/**
 * Σ over classes of p · (log p − log q), mean over the batch, with p = softmax(target / T) and q = softmax(logits / T).
 * Reduction: sum over classes, mean over the batch (PyTorch's `batchmean`). Bound: ≥ 0, none above; 0 for equal logits.
 * @param logits [batch, classes], the one that learns @param target the same shape @param temperature T > 0
 */
export function klDivergence(logits: tf.Tensor2D, target: tf.Tensor2D, temperature = 1): tf.Scalar {
  checkTensors('klDivergence', { logits, target });
  positive('klDivergence: temperature', temperature);
  if (!sameShape(logits.shape, target.shape)) {
    throw refuse('klDivergence', `logits of shape ${JSON.stringify(target.shape)}`, logits.shape);
  }
  return tf.tidy(() => {
    const logP = tf.logSoftmax(tf.div(target, temperature));
    const logQ = tf.logSoftmax(tf.div(logits, temperature));
    return tf.mean<tf.Scalar>(tf.sum(tf.mul(tf.exp(logP), tf.sub(logP, logQ)), 1));
  });
}
