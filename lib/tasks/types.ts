/**
 * What a network is trained to do, as a value: training, methods, experiments and displays ask the task and never which one it is.
 * A task says what a network ends in, what of a batch it aims at, its loss and its metrics.
 */
import type { Batch, Dataset } from '../data/types';
import type { tf } from '../engine/tf';
import type { ForwardResult, Network, NetworkSpec } from '../models/types';
import type { LossTerm } from '../optim/objective';
import type { RandomStream } from '../util/rng';

/**
 * A task. `Output` is what its networks return: logits and features, and whatever else a task's own networks return beside them.
 */
export interface Task<Output extends ForwardResult = ForwardResult> {
  /** `classification`. */
  readonly name: string;
  /** JSON-ready; with the name part of a run's hash, unless both are those of the default task. */
  readonly options: Readonly<Record<string, unknown>>;
  /** What a network for this data ends in, as entries of its description: `{ classes: 10 }`. */
  head(data: Dataset): Partial<NetworkSpec>;
  /** Refuses a network that cannot do the task at all. @param where named in errors */
  check(where: string, network: Network): void;
  /** Refuses a network whose head is not that of the data. @param where named in errors */
  checkData(where: string, network: Network, data: Dataset): void;
  /** Refuses data whose targets are none of the task's, before any training; absent: the task takes all. @param where named in errors */
  checkTargets?(where: string, data: Dataset): void;
  /**
   * A batch as networks see it while they learn the task, mixed of several images each; absent: as it is. Neither evaluation nor what is
   * fitted to a teacher alone sees mixed images. @param stream of this step alone
   */
  mix?(batch: Batch, stream: RandomStream): Batch;
  /** What the loss compares a network's output with; to be disposed of by whoever asked. */
  targets(batch: Batch): tf.Tensor[];
  /** The task's own terms of a loss, differentiable in `output`; their role is `task`. @param targets as `targets` gives them */
  terms(output: Output, targets: readonly tf.Tensor[]): LossTerm[];
  /** Probabilities that a student can take over from a teacher; absent: the task has none, and `kd` and mutual learning refuse it. */
  readonly soft?: SoftTargets<Output>;
  /** Rows that are told apart, each with its class; absent: the task tells nothing apart, and `tfkd-reg` refuses it. */
  classRows?(output: Output, targets: readonly tf.Tensor[]): ClassRows;
  /**
   * [height, width, channels] of the map that weights of distances are meant for: methods scale them to the size of theirs. Absent: weights
   * are as given.
   */
  readonly distanceMap?: readonly [height: number, width: number, channels: number];
  /** Measures one network on one part of a data set. @param where named in errors */
  meter(where: string, network: Network): Meter<Output>;
  /** Names of the terms that `terms` returns: what of a log is the task's loss. */
  readonly termNames: readonly string[];
  /** The metric that chooses the best epoch and stands in tables and progress. */
  readonly primary: PrimaryMetric;
  /** How the metrics are shown, by name, in this order. */
  readonly metrics: Readonly<Record<string, MetricStyle>>;
  /** What a command trains where nothing is said. */
  readonly usual: { readonly network: string; readonly learningRate: number };
  /** What there is to say of a network and its training data before the first step, in sentences; absent: nothing. */
  remarks?(network: Network, data: Dataset): readonly string[];
  /** A drawing over one image of what a network says of it; absent: the task draws nothing. @returns SVG elements in pixels */
  picture?(output: Output, index: number): string;
}

/** Softened probabilities of a task. */
export interface SoftTargets<Output extends ForwardResult = ForwardResult> {
  /** Divergence of the student's probabilities from the teacher's, both softened: differentiable in `student`. @param temperature T > 0 */
  divergence(student: Output, teacher: Output, temperature: number): tf.Scalar;
  /** How it is reduced, in words: told in the head of the log. */
  readonly reduction: string;
}

/** Rows of a batch that are told apart. */
export interface ClassRows {
  /** [rows, classes], before softmax. */
  readonly logits: tf.Tensor2D;
  /** int32 [rows] */
  readonly labels: tf.Tensor1D;
}

/** Sums what is measured over the batches of a part of a data set. */
export interface Meter<Output extends ForwardResult = ForwardResult> {
  /** Reads a batch's output, in evaluation mode. @throws InputError naming the image that has no target, or no finite output */
  add(output: Output, batch: Batch): void;
  /** Of all batches so far. */
  result(): Measured;
  /** What is known of them beyond the metrics; absent: nothing. */
  report?(classNames: readonly string[], options?: ReportOptions): EvaluationReport;
}

/** Options of a report. */
export interface ReportOptions {
  /** Of detection: the score from which a detection is one, for precision and recall of a class; default 0.5. */
  readonly score?: number;
}

/** An evaluation in detail: tables and curves for people, and all of it as plain values. */
export interface EvaluationReport {
  readonly tables: readonly ReportTable[];
  readonly curves: readonly ReportCurve[];
  /** JSON-ready. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** Rows by the titles of their columns. */
export interface ReportTable {
  readonly caption: string;
  readonly rows: readonly Readonly<Record<string, string | number | null>>[];
}

/** A curve: columns of equal length by name; the first is drawn across, the second up. */
export interface ReportCurve {
  readonly name: string;
  readonly columns: Readonly<Record<string, readonly number[]>>;
}

/** A metric by which networks are judged. */
export interface PrimaryMetric {
  readonly name: string;
  readonly better: 'higher' | 'lower';
  /** Tables and figures show what it lacks to 1, as literature does with accuracies; absent: they show it as it is. */
  readonly shownAs?: 'error';
}

/** Values by the name of the metric. */
export type Metrics = Readonly<Record<string, number>>;

/** Means over images. */
export interface Measured {
  readonly loss: number;
  readonly metrics: Metrics;
}

/** How a metric is shown. */
export interface MetricStyle {
  /** Of a column: `top-1`. */
  readonly title: string;
  /** Of a curve's axis: `accuracy`. */
  readonly quantity: string;
  /** A fraction that is shown in per cent. */
  readonly percent?: true;
}

/** A task as data: `{ name: 'classification' }`. Unknown names and options are errors. */
export interface TaskSpec {
  readonly name: string;
  readonly [option: string]: unknown;
}
