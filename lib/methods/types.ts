/**
 * The vocabulary of distillation. A `Matcher` X says how a student's features are compared with a teacher's; `match(X)` and
 * `ie(X)` turn any X into a `Method`; a method, given networks, becomes a `Distillation` whose loss terms a trainer sums.
 * Teacher = the frozen network, student = the one that learns and is split.
 */
import type { tf } from '../engine/tf';
import type { Variables } from '../engine/variables';
import type { FeatureInfo, ForwardResult, Network } from '../models/types';
import type { Clock, LossTerm, Objective, TrainingOptions } from '../optim/objective';
import type { Random } from '../util/rng';

/** Of a frozen teacher: in `training` mode batch norms use the batch's moments; stored statistics stay as they are in both. */
export type TeacherMode = 'evaluation' | 'training';

/** What trains the student after a first stage. */
export interface SecondStage {
  /** Weight of the task's own loss, ≥ 0. */
  readonly task?: number;
  /** Weight of the divergence from the teacher's probabilities, ≥ 0; KD's is α T². */
  readonly soft?: number;
  /** T, above 0. */
  readonly temperature?: number;
}

/** Names of features of each side's network, paired in order. */
export interface Reads {
  readonly teacher: readonly string[];
  readonly student: readonly string[];
}

/** Names of features that networks are asked for; of peers, each of its own. */
export interface NetworkReads extends Reads {
  readonly peers?: readonly (readonly string[])[];
}

/** One map to be compared a matched layer: factors, attention maps, … Any shape with the batch first. */
export type Factor = readonly tf.Tensor[];

/** Shape of one entry of a factor, without the batch. */
export type FactorShape = readonly number[];

/** The teacher's half of a matcher: its target factors. */
export interface TeacherSide {
  /** Shapes of the target, for the student side to meet. */
  readonly shapes: readonly FactorShape[];
  /** What it learns before distillation and keeps frozen then. */
  readonly variables: Variables;
  /** The stage that fits it, if any: its objective is given the teacher's features of a batch. */
  readonly fit?: Fitting;
  /** The target, evaluation mode, never differentiated. @param features the maps named in `reads.teacher`, in order */
  target(features: readonly tf.Tensor4D[]): Factor;
  /** What the teacher's maps look like after a pass through the fitted encoder and back, evaluation mode; where it can. */
  reconstruct?(features: readonly tf.Tensor4D[]): tf.Tensor4D[];
}

/** A teacher side with the maps that it was made for. */
export interface NotedSide {
  readonly names: readonly string[];
  readonly side: TeacherSide;
}

/** A stage in which the teacher's side is fitted on the frozen teacher's features. */
export interface Fitting {
  readonly name: string;
  readonly training: Partial<TrainingOptions>;
  /** Loss terms on one batch, training mode. */
  terms(features: readonly tf.Tensor4D[]): LossTerm[];
}

/** The student's part of a matcher: maps features to factors, with variables of its own. */
export interface StudentSide {
  readonly variables: Variables;
  /** @param features the student's maps (or halves of them) named in `reads.student`, in order */
  factor(features: readonly tf.Tensor4D[], training: boolean): Factor;
}

/** A feature-matching method as data: adding one is one file. */
export interface Matcher {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** What it reads: names, or `last`, `last.pre`, `stages`, `stages.pre`, which every pair of networks answers for itself. */
  readonly reads: Reads;
  /** The two maps of a pair may differ in height and width; absent: such pairs are refused, naming maps that would fit. */
  readonly anySize?: boolean;
  teacherSide(features: readonly FeatureInfo[], teacher: Network, random: Random): TeacherSide;
  /** @param features as seen by this side: a half's channel counts under `ie`. Refuses channels that do not fit, saying what would. */
  studentSide(features: readonly FeatureInfo[], target: TeacherSide, random: Random): StudentSide;
  /** ≥ 0, differentiable in `factor`; states its reduction. */
  distance(factor: Factor, target: Factor): tf.Scalar;
  /** How `distance` is reduced, in words: told in the head of the log. */
  readonly reduction: string;
  /** Weight of the distance under `match`: the method's own default. */
  readonly weight: number;
  /** Weights of the two parts under `ie`; absent: 50 each, the paper's, which belong to an element mean of normalised factors. */
  readonly partWeights?: { readonly inherit: number; readonly explore: number };
  /** Epochs of a first stage that minimises the distance alone; absent or 0: one stage, the task and the distance together. */
  readonly pretrain?: number;
  /** What trains the student after that first stage; absent: labels alone. */
  readonly second?: Required<SecondStage>;
  /** How the teacher's maps are made; absent: in evaluation mode. */
  readonly teacherMode?: TeacherMode;
  /** How many teachers it is summed over; absent: one. */
  readonly teachers?: number;
  /** Those of its options that only a frozen teacher gives a meaning, how its side is fitted and how it runs: mutual learning has none. */
  readonly frozenOptions?: readonly string[];
  /** Its teacher side reads the teacher's weights when it is made: no teacher that goes on learning will do. */
  readonly frozenTeacher?: true;
  /**
   * How exploration pushes away: `negate` the distance, only where that is bounded above (`expected` must say by what); or a
   * function that is bounded below, ≥ 0, to be minimised in its place. Absent: the distance is unbounded, and `ie` refuses the matcher.
   */
  readonly repulsion?: 'negate' | ((factor: Factor, target: Factor) => tf.Scalar);
  /** The distance's upper bound and its value for unrelated factors of given shapes, where known. */
  expected?(shapes: readonly FactorShape[]): DistanceScale;
}

