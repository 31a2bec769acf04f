/** A method bound to its networks: the loss terms that a trainer sums, and the stages that come before. */
import type { tf } from '../engine/tf';
import type { Variables } from '../engine/variables';
import type { ForwardResult } from '../models/types';
import type { Clock, LossTerm, Objective } from '../optim/objective';
import type { StageTraining } from '../optim/trainingOptions';
import type { Random } from '../util/rng';
import type { ExpectedDistance, Factor, FeatureNames, TeacherMode, TeacherSide } from './matcher';

/** Names of features that networks are asked for; of peers, each of its own. */
export interface NetworkFeatureNames extends FeatureNames {
  readonly peers?: readonly (readonly string[])[];
}

/** What one step of distillation sees. */
export interface DistillationStep {
  readonly student: ForwardResult;
  /** Not differentiated; in evaluation mode unless the distillation asks for another. */
  readonly teachers: readonly ForwardResult[];
  /** Training mode; those that do not learn in this round are not differentiated, and their statistics stand still. */
  readonly peers?: readonly ForwardResult[];
  /** Who learns in this round: 0 the student, n the nth peer; absent: the student. */
  readonly learners?: readonly number[];
  /** What the task compares the student's output with. */
  readonly targets: readonly tf.Tensor[];
  /** Where each image is in the training set, int32 [batch]; absent: nobody knows. */
  readonly numbers?: (() => Int32Array) | undefined;
  readonly clock: Clock;
  /** Of this step alone, for what the method's sides draw; absent: they draw nothing. */
  readonly random?: Random | undefined;
}

/** The networks' results on a batch: all that a comparison of factors needs. */
export type ForwardPair = Pick<DistillationStep, 'student' | 'teachers' | 'peers' | 'random' | 'numbers'>;

/** One branch of a student beside its target: the whole under `match`, `inheritance` or `exploration` under `ie`. */
export interface ComparedBranch {
  readonly branch: string;
  readonly factor: Factor;
  readonly target: Factor;
}

/** What a method decided once, by name. JSON-ready. */
export type MethodState = Readonly<Record<string, unknown>>;

/** A method bound to its networks. */
export interface Distillation {
  /** The features that its networks are asked for. */
  readonly features: NetworkFeatureNames;
  /** How the trainer runs the teachers; absent: in evaluation mode. */
  readonly teacherMode?: TeacherMode;
  /** Stages that fit the teacher's side, before the student's, in order. */
  readonly teacherStages: readonly Stage[];
  /** Stages that train the student before its own, after the teacher's, by terms of their own. */
  readonly pretrainStages?: readonly StudentStage[];
  /** Trained together with the student and its peers: encoders, connectors. */
  readonly variables: Variables;
  /** What is decided once and must be stored with the run: the channel split. */
  state(): MethodState;
  /** What theory says of the matcher's distance at the shapes of these networks, where known. */
  readonly expected?: ExpectedDistance;
  /** What the weights of its distance are multiplied by for the size of the maps, where the task asks for it; absent: 1. */
  readonly weightScale?: number;
  /** The exponent e of that multiplier, (D₀ / D)^e (`Distance.sizeExponent`); absent: 0. */
  readonly sizeExponent?: number;
  /** Restores `state` from a checkpoint; refuses what does not fit the networks. */
  restore(state: MethodState): void;
  /** Who learns, round by round of a step, each an update of its own: `[[0], [1]]` is in turn. Absent: the student, in one round. */
  readonly rounds?: readonly (readonly number[])[];
  /** All loss terms of those who learn; the task's say so by their role. */
  terms(step: DistillationStep): LossTerm[];
  /** The factors behind the terms, for a look at them; empty for methods that compare none. */
  compare(pair: ForwardPair, training: boolean): ComparedBranch[];
  /** The teacher's side of the matcher, where there is one. */
  readonly teacherSide?: TeacherSide;
  /** Frees the method's own variables; the networks stay. */
  dispose(): void;
}

/** A stage that trains the student and the method's variables by these terms. */
export interface StudentStage extends Pick<Distillation, 'terms' | 'teacherMode'> {
  readonly name: string;
  readonly training: StageTraining;
}

/** One stage of training: an objective with its own settings. */
export interface Stage {
  readonly name: string;
  readonly objective: Objective;
  readonly training: StageTraining;
  /** What it fits, where the result can be kept and taken by other runs: the maps, and what else decides the terms. JSON-ready. */
  readonly fits?: Readonly<Record<string, unknown>>;
}
