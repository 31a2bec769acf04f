/** One stage of training: epochs of steps on batches, an evaluation after each epoch, and a pause in between for the caller. */
import { batches, stepsPerEpoch } from '../data/batches';
import type { Batch, Dataset } from '../data/types';
import { currentAbilities } from '../engine/abilities';
import type { StartedEngine } from '../engine/types';
import type { Clock, Objective, TrainingOptions } from '../optim/objective';
import type { Optimizer } from '../optim/optimizer';
import { Passes } from '../optim/pass';
import { dropsOf, scheduleAt } from '../optim/schedule';
import { measuredStep, type StepResult, weightedLoss } from '../optim/step';
import { imagesPerStep } from '../optim/trainingOptions';
import type { WeightAverage } from '../optim/weightAverage';
import { disposeBatch, tensorBatch } from '../tasks/tensorBatch';
import type { Task } from '../tasks/types';
import type { Random } from '../util/rng';
import type { StageAdjustments } from './byHand/adjustments';
import { addStep, EMPTY_SUMS, type EpochSums, epochMeans } from './epochMeans';
import { type EpochEvaluations, evaluateNetworks } from './evaluateNetworks';
import type { EpochEvent, StepEvent, TrainingListener } from './events';
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
  /** The moving average of the weights of the networks that are measured; default none is kept. */
  readonly average?: WeightAverage | undefined;
  /** Whether the stage ends after an epoch that is not its last: asked with what that was measured at. Default never. */
  readonly endsEarly?: (evaluations: EpochEvaluations) => boolean;
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
  /** Of the stage's steps, which the engine may replay. */
  readonly passes: Passes;
  /** Tells once, after a step, whether they are replayed. */
  readonly tellCaptured: (step: number) => void;
}

/** Runs a stage from where it stands to its end. @returns false when `pause` ended it before */
export async function fitStage(options: FitOptions, from: FitProgress = FIT_START): Promise<boolean> {
  const { training, data } = options;
  const steps = stepsPerEpoch(data.train.count, imagesPerStep(training));
  const state: FitState = {
    options,
    steps,
    throughput: throughput(),
    elapsed: stopwatch(options.now),
    fallbacks: fallbackTime(options.engine),
    ...passesOf(options),
  };
  try {
    return await fitEpochs(state, from);
  } finally {
    state.passes.dispose();
  }
}

function passesOf({ stage, emit }: FitOptions): Pick<FitState, 'passes' | 'tellCaptured'> {
  const passes = new Passes();
  let told = currentAbilities().capture === undefined;
  return {
    passes,
    tellCaptured(step) {
      const { captured, reason } = passes;
      if (told || !(captured || reason)) return;
      told = true;
      emit({ kind: 'captured', stage, step, ...(reason === undefined ? {} : { reason }) });
    },
  };
}

async function fitEpochs(state: FitState, from: FitProgress): Promise<boolean> {
  const { training, pause } = state.options;
  for (let progress = from; progress.epoch < training.epochs; ) {
    const finished = await fitEpoch(state, progress);
    if (!finished) return false;
    if (finished.endedEarly) return true;
    progress = { ...FIT_START, epoch: progress.epoch + 1 };
    if (progress.epoch < training.epochs && !(await pause(progress))) return false;
  }
  return true;
}

