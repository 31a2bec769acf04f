/**
 * A matcher: how a student's features are compared with a teacher's, as data. `match(X)` and `ie(X)` make a method of any matcher X.
 * Teacher = the frozen network, student = the one that learns and is split.
 */
import type { tf } from '../engine/tf';
import type { Variables } from '../engine/variables';
import type { FeatureInfo, Network } from '../models/types';
import type { LossTerm } from '../optim/objective';
import type { StageTraining } from '../optim/trainingOptions';
import type { Random } from '../util/rng';

/** Names of features of each side's network, paired in order. */
export interface FeatureNames {
  readonly teacher: readonly string[];
  readonly student: readonly string[];
}

/** One tensor a compared feature: factors, attention maps, … Any shape with the batch first. */
export type Factor = readonly tf.Tensor[];

/** Shape of one entry of a factor, without the batch. */
export type FactorShape = readonly number[];

/** The teacher's side of a matcher: its target factors. */
export interface TeacherSide {
  /** Shapes of the target, for the student side to meet. */
  readonly shapes: readonly FactorShape[];
  /** What it learns before distillation and keeps frozen then. */
  readonly variables: Variables;
  /** How it is fitted before distillation; absent: it learns nothing. */
  readonly fit?: TeacherFit;
  /** The target, evaluation mode, never differentiated. @param features the maps named in `features.teacher`, in order */
  target(features: readonly tf.Tensor4D[]): Factor;
  /** What the teacher's maps look like after a pass through the fitted encoder and back, evaluation mode; where it can. */
  reconstruct?(features: readonly tf.Tensor4D[]): tf.Tensor4D[];
}

/** How a teacher side is fitted: a stage of training on the frozen teacher's features. */
export interface TeacherFit {
  /** Of the stage. */
  readonly name: string;
  readonly training: StageTraining;
  /**
   * What decides the terms beside the maps, the initial values and the settings of the stage, JSON-ready: a fitted side can then be
   * kept and taken by other runs. Absent: every run fits its own.
   */
  readonly dependsOn?: Readonly<Record<string, unknown>>;
  /** Loss terms on one batch, training mode. */
  terms(features: readonly tf.Tensor4D[]): LossTerm[];
}

/** The student's side of a matcher: maps features to factors, with variables of its own. */
export interface StudentSide {
  readonly variables: Variables;
  /**
   * Returns the factor of the features, differentiable in them and in `variables`.
   * @param features the student's maps (or branches of them) named in `features.student`, in order
   * @param step what else of a step a side may look at
   */
  factor(features: readonly tf.Tensor4D[], training: boolean, step?: FactorStep): Factor;
}

/** A step as the student's side sees it, beside the student's maps. */
export interface FactorStep {
  /** The teacher's target, a constant. */
  readonly target: Factor;
  /** Where each image is in the training set, int32 [batch]; absent: nobody knows. */
  readonly numbers?: (() => Int32Array) | undefined;
  /** Of this step and branch alone; absent in evaluation mode, and where nobody has any: sides then draw nothing. */
  readonly random?: Random | undefined;
}

/** What methods that remember something of each image know of the training set: a part of a data set has it. */
export interface TrainingImages {
  readonly count: number;
  /** The class of each image. */
  readonly labels: ArrayLike<number>;
}

/** What of a student a side is for. */
export interface StudentPart {
  readonly network: Network;
  /** How many images it is trained on, with their classes; absent: nobody knows. */
  readonly images?: TrainingImages | undefined;
  /** The channels that it has of each map, by the map's number, as they are by now; absent: all. */
  channels?(map: number): readonly number[];
}

/** Of a frozen teacher: in `training` mode batch norms use the batch's moments; stored statistics stay as they are in both. */
export type TeacherMode = 'evaluation' | 'training';

/** Two stages of the student's training: the first minimises the distance alone. */
export interface TwoStages {
  /** Epochs of the first; 0: there is one stage, of the task and the distance together. */
  readonly pretrain: number;
  /** What trains the student after the first. */
  readonly second: Required<SecondStage>;
}

