/** What optimisers do with the parameters that they are created for. */
import type { NamedVariable, Variables } from '../../engine/variables';
import { volume } from '../../models/layers/initial';
import { refuse } from '../../util/check';
import type { Decays } from '../optimizer';

/** The trained variables. @throws InputError when one is included twice: it would be moved twice a step @param where in errors */
export function distinctParameters(where: string, variables: Variables): NamedVariable[] {
  const parameters = variables.parameters();
  for (const [i, { name, variable }] of parameters.entries()) {
    const first = parameters.findIndex((other) => other.variable === variable);
    if (first < i) throw refuse(where, `every parameter under one name, not also ${parameters[first]?.name}`, name);
  }
  return parameters;
}

/** Adds a variable of zeros to an optimiser's state. */
export function addZeros(state: Variables, name: string, shape: readonly number[]): void {
  state.add(name, { shape, data: new Float32Array(volume(shape)) }, false);
}

/** Parameters that decay alike. */
export interface DecayGroup {
  readonly group: readonly NamedVariable[];
  readonly weightDecay: number;
}

/** Those that weight decay is applied to, then the others; one group where all are alike. */
export function decayGroups(parameters: readonly NamedVariable[], weightDecay: number, decays: Decays): DecayGroup[] {
  const kept = parameters.filter((parameter) => !decays(parameter));
  if (kept.length === 0 || weightDecay === 0) return [{ group: parameters, weightDecay }];
  return [
    { group: parameters.filter(decays), weightDecay },
    { group: kept, weightDecay: 0 },
  ];
}
