/** One stage of training: epochs of steps on batches, an evaluation after each epoch, and a pause in between for the caller. */
import { batches, stepsPerEpoch } from '../data/batches';
import type { Batch, Dataset } from '../data/types';
import type { StartedEngine } from '../engine/types';
import type { Clock, MeasuredTerm, Objective, TrainingOptions } from '../optim/objective';
import type { Optimizer } from '../optim/optimizer';
import { scheduleAt } from '../optim/schedule';
import { trainStep, weightedLoss } from '../optim/step';
import { disposeBatch, tensorBatch } from '../tasks/tensorBatch';
import type { Task } from '../tasks/types';
import type { Random } from '../util/rng';
import type { StageAdjustments } from './byHand/adjustments';
import { addStep, EMPTY_SUMS, type EpochSums, epochMeans } from './epochMeans';
import { evaluateUnless } from './evaluate';
import { type Evaluation, type NetworkEvaluations, networkEvaluations } from './evaluation';
import type { StepEvent, TrainingListener } from './events';
import { stopwatch, type Throughput, throughput } from './throughput';

/** Where a stage stands between two steps; JSON-ready. */
export interface FitProgress {
  /** Epochs done, evaluations included. */
  readonly epoch: number;
  /** Steps done in the epoch after those. */
  readonly done: number;
  /** Sums over those steps. */
  readonly sums: EpochSums;
  /** Time that those steps took. */
  readonly seconds: number;
}

/** Before the first step. */
export const FIT_START: FitProgress = { epoch: 0, done: 0, sums: EMPTY_SUMS, seconds: 0 };

export interface FitOptions {
  readonly stage: string;
  readonly objective: Objective;
  readonly optimizer: Optimizer;
  readonly data: Dataset;
  readonly task: Task;
  readonly training: TrainingOptions;
  /** Whether batches are mixed as the task says. Default they are not. */
  readonly mixes?: boolean;
  /** Batches and dropout draw from its streams by epoch and step: there is no position to store. */
  readonly random: Random;
  /** Steps of the run before this stage. */
  readonly stepsBefore: number;
  /** Clock of the run, milliseconds. */
  readonly now: () => number;
  /** Tells how long kernels outside the engine's fast set took. */
  readonly engine?: FallbackCounter | undefined;
  readonly emit: TrainingListener;
  /** Awaited between steps and between epochs; false ends the stage there. */
  readonly pause: (progress: FitProgress) => Promise<boolean>;
  /** Whether an evaluation in progress is to be left to whoever goes on: asked between its batches. Default never. */
  readonly hurries?: () => boolean;
  /** Settings as they are changed by hand; default never. */
  readonly adjust?: StageAdjustments | undefined;
}

/** The part of a started engine that is read. */
export type FallbackCounter = Pick<StartedEngine, 'fallbacks'>;

interface FitState {
  readonly options: FitOptions;
  /** Of an epoch. */
  readonly steps: number;
  readonly throughput: Throughput;
  /** Seconds since it was last asked: batches, displays and checkpoints count as training time. */
  readonly elapsed: () => number;
  /** As `elapsed`, the milliseconds of fallbacks; nothing when nobody counts. */
  readonly fallbacks: () => { readonly fallbackMs?: number };
}

/** Runs a stage from where it stands to its end. @returns false when `pause` ended it before */
export async function fitStage(options: FitOptions, from: FitProgress = FIT_START): Promise<boolean> {
  const { training, data } = options;
  const steps = stepsPerEpoch(data.train.count, training.batch);
  const state: FitState = {
    options,
    steps,
    throughput: throughput(),
    elapsed: stopwatch(options.now),
    fallbacks: fallbackTime(options.engine),
  };
  for (let progress = from; progress.epoch < training.epochs; ) {
    const finished = await fitEpoch(state, progress);
    if (!finished) return false;
    progress = { ...FIT_START, epoch: progress.epoch + 1 };
    if (progress.epoch < training.epochs && !(await options.pause(progress))) return false;
  }
  return true;
}

