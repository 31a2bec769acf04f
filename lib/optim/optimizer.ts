/** What an optimiser is: something that moves named variables by their gradients, and has a state that a checkpoint holds. */
import type { tf } from '../engine/tf';
import type { NamedVariable, Variables } from '../engine/variables';

/** Gradients by the name of their parameter. */
export type Gradients = ReadonlyMap<string, tf.Tensor>;

/** An optimiser over the parameters that it was created for. */
export interface Optimizer {
  /** All that it carries from step to step, named after the parameters (`velocity/network/fc.weight`); a checkpoint holds it. */
  readonly state: Variables;
  /**
   * Moves every parameter that has a gradient. One without is left alone, weight decay included, as PyTorch leaves a parameter
   * whose gradient is None: the encoder of a loss term whose weight is 0 stays as it is.
   */
  step(gradients: Gradients, learningRate: number): void;
  /** Disposes of the state; the parameters are others'. */
  dispose(): void;
}

/** An optimiser as data, its options complete: `{ name: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 0.0005 }`. */
export interface OptimizerSpec {
  readonly name: string;
  readonly [option: string]: unknown;
}

/** Whether weight decay is applied to a parameter. */
export type Decays = (parameter: NamedVariable) => boolean;

/** A kind of optimiser: one line in the table of `optimizers`. */
export interface OptimizerKind<Options extends object = Readonly<Record<string, unknown>>> {
  /** Every option with its default. */
  readonly defaults: Options;
  /** Refuses options that it cannot run with. @param where named in errors, before the option's name */
  check(where: string, options: Readonly<Record<keyof Options, unknown>>): Options;
  /** The learning rate where none is given. */
  readonly learningRate: number;
  /** A fresh state for the parameters of `variables`. @param decays which of them weight decay is applied to; absent: all */
  create(variables: Variables, options: Options, decays?: Decays): Optimizer;
  /** `SGD 0.1, Nesterov momentum 0.9, weight decay 0.0005` @param rate the learning rate, as the head of a run says it */
  describe(options: Options, rate: string): string;
}
