/** Loss and metrics of a network over one part of a data set, in evaluation mode, on images as they are. */
import { batches } from '../data/batches';
import { imageTensor } from '../data/images/batchTensors';
import { datasetIn } from '../data/images/checkDataset';
import type { Dataset, ImageShape } from '../data/types';
import { tf } from '../engine/tf';
import { networkIn } from '../models/givenNetwork';
import { normalisationFor } from '../models/inputNormalisation';
import type { Network } from '../models/types';
import { DEFAULT_TASK } from '../tasks';
import type { EvaluationReport, Meter, ReportOptions, Task } from '../tasks/types';
import { integerIn, knownKeys, pick, refusePhrase } from '../util/check';
import { nextTurn } from '../util/stopSignal';
import type { Evaluation } from './evaluation';

/** Options of `evaluate`. */
export interface EvaluateOptions {
  /** Images at once; default 256 of up to 64×64 pixels, of larger ones as many as have as many pixels. */
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
  return (await evaluateUnless(undefined, network, data, split, options)) as Evaluation;
}

/** As `evaluate`; undefined where it was given up between two batches. */
export async function evaluateUnless(
  givesUp: (() => boolean) | undefined,
  network: Network,
  data: Dataset,
  split: Evaluation['split'],
  options: EvaluateOptions = {},
): Promise<Evaluation | undefined> {
  return (await measure(givesUp, network, data, split, options))?.evaluation;
}

/** As `evaluate`, with what the task has to say of it in detail, where it has. */
export async function evaluateInDetail(
  network: Network,
  data: Dataset,
  split: Evaluation['split'],
  options: EvaluateOptions & ReportOptions = {},
): Promise<DetailedEvaluation> {
  const { score, ...rest } = options;
  const { evaluation, meter } = (await measure(undefined, network, data, split, rest)) as Measurement;
  const report = meter.report?.(data.classNames, score === undefined ? {} : { score });
  return { evaluation, ...(report ? { report } : {}) };
}

/** An evaluation and its report. */
export interface DetailedEvaluation {
  readonly evaluation: Evaluation;
  readonly report?: EvaluationReport;
}

interface Measurement {
  readonly evaluation: Evaluation;
  readonly meter: Meter;
}

async function measure(
  givesUp: (() => boolean) | undefined,
  network: Network,
  data: Dataset,
  split: Evaluation['split'],
  options: EvaluateOptions,
): Promise<Measurement | undefined> {
  knownKeys('evaluate', options, ['batch', 'task']);
  networkIn('evaluate', network);
  datasetIn('evaluate', data);
  const { task = DEFAULT_TASK } = options;
  const set = pick('evaluate', { validation: data.validation, test: data.test }, split);
  const where = `evaluate: ${split} of ${data.name}`;
  const batch = integerIn('evaluate: batch', options.batch ?? usualBatch(set), 1);
  if (set.count === 0) throw refusePhrase(where, 'images', 'none', 'load the data set with that part');
  task.checkData(`evaluate: ${network.name}`, network, data);
  const meter = task.meter(where, network);
  for await (const part of batches(set, { batch, normalisation: normalisationFor(network, data) })) {
    tf.tidy(() => meter.add(network.forward(imageTensor(part)), part));
    await nextTurn();
    if (givesUp?.()) return undefined;
  }
  const { loss, metrics } = meter.result();
  pick(`${where}: primary metric of ${task.name}`, metrics, task.primary.name);
  return { evaluation: { split, count: set.count, loss, metrics }, meter };
}

const USUAL_BATCH = 256;
/** Of an image, up to which so many fit into memory whatever the network. */
const USUAL_PIXELS = 64 ** 2;

const usualBatch = ({ height, width }: ImageShape): number =>
  Math.max(1, Math.min(USUAL_BATCH, Math.floor((USUAL_BATCH * USUAL_PIXELS) / (height * width))));
