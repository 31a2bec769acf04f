/** One stage of training: epochs of steps on batches, an evaluation after each epoch, and a pause in between for the caller. */
import { batches, stepsPerEpoch } from '../data/batches';
import { toTensors } from '../data/images/tensors';
import type { Batch, Dataset } from '../data/types';
import { tf } from '../engine/tf';
import type { StartedEngine } from '../engine/types';
import type { Network } from '../models/types';
import type { Clock, Objective, TermFacts, TrainingOptions } from '../optim/objective';
import type { Optimizer } from '../optim/optimizer';
import { scheduleAt } from '../optim/schedule';
import { trainStep, weightedLoss } from '../optim/step';
import type { Random } from '../util/rng';
import { roleOf } from '../util/roles';
import { addStep, EMPTY_METER, type Meter, meterMeans } from './epochMeans';
import { evaluate } from './evaluate';
import type { EpochEvent, Evaluation, PeerEvaluations, TrainingListener } from './events';
import { type Pace, pace, stopwatch } from './throughput';

/** Where a stage stands between two steps; JSON-ready. */
export interface FitProgress {
  /** Epochs done, evaluations included. */
  readonly epoch: number;
  /** Steps done in the epoch after those. */
  readonly done: number;
  /** Sums over those steps. */
  readonly meter: Meter;
  /** Time that those steps took. */
  readonly seconds: number;
}

/** Before the first step. */
export const FIT_START: FitProgress = { epoch: 0, done: 0, meter: EMPTY_METER, seconds: 0 };

export interface FitOptions {
  readonly stage: string;
  readonly objective: Objective;
  readonly optimizer: Optimizer;
  readonly data: Dataset;
  readonly training: TrainingOptions;
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
}

/** The part of a started engine that is read. */
export type FallbackCounter = Pick<StartedEngine, 'fallbacks'>;

interface FitState {
  readonly options: FitOptions;
  /** Of an epoch. */
  readonly steps: number;
  readonly pace: Pace;
  /** Seconds since it was last asked: batches, displays and checkpoints count as training time. */
  readonly lap: () => number;
  /** As `lap`, the milliseconds of fallbacks; nothing when nobody counts. */
  readonly fallbacks: () => { readonly fallbackMs?: number };
}

/** Runs a stage from `progress` to its end. @returns false when `pause` ended it before */
export async function fit(options: FitOptions, progress: FitProgress = FIT_START): Promise<boolean> {
  const { training, data } = options;
  const steps = stepsPerEpoch(data.train.count, training.batch);
  const state: FitState = { options, steps, pace: pace(), lap: stopwatch(options.now), fallbacks: fallbackLap(options.engine) };
  for (let at = progress; at.epoch < training.epochs; ) {
    const finished = await fitEpoch(state, at);
    if (!finished) return false;
    at = { ...FIT_START, epoch: at.epoch + 1 };
    if (at.epoch < training.epochs && !(await options.pause(at))) return false;
  }
  return true;
}

async function fitEpoch(state: FitState, from: FitProgress): Promise<boolean> {
  const { data, training, random, pause } = state.options;
  const { epoch } = from;
  const augmentation = training.augment ? data.augmentation : undefined;
  let at = from;
  let learningRate = 0;
  const order = { batch: training.batch, normalisation: data, random, augmentation, epoch, from: from.done };
  for await (const batch of batches(data.train, order)) {
    const clock: Clock = { step: epoch * state.steps + at.done, epoch: epoch + at.done / state.steps, epochs: training.epochs };
    learningRate = scheduleAt(training.learningRate, clock);
    const terms = stepOn(state, batch, clock, learningRate);
    const seconds = state.lap();
    at = { epoch, done: at.done + 1, meter: addStep(at.meter, terms, batch.size), seconds: at.seconds + seconds };
    state.pace.add(batch.size, seconds);
    report(state, clock, terms, learningRate);
    if (at.done < state.steps && !(await pause(at))) return false;
  }
  await finishEpoch(state, at, learningRate);
  return true;
}

function stepOn({ options }: FitState, batch: Batch, clock: Clock, learningRate: number): TermFacts[] {
  const { stage, objective, optimizer, training } = options;
  const random = options.random.child(`step/${clock.step}`);
  const { momentum, weightDecay, nesterov } = training;
  const coefficients = { learningRate, momentum, weightDecay, nesterov };
  const tensors = toTensors(batch);
  try {
    return trainStep({ stage, objective, optimizer, batch: tensors, clock, coefficients, random });
  } finally {
    tf.dispose([tensors.images, tensors.labels]);
  }
}

function report({ options, steps, pace }: FitState, clock: Clock, terms: readonly TermFacts[], learningRate: number): void {
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
    imagesPerSecond: pace.imagesPerSecond(),
    etaSeconds: pace.secondsFor(epochsLeft * data.train.count),
    learningRate,
    loss: weightedLoss(terms),
    terms: Object.fromEntries(terms.map(({ name, value, weight, weighted }) => [name, { value, weight, weighted }])),
  });
}

async function finishEpoch({ options, steps, lap, fallbacks }: FitState, at: FitProgress, learningRate: number): Promise<void> {
  const { stage, training, stepsBefore, emit } = options;
  const evaluated = await evaluateAll(options);
  const epoch = at.epoch + 1;
  const seconds = at.seconds + lap();
  const step = stepsBefore + epoch * steps;
  emit({
    kind: 'epoch',
    stage,
    epoch,
    epochs: training.epochs,
    step,
    seconds,
    learningRate,
    ...meterMeans(at.meter),
    ...evaluated,
    ...fallbacks(),
  });
}

/** The student's evaluations and its peers', where the stage has them. */
async function evaluateAll({ objective, data }: FitOptions): Promise<Pick<EpochEvent, 'evaluations' | 'peers'>> {
  const { classifier, peers } = objective;
  const evaluations = classifier ? await evaluateParts(classifier, data) : [];
  if (!peers) return { evaluations };
  const rows: PeerEvaluations[] = [];
  for (const [i, peer] of peers.entries()) rows.push({ peer: roleOf(i + 1), evaluations: await evaluateParts(peer, data) });
  return { evaluations, peers: rows };
}

async function evaluateParts(network: Network, data: Dataset): Promise<Evaluation[]> {
  const evaluations: Evaluation[] = [];
  for (const split of ['validation', 'test'] as const) {
    if (data[split].count > 0) evaluations.push(await evaluate(network, data, split));
  }
  return evaluations;
}

/** Milliseconds of fallbacks since the call before; the counter may be reset in between. */
function fallbackLap(engine: FallbackCounter | undefined): FitState['fallbacks'] {
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
