/**
 * What layers do in evaluation mode, as data: analyses that go back through a network operation by operation (relevance) and exporters
 * read it, forward passes do not. Every linear map says how it uses its weight, so that an analysis can use it with another.
 */
import type { tf } from '../../engine/tf';
import type { Activation } from './activation';

/** y = apply(x, weight) + bias; `apply` is linear in either. */
export interface LinearOperation {
  readonly kind: 'linear';
  /** What its users call it. */
  readonly place: 'convolution' | 'linear';
  /** Names of variables. The last axis of the weight is that of the channels of y; the bias is one value for each. */
  readonly weight: string;
  readonly bias?: string;
  /** @param x [batch, height, width, from] @returns [batch, ⌈height / stride⌉, ⌈width / stride⌉, to] */
  apply(x: tf.Tensor4D, weight: tf.Tensor): tf.Tensor4D;
}

/** Batch norm by moments that are kept: y = scale · x + shift, channel by channel. */
export interface NormOperation {
  readonly kind: 'norm';
  /** Prefix of its variables. */
  readonly norm: string;
}

/** A linear map without variables and without negative coefficients: means, choices of channels, zeros between them. */
export interface FixedOperation {
  readonly kind: 'fixed';
  /** Computes it. `x` and the result are [batch, height, width, channels]. */
  run(x: tf.Tensor4D): tf.Tensor4D;
}

/** Max pooling: each value of y is one of x, and the gradient says which. */
export interface MaxPoolOperation {
  readonly kind: 'maxPool';
  /** Computes it. `x` and the result are [batch, height, width, channels]. */
  run(x: tf.Tensor4D): tf.Tensor4D;
}

/** A rectifier, elementwise. */
export interface ActivationOperation {
  readonly kind: 'activation';
  readonly activation: Activation;
}

/** Every value times a factor of its own position that is made of the map itself, as a norm's: the map is scaled there, not mixed. */
export interface ScaleOperation {
  readonly kind: 'scale';
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

/** A layer that does not say what it does. */
export interface OpaqueOperation {
  readonly kind: 'opaque';
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
