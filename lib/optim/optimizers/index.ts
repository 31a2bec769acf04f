/** The table of optimisers: adding one is one line here. */
import type { Variables } from '../../engine/variables';
import { knownKeys, pick, refuse } from '../../util/check';
import type { Decays, Optimizer, OptimizerKind, OptimizerSpec } from '../optimizer';
import { ADAM, ADAMW } from './adam';
import { SGD } from './sgd';

/** Every optimiser by name. */
export const OPTIMIZERS: Readonly<Record<string, OptimizerKind>> = { sgd: SGD, adam: ADAM, adamw: ADAMW };

/** What trains where no optimiser is named. */
export const DEFAULT_OPTIMIZER = 'sgd';

/** The optimiser of a complete description over the parameters of `variables`, with a fresh state. @param decays as in `OptimizerKind` */
export function createOptimizer(variables: Variables, { name, ...options }: OptimizerSpec, decays?: Decays): Optimizer {
  return pick('createOptimizer', OPTIMIZERS, name).create(variables, options, decays);
}

/** The learning rate of an optimiser where none is given. */
export function usualRate({ name }: OptimizerSpec): number {
  return pick('usualRate', OPTIMIZERS, name).learningRate;
}

/** In the words of the head of a run. @param rate the learning rate, with a space before it */
export function describeOptimizer({ name, ...options }: OptimizerSpec, rate: string): string {
  return pick('describeOptimizer', OPTIMIZERS, name).describe(options, rate);
}

/**
 * A description with every option: what `given` does not say is the optimiser's default.
 * @throws InputError for unknown names and options, listing the known ones, and for values that are not allowed
 */
export function optimizerSpec(where: string, given: OptimizerSpec): OptimizerSpec {
  if (typeof given !== 'object' || given === null) throw refuse(where, 'an object with a name', given);
  const { name, ...options } = given;
  const { defaults, check } = pick(`${where}: name`, OPTIMIZERS, name);
  knownKeys(where, options, Object.keys(defaults));
  return { name, ...check(where, { ...defaults, ...options }) };
}
