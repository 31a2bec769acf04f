/** Stochastic gradient descent over named variables, as PyTorch defines it (`engine/fused/sgdStep`). */
import type { SgdCoefficients, SgdUpdate } from '../engine/fused/sgdStep';
import { sgdStep } from '../engine/fused/sgdStep';
import type { tf } from '../engine/tf';
import { Variables } from '../engine/variables';
import { refuse } from '../util/check';

/** Gradients by the name of their parameter. */
export type Gradients = ReadonlyMap<string, tf.Tensor>;

/** An optimiser with its state. */
export interface Optimizer {
  /** Momentum of each parameter, under the parameter's name; a checkpoint holds them. */
  readonly velocities: Variables;
  /**
   * Moves every parameter that has a gradient. One without is left alone, weight decay included, as PyTorch leaves a parameter
   * whose gradient is None: the encoder of a loss term whose weight is 0 stays as it is.
   */
  step(gradients: Gradients, coefficients: SgdCoefficients): void;
  dispose(): void;
}

/**
 * SGD over the parameters of `variables`, all velocities zero: the first step then moves by the plain gradient.
 * @throws InputError when a parameter is included twice: it would be moved twice a step
 */
export function sgd(variables: Variables): Optimizer {
  const velocities = new Variables();
  const parameters = variables.parameters();
  for (const [i, { name, variable }] of parameters.entries()) {
    const first = parameters.findIndex((other) => other.variable === variable);
    if (first < i) throw refuse('sgd', `every parameter under one name, not also ${parameters[first]?.name}`, name);
    velocities.add(name, { shape: variable.shape, data: new Float32Array(variable.size) }, false);
  }
  function step(gradients: Gradients, coefficients: SgdCoefficients): void {
    const updates: SgdUpdate[] = [];
    for (const { name, variable } of parameters) {
      const gradient = gradients.get(name);
      if (gradient) updates.push({ parameter: variable, velocity: velocities.get(name), gradient });
    }
    sgdStep(updates, coefficients);
  }
  return { velocities, step, dispose: () => velocities.dispose() };
}