async function fitEpoch(state: FitState, from: FitProgress): Promise<boolean> {
  const { data, training, random, pause, adjust, stepsBefore } = state.options;
  const { epoch } = from;
  const augmentation = training.augment ? data.augmentation : undefined;
  let progress = from;
  const rateAt = (clock: Clock): number => {
    const scheduled = scheduleAt(training.learningRate, clock);
    return adjust ? adjust.learningRate(scheduled) : scheduled;
  };
  let learningRate = from.done > 0 ? rateAt(clockAt(state, epoch, from.done - 1)) : 0;
  const order = { batch: training.batch, normalisation: data, random, augmentation, epoch, from: from.done };
  for await (const batch of batches(data.train, order)) {
    const { done, sums } = progress;
    const clock = clockAt(state, epoch, done);
    adjust?.look(stepsBefore + clock.step + 1);
    learningRate = rateAt(clock);
    const terms = stepOn(state, batch, clock, learningRate);
    const seconds = state.elapsed();
    progress = { epoch, done: done + 1, sums: addStep(sums, terms, batch.size), seconds: progress.seconds + seconds };
    state.throughput.add(batch.size, seconds);
    report(state, clock, { terms, images: batch.size, mean: epochMeans(progress.sums), learningRate });
    if (progress.done < state.steps && !(await pause(progress))) return false;
  }
  while (!(await finishEpoch(state, progress, learningRate))) {
    if (!(await pause(progress))) return false;
  }
  return true;
}

const clockAt = ({ steps, options }: FitState, epoch: number, done: number): Clock => {
  return { step: epoch * steps + done, epoch: epoch + done / steps, epochs: options.training.epochs };
};

function stepOn({ options }: FitState, batch: Batch, clock: Clock, learningRate: number): MeasuredTerm[] {
  const { stage, optimizer, task, adjust } = options;
  const objective = adjust ? adjust.objective(options.objective) : options.objective;
  const random = options.random.child(`step/${clock.step}`);
  const tensors = tensorBatch(task, options.mixes && task.mix ? task.mix(batch, random.stream('mix')) : batch);
  try {
    const terms = trainStep({ stage, objective, optimizer, batch: tensors, clock, learningRate, random });
    adjust?.check(terms);
    return terms;
  } finally {
    disposeBatch(tensors);
  }
}

interface StepReport extends Pick<StepEvent, 'images' | 'mean' | 'learningRate'> {
  readonly terms: readonly MeasuredTerm[];
}

function report(state: FitState, clock: Clock, { terms, images, mean, learningRate }: StepReport): void {
  const { options, steps, throughput: measured } = state;
  const { stage, stepsBefore, training, data, emit } = options;
  const done = clock.step + 1;
  const step = stepsBefore + done;
  if (clock.step === 0) emit({ kind: 'terms', stage, step, terms });
  const epochsLeft = training.epochs - done / steps;
  emit({
    kind: 'step',
    stage,
    epoch: done / steps,
    step,
    done,
    total: steps * training.epochs,
    imagesPerSecond: measured.imagesPerSecond(),
    etaSeconds: measured.secondsFor(epochsLeft * data.train.count),
    learningRate,
    loss: weightedLoss(terms),
    terms: Object.fromEntries(terms.map(({ name, value, weight, weighted }) => [name, { value, weight, weighted }])),
    images,
    mean,
  });
}

/** @returns false where the evaluation was left to whoever goes on */
async function finishEpoch(state: FitState, progress: FitProgress, learningRate: number): Promise<boolean> {
  const { options, steps, elapsed, fallbacks } = state;
  const { stage, training, stepsBefore, emit } = options;
  const evaluated = await evaluateAll(options);
  if (!evaluated) return false;
  const epoch = progress.epoch + 1;
  const seconds = progress.seconds + elapsed();
  const step = stepsBefore + epoch * steps;
  emit({
    kind: 'epoch',
    stage,
    epoch,
    epochs: training.epochs,
    step,
    seconds,
    learningRate,
    ...epochMeans(progress.sums),
    ...evaluated,
    ...fallbacks(),
  });
  return true;
}

/** Of every network that the stage measures; undefined where it was left to whoever goes on. */
async function evaluateAll({ objective, data, task, hurries }: FitOptions): Promise<NetworkEvaluations | undefined> {
  const all: Evaluation[][] = [];
  for (const network of objective.measured ?? []) {
    const evaluations: Evaluation[] = [];
    for (const split of ['validation', 'test'] as const) {
      const found = data[split].count > 0 ? await evaluateUnless(hurries, network, data, split, { task }) : undefined;
      if (found) evaluations.push(found);
      else if (data[split].count > 0) return undefined;
    }
    all.push(evaluations);
  }
  return networkEvaluations(all);
}

/** Milliseconds of fallbacks since the call before; the counter may be reset in between. */
function fallbackTime(engine: FallbackCounter | undefined): FitState['fallbacks'] {
  if (!engine) return () => ({});
  const total = (): number => engine.fallbacks().reduce((sum, { ms }) => sum + ms, 0);
  let last = total();
  return () => {
    const now = total();
    const fallbackMs = now < last ? now : now - last;
    last = now;
    return { fallbackMs };
  };
}
