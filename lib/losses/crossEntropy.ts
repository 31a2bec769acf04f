/** The task loss of classification. */

import { checkTensors } from '../engine/checkTensors';
import { softmaxCrossEntropy } from '../engine/fused/softmaxCrossEntropy';
import type { tf } from '../engine/tf';
import { refuse } from '../util/check';

/**
 * −mean over the batch of log softmax(logits)[label]. Reduction: mean over the batch. Bound: ≥ 0, none above; at
 * initialisation near ln(classes).
 * @param logits [batch, classes] @param labels int32 [batch]
 */
export function crossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  checkTensors('crossEntropy', { logits, labels });
  if (logits.rank !== 2) throw refuse('crossEntropy', 'logits [batch, classes]', logits.shape);
  return softmaxCrossEntropy(logits, labels);
}
