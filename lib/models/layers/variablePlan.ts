/**
 * A network's variables as data, before any is made: counts, listings and the variables themselves come from one plan.
 * Names and order are those of a PyTorch state dict.
 */
import { type NamedVariable, Variables } from '../../engine/variables';
import type { Random } from '../../util/rng';
import { constant, type Initial, kaimingNormal, uniform, volume } from './initial';

/** One variable to be made. */
export interface VariablePlan {
  readonly name: NamedVariable['name'];
  readonly shape: readonly number[];
  readonly trainable: NamedVariable['trainable'];
  readonly initial: Initial;
}

/** `<name>.weight` [size, size, from, to] of a convolution without bias. */
export function planConvolution(name: string, size: number, from: number, to: number, initial: Initial): VariablePlan {
  return { name: `${name}.weight`, shape: [size, size, from, to], trainable: true, initial };
}

/** `<name>.bias` [to] of a convolution, at 0. */
export function planBias(name: string, to: number): VariablePlan {
  return { name: `${name}.bias`, shape: [to], trainable: true, initial: constant(0) };
}

/** The two parameters and two statistics of a batch norm, each [channels]. */
export function planBatchNorm(name: string, channels: number): VariablePlan[] {
  const row = (part: string, trainable: boolean, value: number): VariablePlan => {
    return { name: `${name}.${part}`, shape: [channels], trainable, initial: constant(value) };
  };
  return [row('weight', true, 1), row('bias', true, 0), row('running_mean', false, 0), row('running_var', false, 1)];
}

/** `<name>.weight` [from, to] and `<name>.bias` [to] of a linear layer. */
export function planLinear(name: string, from: number, to: number): VariablePlan[] {
  return [
    { name: `${name}.weight`, shape: [from, to], trainable: true, initial: kaimingNormal },
    { name: `${name}.bias`, shape: [to], trainable: true, initial: uniform(1 / Math.sqrt(from)) },
  ];
}

/** Number of trained values. */
export function parametersOf(plan: readonly VariablePlan[]): number {
  return plan.filter((v) => v.trainable).reduce((sum, { shape }) => sum + volume(shape), 0);
}

/** Makes the variables; each draws its initial values from the stream of its own name. */
export function createVariables(plan: readonly VariablePlan[], random: Random): Variables {
  const variables = new Variables();
  for (const { name, shape, trainable, initial } of plan) {
    variables.add(name, { shape, data: initial(shape, random.stream(name)) }, trainable);
  }
  return variables;
}
