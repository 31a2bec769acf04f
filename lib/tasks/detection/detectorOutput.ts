/** What a network with priors says, prior by prior. */
import type { PriorOutput } from '../../detection/priorOutput';
import { tf } from '../../engine/tf';
import type { ForwardResult } from '../../models/types';
import { refusePhrase } from '../../util/check';

/** Class scores [batch, priors, classes + 1] and offsets [batch, priors, 4]. @throws InputError for the output of another network */
export function priorOutput({ logits, offsets }: ForwardResult): PriorOutput {
  if (!offsets) throw refusePhrase('detection', 'the output of a network with priors', 'logits alone');
  const [batch, priors] = offsets.shape;
  return { logits: tf.reshape(logits, [batch, priors, -1]), offsets };
}

/** Class scores as rows, [batch · priors, classes + 1]. @throws InputError as `priorOutput` */
export function scoreRows(output: ForwardResult): tf.Tensor2D {
  const { logits } = priorOutput(output);
  return tf.reshape(logits, [-1, logits.shape[2]]);
}
