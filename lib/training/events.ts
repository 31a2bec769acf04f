/** What a trainer tells whoever listens: what a run is, its stages, steps and epochs. */
import type { Augmentation } from '../data/types';
import type { NetworkFeatureNames } from '../methods/distillation';
import type { TeacherMode } from '../methods/matcher';
import type { NetworkSpec } from '../models/types';
import type { MeasuredTerm, TermValues } from '../optim/objective';
import type { TrainingRecord } from '../optim/trainingOptions';
import type { TaskSpec } from '../tasks/types';
import type { NetworkEvaluations } from './evaluation';

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
  /** What the method decided once: the channel split. */
  readonly state: Readonly<Record<string, unknown>>;
  /** `features` of the distillation, where it compares any; the key is the one in kept records and checkpoints. */
  readonly reads?: NetworkFeatureNames;
  /** `training` where the maps of a frozen teacher are made in that mode. */
  readonly teacherMode?: TeacherMode;
  /** Landmarks of the method's distance, where known. */
  readonly expected?: { readonly bound: number; readonly unrelated?: number };
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
  | StartEvent
  | StageEvent
  | TermsEvent
  | StepEvent
  | EpochEvent
  | CheckpointEvent
  | StoppedEvent
  | DoneEvent;

/** First event of a run; with `resumed` when it goes on from a checkpoint. */
export interface StartEvent {
  readonly kind: 'start';
  readonly facts: RunDescription;
  /** Name of the metric that chooses the best epoch and is shown first. */
  readonly primary: string;
  readonly resumed?: ResumePoint;
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

/** After each step. The rate is a moving average; `etaSeconds` is for the stage. */
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
}

/** After each epoch and its evaluations; loss and terms are means over the epoch's images, `learningRate` is the last step's. */
export interface EpochEvent extends NetworkEvaluations {
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
}

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

export type TrainingListener = (event: TrainingEvent) => void;
