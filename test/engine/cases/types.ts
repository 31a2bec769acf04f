/** One row of the parity tables: an op on inputs of given shapes, run on two engines and compared. */
import type { tf } from 'iekd/dist/engine/tf';

/** How the values of an input are drawn. */
export type InputKind =
  /** Standard normal. */
  | 'normal'
  /** Uniform in [0.5, 2): for logarithms, roots and divisors. */
  | 'positive'
  /** A permutation of equally spaced values in (−2, 2): no ties, so that a maximum has one place. */
  | 'distinct'
  /** Multiples of ½ in [−1, 1]: exact zeros and ties. */
  | 'halves'
  /** int32, uniform in [0, below). */
  | 'int'
  /** bool. */
  | 'bool';

export interface InputSpec {
  readonly shape: readonly number[];
  /** Default normal. */
  readonly kind?: InputKind;
  /** Bound of an int input. */
  readonly below?: number;
}

export interface Tolerance {
  readonly relative: number;
  readonly absolute: number;
}

export interface KernelCase {
  /** Unique; seeds the inputs. */
  readonly name: string;
  /** The tfjs kernels (or our own) that it is about, forward and gradient: to pick cases by kernel. */
  readonly kernels: readonly string[];
  readonly inputs: readonly InputSpec[];
  /** The op. Its inputs are fresh tensors, so an op that works in place may spoil them. */
  readonly run: (...inputs: tf.Tensor[]) => tf.Tensor | tf.Tensor[];
  /** Positions of the inputs to differentiate by; default all float inputs; empty: the value only. */
  readonly differentiate?: readonly number[];
  /** |a − b| ≤ absolute + relative · |b|, every value; default 1e-4 and 1e-5. */
  readonly tolerance?: Tolerance;
}

/** Shorthand of an input. */
export function of(shape: readonly number[], kind: InputKind = 'normal', below = 0): InputSpec {
  return { shape, kind, below };
}

/** A float input or not. */
export function isFloat({ kind }: InputSpec): boolean {
  return kind !== 'int' && kind !== 'bool';
}

/** `3x5x2`, `scalar` for no axes. */
export function shapeText(shape: readonly number[]): string {
  return shape.length === 0 ? 'scalar' : shape.join('x');
}