/** Landmarks of a distance, to be shown beside what is measured. */
export interface DistanceScale {
  readonly bound: number;
  readonly unrelated?: number;
}

export interface MethodContext {
  readonly student: Network;
  /** Frozen. Empty for methods that need none. */
  readonly teachers: readonly Network[];
  /** Networks that learn beside the student; absent: none. */
  readonly peers?: readonly Network[];
  readonly random: Random;
  /** Teacher sides by their network, looked up before one is made and noted then; absent: each distillation has its own. */
  readonly sides?: Map<Network, NotedSide>;
}

/** A way to train a student. */
export interface Method {
  /** `supervised`, `ft`, `ie-ft`. */
  readonly name: string;
  /** JSON-ready; part of the run's configuration hash. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly teachers: number;
  /** It trains peers beside the student, one or more; absent: none. */
  readonly peers?: true;
  /** It splits the student into halves that inherit and explore; absent: it does not. */
  readonly splits?: true;
  /** What it was made of, for the name of mutual learning over it: what stands before `dml`, and the matcher, an option there. */
  readonly madeOf?: { readonly prefix: string; readonly matcher?: Matcher };
  build(context: MethodContext): Distillation;
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
  /** int32 [batch] */
  readonly labels: tf.Tensor1D;
  readonly clock: Clock;
}

/** The networks' results on a batch: all that a comparison of factors needs. */
export type ForwardPair = Pick<DistillationStep, 'student' | 'teachers' | 'peers'>;

/** One part of a student beside its target: the whole under `match`, a half under `ie`. */
export interface ComparedPart {
  readonly part: string;
  readonly factor: Factor;
  readonly target: Factor;
}

/** A method bound to its networks. */
export interface Distillation {
  /** The features that its networks are asked for. */
  readonly reads: NetworkReads;
  /** How the trainer runs the teachers; absent: in evaluation mode. */
  readonly teacherMode?: TeacherMode;
  /** Stages before the student's, in order. */
  readonly fits: readonly Stage[];
  /** Stages that train the student before its own, after the fits, by terms of their own. */
  readonly introductions?: readonly StudentStage[];
  /** Trained together with the student and its peers: encoders, connectors. */
  readonly variables: Variables;
  /** What is decided once and must be stored with the run: the channel split. JSON-ready. */
  readonly state: Readonly<Record<string, unknown>>;
  /** Landmarks of the matcher's distance at the shapes of these networks, where known. */
  readonly expected?: DistanceScale;
  /** Restores `state` from a checkpoint; refuses what does not fit the networks. */
  restore(state: Readonly<Record<string, unknown>>): void;
  /** Who learns, round by round of a step, each an update of its own: `[[0], [1]]` is in turn. Absent: the student, in one round. */
  readonly rounds?: readonly (readonly number[])[];
  /** All loss terms of those who learn, the task's first. */
  terms(step: DistillationStep): LossTerm[];
  /** The factors behind the terms, for a look at them; empty for methods that compare none. */
  compare(pair: ForwardPair, training: boolean): ComparedPart[];
  /** The teacher's side of the matcher, where there is one. */
  readonly teacherSide?: TeacherSide;
  dispose(): void;
}

/** A stage that trains the student and the method's variables by these terms. */
export interface StudentStage extends Pick<Distillation, 'terms' | 'teacherMode'> {
  readonly name: string;
  readonly training: Partial<TrainingOptions>;
}

/** One stage of training: an objective with its own settings. */
export interface Stage {
  readonly name: string;
  readonly objective: Objective;
  readonly training: Partial<TrainingOptions>;
}