/** @returns the epoch; undefined when `pause` ended it before */
async function fitEpoch(state: FitState, from: FitProgress): Promise<EpochEvent | undefined> {
  const { data, training, random, pause, adjust, stepsBefore } = state.options;
  const { epoch } = from;
  const augmentation = training.augment ? data.augmentation : undefined;
  let progress = from;
  const rateAt = (clock: Clock): number => {
    const scheduled = scheduleAt(training.learningRate, clock);
    return adjust ? adjust.learningRate(scheduled) : scheduled;
  };
  let learningRate = from.done > 0 ? rateAt(clockAt(state, epoch, from.done - 1)) : 0;
  const { batch: size, accumulate = 1 } = training;
  const passed = Math.min(from.done * accumulate, stepsPerEpoch(data.train.count, size));
  const order = { batch: size, normalisation: data, random, augmentation, epoch, from: passed };
  for await (const parts of groupsOf(batches(data.train, order), accumulate)) {
    const { done, sums } = progress;
    const clock = clockAt(state, epoch, done);
    adjust?.look(stepsBefore + clock.step + 1);
    learningRate = rateAt(clock);
    const result = stepOn(state, parts, clock, learningRate);
    const images = parts.reduce((sum, part) => sum + part.size, 0);
    const seconds = state.elapsed();
    progress = { epoch, done: done + 1, sums: addStep(sums, result.terms, images), seconds: progress.seconds + seconds };
    state.throughput.add(images, seconds);
    state.tellCaptured(stepsBefore + clock.step + 1);
    report(state, clock, { ...result, images, mean: epochMeans(progress.sums), learningRate });
    if (progress.done < state.steps && !(await pause(progress))) return undefined;
  }
  let finished = await finishEpoch(state, progress, learningRate);
  while (!finished) {
    if (!(await pause(progress))) return undefined;
    finished = await finishEpoch(state, progress, learningRate);
  }
  return finished;
}

const clockAt = ({ steps, options }: FitState, epoch: number, done: number): Clock => {
  const { epochs, learningRate } = options.training;
  return { step: epoch * steps + done, epoch: epoch + done / steps, epochs, drops: dropsOf(learningRate, epochs) };
};

/** The batches of each step; the last may have fewer. */
async function* groupsOf(all: Iterable<Batch> | AsyncIterable<Batch>, size: number): AsyncGenerator<Batch[], void, void> {
  let group: Batch[] = [];
  for await (const batch of all) {
    group.push(batch);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

function stepOn({ options, passes: own }: FitState, parts: readonly Batch[], clock: Clock, learningRate: number): StepResult {
  const { stage, optimizer, task, adjust, average, mixes } = options;
  const { clip } = options.training;
  const objective = adjust ? adjust.objective(options.objective) : options.objective;
  const passes = objective === options.objective ? own : undefined; // weights changed by hand may change again
  const random = options.random.child(`step/${clock.step}`);
  const mixed = (batch: Batch, i: number): Batch =>
    mixes && task.mix ? task.mix(batch, (i === 0 ? random : random.child(`part/${i}`)).stream('mix')) : batch;
  const batch = parts.map((part, i) => tensorBatch(task, mixed(part, i)));
  try {
    const result = measuredStep({ stage, objective, optimizer, batch, clock, learningRate, random, clip, passes });
    adjust?.check(result.terms);
    average?.update(clock.step);
    return result;
  } finally {
    for (const part of batch) disposeBatch(part);
  }
}

interface StepReport extends Pick<StepEvent, 'images' | 'mean' | 'learningRate'>, StepResult {}

function report(state: FitState, clock: Clock, { terms, images, mean, learningRate, gradientNorm }: StepReport): void {
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
    ...(gradientNorm === undefined ? {} : { gradientNorm }),
    images,
    mean,
  });
}

/** @returns undefined where the evaluation was left to whoever goes on */
async function finishEpoch(state: FitState, progress: FitProgress, learningRate: number): Promise<EpochEvent | undefined> {
  const { options, steps, elapsed, fallbacks } = state;
  const { stage, training, stepsBefore, emit, objective, data, task, average, hurries, endsEarly } = options;
  const networks = objective.measured ?? [];
  const evaluated = await evaluateNetworks({ networks, data, task, average, givesUp: hurries });
  if (!evaluated) return undefined;
  const epoch = progress.epoch + 1;
  const seconds = progress.seconds + elapsed();
  const step = stepsBefore + epoch * steps;
  const event: EpochEvent = {
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
    ...(epoch < training.epochs && endsEarly?.(evaluated) ? { endedEarly: true } : {}),
  };
  emit(event);
  return event;
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
