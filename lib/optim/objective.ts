/** What a stage of training minimises: weighted terms over variables. It knows no method, task or data set. */
import type { tf } from '../engine/tf';
import type { Variables } from '../engine/variables';
import type { Network } from '../models/types';
import type { Random } from '../util/rng';
import type { OptimizerSpec } from './optimizer';
import type { OptionalSettings } from './optionalSettings';
import type { Schedule } from './schedule';

/** Where a stage stands before a step. `step`: steps done; `epoch`: epochs done plus the part of the current one. */
export interface Clock {
  readonly step: number;
  readonly epoch: number;
  readonly epochs: number;
  /** Epochs after which the learning rate falls at once, ascending; absent: it does not. */
  readonly drops?: readonly number[];
}

/** A number, or a function of where the stage stands and of nothing else: a captured step then takes it as an input. */
export type Weight = number | ((clock: Clock) => number);

/** One addend of the loss: weight · value. The weight's sign says whether it is pulled (+) or pushed (−). */
export interface LossTerm {
  readonly name: string;
  readonly value: tf.Scalar;
  /** A term of weight 0 is measured but adds nothing to the loss and no gradient. */
  readonly weight: Weight;
  /** How the value was reduced (`mean over batch`, `mean over elements`): told in the head of the log. */
  readonly reduction?: string;
  /** Of the task itself, rather than of the method: what a method leaves out, weighs anew or counts once does it by this. */
  readonly role?: 'task';
  /** Its value for a network that knows nothing, where theory says. */
  readonly expected?: number;
}

/** A batch on the engine. */
export interface TensorBatch {
  /** [batch, height, width, channels], normalised. */
  readonly images: tf.Tensor4D;
  /** What the task compares a network's output with. */
  readonly targets: readonly tf.Tensor[];
  /** Where each image is in the training set, int32 [batch]: for losses that remember something of each image; absent: nobody knows. */
  readonly numbers?: (() => Int32Array) | undefined;
}

/** What one stage minimises. */
export interface Objective {
  /** Everything it trains or moves, and a checkpoint must hold. */
  readonly variables: Variables;
  /** Updates a batch, each by the terms of its own round; absent: one. */
  readonly rounds?: number;
  /**
   * Terms of the loss in a round (the first is 0), training mode; called inside a tidy under differentiation. What a round's
   * terms do not reach is not moved by it. @param random of this step alone, for dropout
   */
  terms(batch: TensorBatch, clock: Clock, random?: Random, round?: number): LossTerm[];
  /** Networks that are measured after each epoch: the student, then its peers; absent: none. */
  readonly measured?: readonly Network[];
}

/** Settings of a stage, complete. */
export interface TrainingOptions extends OptionalSettings {
  readonly epochs: number;
  /** Images a step; a last, smaller batch is kept. */
  readonly batch: number;
  readonly learningRate: Schedule;
  /** Vary training images as the data set says. */
  readonly augment: boolean;
  readonly optimizer: OptimizerSpec;
}

/** Mean of a term over an epoch (or a step), unweighted and weighted. */
export interface TermValue {
  readonly value: number;
  readonly weight: number;
  readonly weighted: number;
}

/** Terms by name, in the objective's order. */
export type TermValues = Readonly<Record<string, TermValue>>;

/** One term as the first step of a stage met it. */
export interface MeasuredTerm extends TermValue {
  readonly name: string;
  readonly reduction?: string;
}
