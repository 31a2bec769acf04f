/** What a trainer tells whoever listens: what a run is, its stages, steps and epochs. */
import type { Augmentation } from '../data/types';
import type { NetworkFeatureNames } from '../methods/distillation';
import type { TeacherMode } from '../methods/matcher';
import type { NetworkSpec } from '../models/types';
import type { MeasuredTerm, TermValues } from '../optim/objective';
import type { TrainingRecord } from '../optim/trainingOptions';
import type { TaskSpec } from '../tasks/types';
import type { LockHolder } from '../util/lockFile.cjs';
import type { EpochMeans } from './epochMeans';
import type { EpochEvaluations } from './evaluateNetworks';

/** A network's part in a run. `sha256`: over the names and values of a frozen network's variables. */
export interface NetworkDescription {
  readonly name: string;
  readonly spec: NetworkSpec;
  readonly parameters: number;
  readonly sha256?: string;
}

/** One stage: with which settings it trains how many values. */
export interface StageDescription {
  readonly name: string;
  readonly parameters: number;
  readonly stepsPerEpoch: number;
  readonly training: TrainingRecord;
}

/** What a run is, told before its first step: who is trained, who is frozen, on what, how. JSON-ready. */
export interface RunDescription {
  readonly student: NetworkDescription;
  /** Networks that learn beside it, where there are some. */
  readonly peers?: readonly NetworkDescription[];
  readonly teachers: readonly NetworkDescription[];
  readonly method: { readonly name: string; readonly options: Readonly<Record<string, unknown>> };
  readonly data: DataDescription;
  /** What the networks are trained for; absent: the default task. */
  readonly task?: TaskSpec;
  readonly stages: readonly StageDescription[];
  readonly seed: number;
  /** Of what is fitted to the teacher, where it has a seed of its own. */
  readonly fitSeed?: number;
  /** What the method decided once: the channel split. */
  readonly state: Readonly<Record<string, unknown>>;
  /** `features` of the distillation, where it compares any; the key is the one in kept records and checkpoints. */
  readonly reads?: NetworkFeatureNames;
  /** `training` where the maps of a frozen teacher are made in that mode. */
  readonly teacherMode?: TeacherMode;
  /** Landmarks of the method's distance, where known. */
  readonly expected?: { readonly bound: number; readonly unrelated?: number };
  /** What weights of distances are multiplied by for the size of the maps; absent: 1. */
  readonly weightScale?: number;
  /** The exponent e of that multiplier, (D₀ / D)^e; absent where there is none. */
  readonly sizeExponent?: number;
}

/** The data of a run: how many images each part has, how training images vary, and the hash over them all. */
export interface DataDescription {
  readonly name: string;
  readonly augmentation: Augmentation;
  readonly train: number;
  readonly validation: number;
  readonly test: number;
  readonly fingerprint: string;
}

/** Where a run goes on: epochs and steps done in the stage, and steps done in the whole run. */
export interface ResumePoint {
  readonly stage: string;
  readonly epoch: number;
  readonly done: number;
  readonly step: number;
}

/**
 * What a trainer tells whoever listens: a terminal, a notebook, a file. Everywhere `step` counts the steps done in the whole
 * run, `done` and `total` those of the stage; `epoch` counts epochs done in the stage, a fraction in the event of a step.
 */
export type TrainingEvent =
  | WaitingEvent
  | StartEvent
  | StageEvent
  | TermsEvent
  | StepEvent
  | EpochEvent
  | CapturedEvent
  | FittedEvent
  | AdjustedEvent
  | CheckpointEvent
  | StoppedEvent
  | DoneEvent;

/**
 * Before all others, where a process in another machine or container is the owner of the run's folder: it is watched, for up to 15
 * minutes, until it shows that it lives, and the run is refused, or is taken for gone, and the run begins.
 */
export interface WaitingEvent {
  readonly kind: 'waiting';
  readonly folder: string;
  readonly holder: LockHolder;
}

/** First event of a run; with `resumed` when it goes on from a checkpoint. */
export interface StartEvent {
  readonly kind: 'start';
  readonly facts: RunDescription;
  /** Name of the metric that chooses the best epoch and is shown first. */
  readonly primary: string;
  /** What the task has to say of the networks and their data, in sentences; absent: nothing. */
  readonly remarks?: readonly string[];
  readonly resumed?: ResumePoint;
  /** What was changed by hand before the run was stopped; absent where nothing was. */
  readonly adjusted?: readonly Adjustment[];
  /** By which a listener pauses or stops the run; absent where its events are played back. */
  readonly controls?: RunControls;
}

