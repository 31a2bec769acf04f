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
  run(x: tf.Tensor4D): tf.Tensor4D;
}

/** Max pooling: each value of y is one of x, and the gradient says which. */
export interface MaxPoolOperation {
  readonly kind: 'maxPool';
  run(x: tf.Tensor4D): tf.Tensor4D;
}

export interface ActivationOperation {
  readonly kind: 'activation';
  readonly activation: Activation;
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

export type LayerOperation =
  | LinearOperation
  | NormOperation
  | FixedOperation
  | MaxPoolOperation
  | ActivationOperation
  | SumOperation
  | OpaqueOperation;

/** The operations of a whole network, from the images to the logits [batch, 1, 1, classes]. */
export interface NetworkOperations {
  /** By the names of their features. */
  readonly stages: readonly { readonly name: string; readonly operations: readonly LayerOperation[] }[];
  readonly head: readonly LayerOperation[];
}
