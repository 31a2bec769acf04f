/** What a trainer knows: objectives made of weighted terms, schedules, events. It knows no method, model or data set. */
import type { tf } from '../engine/tf';
import type { Variables } from '../engine/variables';
import type { Network } from '../models/types';
import type { Schedule, WarmUp } from '../util/schedule';

export type { Schedule, WarmUp };

/** Where training stands. `epoch` is a fraction: epochs done plus the part of the current one. */
export interface Clock {
  readonly step: number;
  readonly epoch: number;
  readonly epochs: number;
}

/** One addend of the loss: weight · value. The weight's sign says whether it is pulled (+) or pushed (−). */
export interface LossTerm {
  readonly name: string;
  readonly value: tf.Scalar;
  readonly weight: number;
}

/** A batch on the engine. */
export interface TensorBatch {
  /** [batch, height, width, channels], normalised. */
  readonly images: tf.Tensor4D;
  /** int32 [batch] */
  readonly labels: tf.Tensor1D;
}

/** What one stage minimises. */
export interface Objective {
  /** Everything it trains or moves, and a checkpoint must hold. */
  readonly variables: Variables;
  /** Terms of the loss, training mode; called inside a tidy under differentiation. */
  terms(batch: TensorBatch, clock: Clock): LossTerm[];
  /** Measured after each epoch, when there is one. */
  readonly classifier?: Network;
}

export interface TrainingOptions {
  readonly epochs: number;
  /** Images a step; a last, smaller batch is kept. */
  readonly batch: number;
  readonly learningRate: Schedule;
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly weightDecay: number;
  /** Vary training images as the data set says. */
  readonly augment: boolean;
}

/** Accuracy and loss of a classifier on one part of a data set. */
export interface Evaluation {
  readonly split: 'validation' | 'test';
  readonly count: number;
  readonly loss: number;
  /** Fractions in [0, 1]. */
  readonly top1: number;
  readonly top5: number;
}

/** Mean of a term over an epoch (or a step), unweighted and weighted. */
export interface TermValue {
  readonly value: number;
  readonly weight: number;
  readonly weighted: number;
}

/** What a trainer tells whoever listens: a terminal, a notebook, a file. */
export type TrainingEvent =
  | { readonly kind: 'stage'; readonly stage: string; readonly index: number; readonly stages: number; readonly epochs: number; readonly stepsPerEpoch: number; readonly parameters: number }
  | { readonly kind: 'step'; readonly stage: string; readonly epoch: number; readonly step: number; readonly done: number; readonly total: number; readonly imagesPerSecond: number; readonly etaSeconds: number; readonly learningRate: number; readonly loss: number; readonly terms: Readonly<Record<string, TermValue>> }
  | { readonly kind: 'epoch'; readonly stage: string; readonly epoch: number; readonly epochs: number; readonly seconds: number; readonly learningRate: number; readonly loss: number; readonly terms: Readonly<Record<string, TermValue>>; readonly evaluations: readonly Evaluation[]; readonly fallbackMs?: number }
  | { readonly kind: 'checkpoint'; readonly stage: string; readonly path: string; readonly step: number }
  | { readonly kind: 'stopped'; readonly stage: string; readonly reason: string; readonly step: number; readonly path?: string }
  | { readonly kind: 'done'; readonly seconds: number };

export type TrainingListener = (event: TrainingEvent) => void;
