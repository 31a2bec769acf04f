/** Stochastic gradient descent with momentum and weight decay, as PyTorch defines it (`engine/fused/sgdStep`). */
import { type SgdCoefficients, type SgdUpdate, sgdStep } from '../../engine/fused/sgdStep';
import { Variables } from '../../engine/variables';
import { booleanIn, numberIn } from '../../util/check';
import type { Decays, Gradients, Optimizer, OptimizerKind } from '../optimizer';
import { addZeros, decayGroups, distinctParameters } from './parameterGroups';
import { RepeatedUpdate } from './repeatedUpdate';

/** Everything of a step of SGD but its learning rate. */
export type SgdOptions = Omit<SgdCoefficients, 'learningRate'>;

/** Momentum 0.9 after Nesterov, weight decay 5e-4 on everything (He et al. 2016, with Nesterov as in the IE-KD code). */
export const SGD_DEFAULTS: SgdOptions = { momentum: 0.9, nesterov: true, weightDecay: 5e-4 };

/** Name of a parameter's velocity in the state. */
const velocityOf = (parameter: string): string => `velocity/${parameter}`;

/**
 * SGD over the parameters of `variables`, all velocities zero: the first step then moves by the plain gradient.
 * @param decays which parameters weight decay is applied to
 * @throws InputError when a parameter is included twice: it would be moved twice a step
 */
export function sgd(variables: Variables, options: SgdOptions = SGD_DEFAULTS, decays: Decays = () => true): Optimizer {
  const state = new Variables();
  const parameters = distinctParameters('sgd', variables);
  for (const { name, variable } of parameters) addZeros(state, velocityOf(name), variable.shape);
  const groups = decayGroups(parameters, options.weightDecay, decays).map(({ group, weightDecay }) => ({
    moved: group.map(({ name, variable }) => ({ name, parameter: variable, velocity: state.get(velocityOf(name)) })),
    weightDecay,
  }));
  const repeated = new RepeatedUpdate();
  function step(gradients: Gradients, learningRate: number): void {
    repeated.run(learningRate, gradients, (rate) => {
      for (const { moved, weightDecay } of groups) {
        const updates = moved.flatMap(({ name, ...variables }): SgdUpdate[] => {
          const gradient = gradients.get(name);
          return gradient ? [{ ...variables, gradient }] : [];
        });
        sgdStep(updates, { learningRate, ...options, weightDecay }, rate);
      }
    });
  }
  return {
    state,
    step,
    dispose: () => {
      repeated.dispose();
      state.dispose();
    },
  };
}

/** Its line in the table of optimisers. */
export const SGD: OptimizerKind<SgdOptions> = {
  defaults: SGD_DEFAULTS,
  learningRate: 0.1,
  check: (where, { momentum, nesterov, weightDecay }) => ({
    momentum: numberIn(`${where}: momentum`, momentum, 0, 1),
    nesterov: booleanIn(`${where}: nesterov`, nesterov),
    weightDecay: numberIn(`${where}: weightDecay`, weightDecay, 0),
  }),
  create: sgd,
  describe: ({ momentum, nesterov, weightDecay }, rate) =>
    `SGD${rate}, ${nesterov ? 'Nesterov ' : ''}momentum ${momentum}, weight decay ${weightDecay}`,
};
