/** The curves of a run for TensorBoard. A resumed run leaves out what was written after its checkpoint, so that no point is there twice. */
import { existsSync, mkdirSync } from 'node:fs';
import { integerIn, knownKeys, textIn } from '../../util/check';
import type { Evaluation, NetworkEvaluations } from '../evaluation';
import type { EpochEvent, StartEvent, StepEvent, TrainingListener } from '../events';
import { STUDENT_STAGE } from '../planStages';
import { appendScalars, beginEvents, eventFiles, readEvents } from './eventFile';

/** Of `tensorboardFile`. */
export interface TensorboardOptions {
  /** Only every so many steps get points, those divisible by it; default 10. */
  readonly everySteps?: number;
}

/**
 * A listener that writes an event file into a folder, a run a folder; `tensorboard --logdir` shows it. Of steps `step/loss`,
 * `step/learning_rate`, `step/images_per_second`, `step/gradient_norm` and `step/terms/<name>`, the batch's; of epochs `train/loss`,
 * `train/terms/<name>`, `validation/loss`, `validation/top1`, … and the same of the test part, with `ema/` before it of averaged weights and `peer1/` of a peer. Those of a stage
 * before the student's have its name before them. Steps are counted in the whole run.
 * @example
 * ```ts
 * import { buildNetwork, loadDataset, random, start, supervised, tensorboardFile, train } from 'iekd';
 * await start();
 * const data = await loadDataset('fashion-mnist', { train: 200, test: 100 });
 * const student = buildNetwork({ name: 'resnet8', classes: 10, input: [32, 32, 1] }, random(0));
 * const training = { epochs: 1, batch: 50, optimizer: { name: 'adamw', weightDecay: 0.05 }, clip: 1, ema: 0.99 };
 * const listeners = [tensorboardFile('runs/adamw')];
 * const { dispose } = await train({ student, method: supervised(), data, training, listeners });
 * dispose();
 * ```
 */
export function tensorboardFile(folder: string, options: TensorboardOptions = {}): TrainingListener {
  textIn('tensorboardFile: folder', folder);
  knownKeys('tensorboardFile', options, ['everySteps']);
  const everySteps = integerIn('tensorboardFile: everySteps', options.everySteps ?? 10, 1);
  let path = '';
  return (event) => {
    if (event.kind === 'start') path = begin(folder, event);
    if (event.kind === 'step' && event.step % everySteps === 0) appendScalars(path, event.step, ofStep(event));
    if (event.kind === 'epoch') appendScalars(path, event.step, ofEpoch(event));
  };
}

/** Whether a run has written into the folder before. */
export function hasTensorboard(folder: string): boolean {
  return existsSync(folder) && eventFiles(folder).length > 0;
}

function begin(folder: string, { facts, resumed }: StartEvent): string {
  mkdirSync(folder, { recursive: true });
  const before = resumed ? eventFiles(folder).at(-1) : undefined;
  const events = before ? readEvents(before) : [];
  const stage = facts.stages.find(({ name }) => name === resumed?.stage);
  const { step = 0, done = 0, epoch = 0 } = resumed ?? {};
  // An epoch whose evaluation is still to come has no points yet, though its last step is done.
  const epochs = step - done + epoch * (stage?.stepsPerEpoch ?? 0);
  const kept = events.filter(({ step: at, summary }) => {
    const ofSteps = summary?.value.some(({ tag }) => STEP_TAG.test(tag)) ?? false;
    return summary !== undefined && Number(at) <= (ofSteps ? step : epochs);
  });
  return beginEvents(folder, kept);
}

const STEP_TAG = /(^|\/)step\//;

type Values = Record<string, number>;

function ofStep(event: StepEvent): Values {
  const { stage, loss, learningRate, imagesPerSecond, gradientNorm, terms } = event;
  return placed(stage, {
    'step/loss': loss,
    'step/learning_rate': learningRate,
    'step/images_per_second': imagesPerSecond,
    ...(gradientNorm === undefined ? {} : { 'step/gradient_norm': gradientNorm }),
    ...ofTerms('step', terms),
  });
}

function ofEpoch({ stage, loss, terms, evaluations, peers = [], ema }: EpochEvent): Values {
  const averaged = ema ? ofNetworks(ema, 'ema/') : {};
  return placed(stage, {
    'train/loss': loss,
    ...ofTerms('train', terms),
    ...ofNetworks({ evaluations, peers }, ''),
    ...averaged,
  });
}

/** Unweighted, as the log has them. */
function ofTerms(place: string, terms: StepEvent['terms']): Values {
  return Object.fromEntries(Object.entries(terms).map(([name, { value }]) => [`${place}/terms/${name}`, value]));
}

function ofNetworks({ evaluations, peers = [] }: NetworkEvaluations, prefix: string): Values {
  const all = [{ who: '', list: evaluations }, ...peers.map(({ peer, evaluations: list }) => ({ who: `${peer}/`, list }))];
  return Object.assign({}, ...all.flatMap(({ who, list }) => list.map((one) => ofEvaluation(prefix + who, one)))) as Values;
}

function ofEvaluation(prefix: string, { split, loss, metrics }: Evaluation): Values {
  const entries = Object.entries({ loss, ...metrics }).map(([name, value]) => [`${prefix}${split}/${name}`, value] as const);
  return Object.fromEntries(entries);
}

function placed(stage: string, values: Values): Values {
  if (stage === STUDENT_STAGE) return values;
  return Object.fromEntries(Object.entries(values).map(([tag, value]) => [`${stage}/${tag}`, value]));
}