/** What trains the student after a first stage. */
export interface SecondStage {
  /** Weight of the task's own loss, ≥ 0. */
  readonly task?: number;
  /** Weight of the divergence from the teacher's probabilities, ≥ 0; KD's is α T². */
  readonly soft?: number;
  /** T, above 0. */
  readonly temperature?: number;
}

/** A distance of factors and what is known of it. */
export interface Distance {
  /** ≥ 0 (the logarithm of a likelihood, as VID's, may be below), differentiable in `factor`. */
  of(factor: Factor, target: Factor): tf.Scalar;
  /** How `of` is reduced, in words: `mean over elements`; the head of the log shows it. */
  readonly reduction: string;
  /**
   * The distance grows as D to this power, D the number of values that an image has in a factor, all else being alike: 1 for a sum
   * over elements, 0 for their mean, −½ for a mean over the elements of factors of length 1. A weight belongs to one D: to mean the
   * same at D′ it is multiplied by (D / D′) to this power, which methods do where the task names a map (`Task.distanceMap`).
   */
  readonly sizeExponent: number;
  /**
   * How exploration pushes away: `negate` the distance, only where that is bounded above (`expected` must say by what); or a
   * function that is bounded below, ≥ 0, to be minimised in its place. Absent: the distance is unbounded, and `ie` refuses the matcher.
   */
  readonly repulsion?: 'negate' | ((factor: Factor, target: Factor) => tf.Scalar);
  /** What theory says of the distance for factors of these shapes, where it says anything. */
  expected?(shapes: readonly FactorShape[]): ExpectedDistance;
}

/** What theory says of a distance, to be shown beside what is measured. */
export interface ExpectedDistance {
  /** It is never above this. */
  readonly bound: number;
  /** Of unrelated factors, where known. */
  readonly unrelated?: number;
}

/** Default weights of a matcher's distance. */
export interface MatcherWeights {
  /** Under `match`. */
  readonly match: number;
  /** Of the branches under `ie`; absent: 50 each, the paper's, which belong to an element mean of normalised factors. */
  readonly inherit?: number;
  readonly explore?: number;
}

/** What a matcher needs of a teacher that no longer learns; in mutual learning there is none. */
export interface FrozenTeacherNeeds {
  /** Options that need a frozen teacher: how its side is fitted, how it runs. Mutual learning does not take them. */
  readonly options?: readonly string[];
  /** The teacher side is computed from the teacher's weights once, so the teacher must be frozen: mutual learning refuses the matcher. */
  readonly required?: true;
}

/** A feature-matching method as data: adding one is one file. */
export interface Matcher {
  readonly name: string;
  /** JSON-ready, defaults filled in. */
  readonly options: Readonly<Record<string, unknown>>;
  /** What it compares: names, or `last`, `last.pre`, `common`, `common.pre`, `stages`, `stages.pre`, which every pair of networks answers for itself. */
  readonly features: FeatureNames;
  /** The two maps of a pair may differ in height and width; absent: such pairs are refused, naming maps that would fit. */
  readonly anySize?: boolean;
  /** Builds the teacher's side for the teacher's features, in the order of `features.teacher`. @throws InputError for features that do not fit */
  teacherSide(features: readonly FeatureInfo[], teacher: Network, random: Random): TeacherSide;
  /**
   * Builds the student's side, which makes of the student's features what `target` makes of the teacher's.
   * @param features as seen by this side: a branch's channel counts under `ie`
   * @param part the student, for sides that look at more of it than its maps
   * @throws InputError for channels that do not fit, saying what would
   */
  studentSide(features: readonly FeatureInfo[], target: TeacherSide, random: Random, part: StudentPart): StudentSide;
  readonly distance: Distance;
  readonly weights: MatcherWeights;
  /** Absent: one stage. */
  readonly stages?: TwoStages;
  /** How the teacher's maps are made; absent: in evaluation mode. */
  readonly teacherMode?: TeacherMode;
  /** How many teachers it is summed over; absent: one. */
  readonly teachers?: number;
  readonly frozenTeacher?: FrozenTeacherNeeds;
}
