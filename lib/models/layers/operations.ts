/**
 * What layers do in evaluation mode, as data: analyses that go back through a network operation by operation (relevance) and exporters
 * read it, forward passes do not. Every linear map says how it uses its weight, so that an analysis can use it with another.
 */
import type { tf } from '../../engine/tf';
import type { Activation } from './activation';

/** The square windows of a convolution or a pooling. */
export interface Windows {
  /** Positions of a side. */
  readonly size: number;
  readonly stride: number;
  /**
   * Positions around the map on every side: zeros of a convolution, −∞ of a pooling; or `same`, TensorFlow's: as many as ⌈side / stride⌉
   * windows need, an odd one at the end.
   */
  readonly pad: number | 'same';
  /** From one position that a window reads to the next; 1: it reads all. */
  readonly dilation: number;
}

/** y = apply(x, weight) + bias; `apply` is linear in either. */
interface LinearMapOperation {
  readonly kind: 'linear';
  /** Names of variables. The last axis of the weight is that of the channels of y; the bias is one value for each. */
  readonly weight: string;
  readonly bias?: string;
  /** Of the weight here, where the variable has the same values in another shape. */
  readonly shape?: readonly number[];
  /** @param x [batch, height, width, from] @returns [batch, ⌈height / stride⌉, ⌈width / stride⌉, to] */
  apply(x: tf.Tensor4D, weight: tf.Tensor): tf.Tensor4D;
}

/** Its weight is [size, size, from, to], of a depthwise one [size, size, 1, channels]. */
export interface ConvolutionOperation extends LinearMapOperation {
  /** What its users call it. */
  readonly place: 'convolution';
  readonly windows: Windows;
  /** Whether each channel is convolved by itself. */
  readonly depthwise: boolean;
}

/** A product with a matrix [from, to], of a map of one position. */
export interface ProductOperation extends LinearMapOperation {
  readonly place: 'linear';
}

/** A linear map with a weight. */
export type LinearOperation = ConvolutionOperation | ProductOperation;

/** Batch norm by moments that are kept: y = scale · x + shift, channel by channel. */
export interface NormOperation {
  readonly kind: 'norm';
  /** Prefix of its variables. */
  readonly norm: string;
  /** Added to the variance; default `BATCH_NORM_EPSILON`. */
  readonly epsilon?: number;
  /** `weight`, which is then 1, and `bias`, 0, where it has no such variable; default: it has both. */
  readonly without?: readonly string[];
}

/**
 * Which linear map without variables: the mean over all positions; channels by their numbers; or option A, every `stride`th position
 * with `before` zero channels before its channels and as many after them as make `to`; zeros around the map; the mean of each window, of the
 * positions in it that are of the map; or all values as the channels of one position, row by row.
 */
export type FixedForm =
  | { readonly map: 'mean' }
  | { readonly map: 'channels'; readonly indices: readonly number[] }
  | { readonly map: 'zeros'; readonly around: readonly [rows: readonly [number, number], columns: readonly [number, number]] }
  | { readonly map: 'average'; readonly windows: Windows }
  | { readonly map: 'flatten' }
  | { readonly map: 'optionA'; readonly stride: number; readonly before: number; readonly to: number };

/** A linear map without variables and without negative coefficients. */
export interface FixedOperation {
  readonly kind: 'fixed';
  readonly form: FixedForm;
  /** Computes it. `x` and the result are [batch, height, width, channels]. */
  run(x: tf.Tensor4D): tf.Tensor4D;
}

/** Max pooling: each value of y is one of x, and the gradient says which. */
export interface MaxPoolOperation {
  readonly kind: 'maxPool';
  readonly windows: Windows;
  /** Computes it. `x` and the result are [batch, height, width, channels]. */
  run(x: tf.Tensor4D): tf.Tensor4D;
}

/** A rectifier, elementwise. */
export interface ActivationOperation {
  readonly kind: 'activation';
  readonly activation: Activation;
}

/**
 * Every value times a factor of its own position that is made of the map itself: the map is scaled there, not mixed.
 * y = weight · x / √(Σ x² + epsilon), the sum over channels.
 */
export interface ScaleOperation {
  readonly kind: 'scale';
  readonly epsilon: number;
  /** Name of the variable that scales along, [channels]. */
  readonly weight: string;
  /** Computes it. `x` and the result are [batch, height, width, channels]. */
  run(x: tf.Tensor4D, weight: tf.Tensor): tf.Tensor4D;
}

/** The sum of what several paths make of one map; a path of no operations is the map itself. */
export interface SumOperation {
  readonly kind: 'sum';
  readonly summands: readonly (readonly LayerOperation[])[];
}

/** The channels of what two paths make of one map, in turn: of the first path, of the second, of the first, and so on. */
export interface InterleaveOperation {
  readonly kind: 'interleave';
  readonly branches: readonly [readonly LayerOperation[], readonly LayerOperation[]];
}

/** A layer that does not say what it does. */
export interface OpaqueOperation {
  readonly kind: 'opaque';
  /** Its name, and what it is. */
  readonly layer?: string;
}

/** One operation of a network as data: what an analysis or an exporter walks. */
export type LayerOperation =
  | LinearOperation
  | NormOperation
  | FixedOperation
  | MaxPoolOperation
  | ActivationOperation
  | ScaleOperation
  | SumOperation
  | InterleaveOperation
  | OpaqueOperation;

/** The operations of a whole network, from the images to what its heads say. */
export interface NetworkOperations {
  /** By the names of their features. */
  readonly stages: readonly { readonly name: string; readonly operations: readonly LayerOperation[] }[];
  /**
   * Each over the map of a stage: one over the last, to the logits [batch, 1, 1, classes]; or several in the order of the priors' maps,
   * to [batch, rows, columns, priors of each · values], see priorPredictions.ts.
   */
  readonly heads: readonly { readonly feature: string; readonly operations: readonly LayerOperation[] }[];
}
