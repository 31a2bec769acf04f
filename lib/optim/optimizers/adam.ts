/** Adam, and AdamW with decoupled weight decay, as PyTorch defines them, without AMSGrad (`engine/fused/adamStep`). */
import { type AdamCoefficients, type AdamUpdate, adamStep } from '../../engine/fused/adamStep';
import { tf } from '../../engine/tf';
import { Variables } from '../../engine/variables';
import { numberIn, refuse } from '../../util/check';
import type { Decays, Gradients, Optimizer, OptimizerKind } from '../optimizer';
import { addZeros, decayGroups, distinctParameters } from './parameterGroups';

/** Everything of a step of Adam but its learning rate, and whether weight decay is decoupled. */
export type AdamOptions = Omit<AdamCoefficients, 'learningRate' | 'decoupled'>;

/** PyTorch's. */
const ADAM_DEFAULTS: AdamOptions = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 };

/** PyTorch's. */
const ADAMW_DEFAULTS: AdamOptions = { ...ADAM_DEFAULTS, weightDecay: 0.01 };

const STEPS = 'steps';
const meanOf = (parameter: string): string => `mean/${parameter}`;
const squareOf = (parameter: string): string => `square/${parameter}`;

/**
 * Adam over the parameters of `variables`. Each counts its own steps, so that the correction of its first means holds for one that gets
 * its first gradient late. @param decoupled whether it is AdamW @throws InputError when a parameter is included twice
 */
function adam(variables: Variables, options: AdamOptions, decoupled: boolean, decays: Decays = () => true): Optimizer {
  const state = new Variables();
  const parameters = distinctParameters(decoupled ? 'adamw' : 'adam', variables);
  const numbers = new Map(parameters.map(({ name }, i) => [name, i]));
  for (const { name, variable } of parameters) {
    addZeros(state, meanOf(name), variable.shape);
    addZeros(state, squareOf(name), variable.shape);
  }
  // float32 counts to 16.7 million exactly.
  addZeros(state, STEPS, [parameters.length]);
  function step(gradients: Gradients, learningRate: number): void {
    const steps = counted(state.get(STEPS), parameters, gradients);
    for (const { group, weightDecay } of decayGroups(parameters, options.weightDecay, decays)) {
      const updates: AdamUpdate[] = [];
      for (const { name, variable } of group) {
        const gradient = gradients.get(name);
        const [mean, square] = [state.get(meanOf(name)), state.get(squareOf(name))];
        const own = steps[numbers.get(name) ?? -1] ?? 0;
        if (gradient) updates.push({ parameter: variable, mean, square, gradient, steps: own });
      }
      adamStep(updates, { learningRate, ...options, weightDecay, decoupled });
    }
  }
  return { state, step, dispose: () => state.dispose() };
}

/** Counts a step for each parameter with a gradient. @returns the steps of all */
function counted(variable: tf.Variable, parameters: readonly { readonly name: string }[], gradients: Gradients): Float32Array {
  const steps = Float32Array.from(variable.dataSync());
  for (const [i, { name }] of parameters.entries()) if (gradients.has(name)) steps[i] = (steps[i] ?? 0) + 1;
  tf.tidy(() => variable.assign(tf.tensor(steps.slice(), variable.shape)));
  return steps;
}

function checkAdam(where: string, { beta1, beta2, epsilon, weightDecay }: Record<keyof AdamOptions, unknown>): AdamOptions {
  return {
    beta1: belowOne(`${where}: beta1`, beta1),
    beta2: belowOne(`${where}: beta2`, beta2),
    epsilon: numberIn(`${where}: epsilon`, epsilon, 0),
    weightDecay: numberIn(`${where}: weightDecay`, weightDecay, 0),
  };
}

/** A mean with a β of 1 would never move. */
function belowOne(where: string, value: unknown): number {
  const number = numberIn(where, value, 0, 1);
  if (number === 1) throw refuse(where, 'a number below 1', value);
  return number;
}

function kind(name: string, defaults: AdamOptions, decoupled: boolean): OptimizerKind<AdamOptions> {
  return {
    defaults,
    learningRate: 1e-3,
    check: checkAdam,
    create: (variables, options, decays) => adam(variables, options, decoupled, decays),
    describe: ({ beta1, beta2, weightDecay }, rate) => {
      return `${name}${rate}, betas ${beta1} and ${beta2}, ${decoupled ? 'decoupled ' : ''}weight decay ${weightDecay}`;
    },
  };
}

/** Its line in the table of optimisers. */
export const ADAM: OptimizerKind<AdamOptions> = kind('Adam', ADAM_DEFAULTS, false);

/** Its line in the table of optimisers. */
export const ADAMW: OptimizerKind<AdamOptions> = kind('AdamW', ADAMW_DEFAULTS, true);
