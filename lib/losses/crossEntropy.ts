/**
 * The task loss of classification, with label smoothing (Szegedy et al. 2016, "Rethinking the Inception Architecture", section 7,
 * https://arxiv.org/abs/1512.00567) as PyTorch's `CrossEntropyLoss(label_smoothing=ε)` has it.
 */

import { checkTensors } from '../engine/checkTensors';
import { softmaxCrossEntropy } from '../engine/fused/softmaxCrossEntropy';
import { tf } from '../engine/tf';
import { knownKeys, numberIn, refuse } from '../util/check';

/** Of `crossEntropy`. */
export interface CrossEntropyOptions {
  /** ε in [0, 1]: the share of a target that is spread evenly over all classes, its own among them. Default 0. */
  readonly labelSmoothing?: number;
}

/**
 * −mean over the batch of (1 − ε) · log softmax(logits)[label] + ε / classes · Σ over classes of log softmax(logits). Reduction: mean over
 * the batch. Bound: ≥ 0, none above; at initialisation near ln(classes), whatever ε.
 * @param logits [batch, classes] @param labels int32 [batch]
 */
export function crossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D, options: CrossEntropyOptions = {}): tf.Scalar {
  checkTensors('crossEntropy', { logits, labels });
  knownKeys('crossEntropy', options, ['labelSmoothing']);
  const smoothing = numberIn('crossEntropy: labelSmoothing', options.labelSmoothing ?? 0, 0, 1);
  if (logits.rank !== 2) throw refuse('crossEntropy', 'logits [batch, classes]', logits.shape);
  const own = softmaxCrossEntropy(logits, labels);
  if (smoothing === 0) return own;
  return tf.tidy(() => {
    const even = tf.neg(tf.mean<tf.Scalar>(tf.logSoftmax(logits)));
    return tf.add<tf.Scalar>(tf.mul(own, 1 - smoothing), tf.mul(even, smoothing));
  });
}
