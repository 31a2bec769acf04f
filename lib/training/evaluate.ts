/** Loss and metrics of a network over one part of a data set, in evaluation mode, on images as they are. */
import { batches } from '../data/batches';
import { imageTensor } from '../data/images/batchTensors';
import type { Dataset } from '../data/types';
import { tf } from '../engine/tf';
import type { Network } from '../models/types';
import { DEFAULT_TASK } from '../tasks';
import type { Task } from '../tasks/types';
import { integerIn, knownKeys, pick, refusePhrase } from '../util/check';
import { nextTurn } from '../util/stopSignal';
import type { Evaluation } from './evaluation';

/** Options of `evaluate`. */
export interface EvaluateOptions {
  /** Images at once; default 256. */
  readonly batch?: number;
  /** What is measured; default classification: top-1 and top-5 accuracy. */
  readonly task?: Task;
}

/**
 * Evaluates on `data.validation` or `data.test`; changes nothing and leaks no tensor.
 * @throws InputError where that part has no images, and naming the image whose target or output the task refuses
 * @example
 * ```ts
 * import { buildNetwork, evaluate, loadDataset, random, start } from 'iekd';
 * await start();
 * const data = await loadDataset('fashion-mnist', { train: 100, test: 100 });
 * const network = buildNetwork({ name: 'resnet8', classes: 10, input: [32, 32, 1] }, random(0));
 * const { loss, metrics } = await evaluate(network, data, 'test');
 * network.dispose();
 * ```
 */
export async function evaluate(
  network: Network,
  data: Dataset,
  split: Evaluation['split'],
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  knownKeys('evaluate', options, ['batch', 'task']);
  const { task = DEFAULT_TASK } = options;
  const batch = integerIn('evaluate: batch', options.batch ?? 256, 1);
  const set = pick('evaluate', { validation: data.validation, test: data.test }, split);
  const where = `evaluate: ${split} of ${data.name}`;
  if (set.count === 0) throw refusePhrase(where, 'images', 'none', 'load the data set with that part');
  const meter = task.meter(where, network);
  for await (const part of batches(set, { batch, normalisation: data })) {
    tf.tidy(() => meter.add(network.forward(imageTensor(part)), part));
    await nextTurn();
  }
  const { loss, metrics } = meter.result();
  pick(`${where}: primary metric of ${task.name}`, metrics, task.primary.name);
  return { split, count: set.count, loss, metrics };
}
