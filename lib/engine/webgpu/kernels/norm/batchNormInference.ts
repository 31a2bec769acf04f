/** The batch norm of evaluation mode with residual and activation, in one program. */

import { type Program, runProgram } from '../program';
import { input, number, output, sizeOf, type WebgpuKernel } from '../webgpuKernel';
import { bindings, forEach, grid, groupsFor, literal } from '../wgsl';
import { type Activation, activate, activationKey, activationOf } from './activationText';

function frozenNorm(size: number, channels: number, activation: Activation, epsilon: number, added: boolean): Program {
  const residual = added ? ' + residual[i]' : '';
  return {
    key: `frozen batch norm ${size} of ${channels}, ${activationKey(activation)}, ${epsilon}${residual}`,
    workgroups: grid(groupsFor(size)),
    code: () =>
      bindings(['y'], ['x', 'gamma', 'beta', 'mean', 'variance', ...(added ? ['residual'] : [])]) +
      activate(activation) +
      forEach(
        size,
        `let column = i % ${channels}u;
  let scale = gamma[column] * (1.0 / sqrt(variance[column] + ${literal(epsilon)}));
  y[i] = activate((x[i] - mean[column]) * scale + beta[column]${residual});`,
      ),
  };
}

/** Inputs x, gamma, beta, mean, variance and, to be added before the activation, residual. */
export const batchNormInfer: WebgpuKernel = {
  name: 'IekdBatchNormInfer',
  run(call) {
    const [x, { residual }] = [input(call, 'x'), call.inputs];
    const y = output(call, x.shape);
    const channels = x.shape[x.shape.length - 1] as number;
    const program = frozenNorm(sizeOf(x), channels, activationOf(call), number(call, 'epsilon'), residual !== undefined);
    const given = ['gamma', 'beta', 'mean', 'variance'].map((name) => input(call, name));
    runProgram(call.backend, program, { outputs: [y], inputs: [x, ...given, ...(residual ? [residual] : [])] });
    return y;
  },
};
