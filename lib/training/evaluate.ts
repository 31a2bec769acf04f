/** Accuracy and loss of a network over one part of a data set, in evaluation mode, on images as they are. */
import { batches } from '../data/batches';
import { toTensors } from '../data/images/tensors';
import type { Dataset } from '../data/types';
import { tf } from '../engine/tf';
import type { Network } from '../models/types';
import { scoreLogits } from '../tasks/classification/accuracy';
import { integerIn, knownKeys, pick, refusePhrase } from '../util/check';
import { nextTurn } from '../util/stopSignal';
import type { Evaluation } from './events';

export interface EvaluateOptions {
  /** Images at once. */
  readonly batch?: number;
}

/** Evaluates on `data.validation` or `data.test`; changes nothing and leaks no tensor. */
export async function evaluate(
  network: Network,
  data: Dataset,
  split: Evaluation['split'],
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  knownKeys('evaluate', options, ['batch']);
  const batch = integerIn('evaluate: batch', options.batch ?? 256, 1);
  const set = pick('evaluate', { validation: data.validation, test: data.test }, split);
  const where = `evaluate: ${split} of ${data.name}`;
  if (set.count === 0) throw refusePhrase(where, 'images', 'none', 'load the data set with that part');
  let [loss, top1, top5, done] = [0, 0, 0, 0];
  for await (const part of batches(set, { batch, normalisation: data })) {
    const logits = tf.tidy(() => network.forward(toTensors(part).images).logits.dataSync<'float32'>());
    const score = scoreLogits(logits, part.labels, network.classes, where, done);
    loss += score.loss;
    top1 += score.top1;
    top5 += score.top5;
    done += part.size;
    await nextTurn();
  }
  return { split, count: done, loss: loss / done, top1: top1 / done, top5: top5 / done };
}
