/**
 * The training batch norm of engine/fused in two programs: moments of blocks of rows; then every workgroup combines those of its
 * channels and writes y = act(gamma · (x − mean) / √(variance + epsilon) + beta + residual).
 */
import type { tf } from '../../../tf';
import { columnEntry, columnPlan, eachRow, planKey, sharedMemory, workgroupsOf } from '../columns';
import { type Program, runProgram } from '../program';
import { input, number, output, sizeOf, type WebgpuCall, type WebgpuKernel } from '../webgpuKernel';
import { bindings, grid, literal } from '../wgsl';
import { type Activation, activate, activationKey, activationOf } from './activationText';
import { blockMoments, combinedMoments, MOMENTS } from './channelMoments';

/** Blocks of rows whose sums every workgroup combines, and blocks of rows that are written. */
export const SUMMED = 32;
export const WRITTEN = 1024;

/** A map as rows of channels. */
export function mapShape({ shape }: { readonly shape: readonly number[] }): { outer: number; rows: number; columns: number } {
  const columns = shape[shape.length - 1] as number;
  return { outer: 1, rows: sizeOf({ shape }) / columns, columns };
}

function normalise(x: { readonly shape: readonly number[] }, activation: Activation, epsilon: number, added: boolean): Program {
  const [summed, written] = [columnPlan(mapShape(x), SUMMED), columnPlan(mapShape(x), WRITTEN)];
  const residual = added ? ' + residual[i]' : '';
  return {
    key: `batch norm ${planKey(written)} of ${summed.blocks}, ${activationKey(activation)}, ${epsilon}${residual}`,
    workgroups: grid(workgroupsOf(written)),
    code: () =>
      bindings(['y', 'means', 'variances'], ['x', 'parts', 'gamma', 'beta', ...(added ? ['residual'] : [])]) +
      sharedMemory(written, MOMENTS) +
      activate(activation) +
      columnEntry(
        written,
        `${combinedMoments(summed, written)}
  let scale = gamma[column] * (1.0 / sqrt(channel_variance + ${literal(epsilon)}));
  let shift = beta[column];
  ${eachRow(written, `y[i] = activate((x[i] - channel_mean) * scale + shift${residual});`)}
  if (block == 0u && lane == 0u && inside) { means[column] = channel_mean; variances[column] = channel_variance; }`,
      ),
  };
}

function run(call: WebgpuCall): tf.TensorInfo[] {
  const { backend, inputs } = call;
  const [x, gamma, beta, residual] = [input(call, 'x'), input(call, 'gamma'), input(call, 'beta'), inputs['residual']];
  const plan = columnPlan(mapShape(x), SUMMED);
  const parts = output(call, [2, plan.blocks, plan.columns]);
  runProgram(backend, blockMoments(plan), { outputs: [parts], inputs: [x] });
  const outputs = [output(call, x.shape), output(call, [plan.columns]), output(call, [plan.columns])];
  const program = normalise(x, activationOf(call), number(call, 'epsilon'), residual !== undefined);
  runProgram(backend, program, { outputs, inputs: [x, parts, gamma, beta, ...(residual ? [residual] : [])] });
  backend.disposeData(parts.dataId);
  return outputs;
}

/** Inputs x, gamma, beta and, to be added before the activation, residual. Returns [y, mean, variance]. */
export const batchNorm: WebgpuKernel = { name: 'IekdBatchNorm', run };

/** The same: its gradient keeps the result. */
export const batchNormResidual: WebgpuKernel = { name: 'IekdBatchNormResidual', run };