/** A run in the hands of whoever watches it. It obeys between two steps. */
export interface RunControls {
  readonly paused: boolean;
  /** The run waits, and its clock stands still; runs that take turns with it wait too. */
  pause(): void;
  /** Ends the pause. */
  goOn(): void;
  /** The run ends with a checkpoint, as after an interrupt. @param reason what its `stopped` event says */
  stop(reason: string): void;
  /** Resolves when the run is over, whichever way; from then on the others do nothing. */
  readonly ended: Promise<void>;
}

/** A stage begins, or goes on (`resumed`). `parameters`: how many values it trains. */
export interface StageEvent {
  readonly kind: 'stage';
  readonly stage: string;
  readonly index: number;
  readonly stages: number;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  readonly parameters: number;
  readonly step: number;
  readonly resumed?: ResumePoint;
}

/** The loss terms of a stage with their weights and reductions, as its first step met them. */
export interface TermsEvent {
  readonly kind: 'terms';
  readonly stage: string;
  readonly step: number;
  readonly terms: readonly MeasuredTerm[];
}

/**
 * After each step; loss and terms are those of its batch, which at the end of an epoch may be a few images: `mean` is what a person
 * is shown. The rate is a moving average; `etaSeconds` is for the stage.
 */
export interface StepEvent {
  readonly kind: 'step';
  readonly stage: string;
  readonly epoch: number;
  readonly step: number;
  readonly done: number;
  readonly total: number;
  readonly imagesPerSecond: number;
  readonly etaSeconds: number;
  readonly learningRate: number;
  readonly loss: number;
  readonly terms: TermValues;
  /** Norm of all gradients before they were clipped; absent where they are not. */
  readonly gradientNorm?: number;
  /** Of the batch, or of all batches of the step. */
  readonly images: number;
  /** Over the images of the epoch so far, those of a checkpoint that the run went on from included. */
  readonly mean: EpochMeans;
}

/** After each epoch and its evaluations; loss and terms are means over the epoch's images, `learningRate` is the last step's. */
export interface EpochEvent extends EpochEvaluations {
  readonly kind: 'epoch';
  readonly stage: string;
  readonly epoch: number;
  readonly epochs: number;
  readonly step: number;
  readonly seconds: number;
  readonly learningRate: number;
  readonly loss: number;
  readonly terms: TermValues;
  /** Time spent in kernels outside the engine's fast set, where the engine counts it. */
  readonly fallbackMs?: number;
  /** The stage ends with it, before its last epoch: the validation part has got no better. */
  readonly endedEarly?: true;
}

/**
 * From the next step on the engine replays a stage's steps as they were recorded, to the same bits; or, with a reason, JavaScript goes on
 * to make each of them. Of engines that can capture a step only.
 */
export interface CapturedEvent {
  readonly kind: 'captured';
  readonly stage: string;
  readonly step: number;
  /** Why steps are not replayed; absent: they are. */
  readonly reason?: string;
}

/** What a stage fitted was kept for other runs or, `reused`, taken from one of before in the place of training. */
export interface FittedEvent {
  readonly kind: 'fitted';
  readonly stage: string;
  readonly step: number;
  readonly path: string;
  readonly reused: boolean;
  /** The stage's epochs, and how long they took when it was fitted. */
  readonly epochs: number;
  readonly seconds: number;
  /** Why it could not be kept or taken, where it could not. */
  readonly failed?: string;
}

/** A setting was changed by hand, through `adjust` of `train`: `learningRate`, or `weights.` and a term. */
export interface AdjustedEvent {
  readonly kind: 'adjusted';
  readonly stage: string;
  /** The first that is done with it. */
  readonly step: number;
  readonly setting: string;
  readonly value: number;
}

/** A change: from `step` on, counted in the whole run, `setting` was `value` until the stage ended or it was changed again. */
export type Adjustment = Omit<AdjustedEvent, 'kind'>;

/** A checkpoint was written. */
export interface CheckpointEvent {
  readonly kind: 'checkpoint';
  readonly stage: string;
  readonly path: string;
  readonly step: number;
}

/** The run stopped before its end because it was asked to; `path` is the checkpoint to resume from. */
export interface StoppedEvent {
  readonly kind: 'stopped';
  readonly stage: string;
  readonly reason: string;
  readonly step: number;
  readonly path?: string;
}

/** The run is complete. */
export interface DoneEvent {
  readonly kind: 'done';
  readonly seconds: number;
}

/** Receives what a run does, in order; called synchronously. */
export type TrainingListener = (event: TrainingEvent) => void;
