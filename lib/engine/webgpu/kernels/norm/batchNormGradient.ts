/**
 * The gradient of the training batch norm in two programs. With g = dy as the activation lets it through, n values a channel,
 * c = x − mean and r = 1 / √(variance + epsilon): dbeta = Σ g, dgamma = r · Σ g · c,
 * dx = gamma · r · (g − Σ g / n − c · r² · Σ (g · c) / n). The first program leaves the sums of blocks of rows and, behind them, what
 * the second needs of a channel: eight buffers are all that WebGPU promises to a program.
 */
import type { tf } from '../../../tf';
import {
  type Accumulators,
  type ColumnPlan,
  columnEntry,
  columnPlan,
  eachRow,
  overLanes,
  planKey,
  sharedMemory,
  workgroupsOf,
} from '../columns';
import { type Program, runProgram } from '../program';
import { input, number, output, type WebgpuKernel } from '../webgpuKernel';
import { bindings, grid, literal } from '../wgsl';
import { type Activation, activationKey, activationOf, isIdentity, slopeAt } from './activationText';
import { mapShape, SUMMED, WRITTEN } from './batchNormPrograms';

const SUMS: Accumulators = { names: ['sum', 'product'], combine: 'sum += other_sum; product += other_product;' };

interface GradientCase {
  readonly activation: Activation;
  readonly epsilon: number;
  /** Whether y is given, for the gradient of a residual, which is then a result. */
  readonly residual: boolean;
}

/** Rows of `parts` behind the sums. */
const [GAMMA, MEAN, INVERSE, BETA] = [0, 1, 2, 3];
const row = (plan: ColumnPlan, k: number): string => `parts[${(2 * plan.blocks + k) * plan.columns}u + column]`;

const maskKey = ({ activation, epsilon, residual }: GradientCase): string =>
  `${activationKey(activation)}, ${epsilon}${residual ? ', residual' : ''}`;

/** g of the value at `i`; without y the sign follows from x. */
function masked({ activation, residual }: GradientCase): string {
  if (isIdentity(activation)) return 'dy[i]';
  return residual ? 'dy[i] * slope_at(y[i])' : 'dy[i] * slope_at((x[i] - mean_of) * (gamma_of * inverse) + beta_of)';
}

function blockSums(plan: ColumnPlan, one: GradientCase): Program {
  const beta = one.residual ? '0.0' : 'beta[column]';
  return {
    key: `block sums of a batch norm's gradient ${planKey(plan)}, ${maskKey(one)}`,
    workgroups: grid(workgroupsOf(plan)),
    code: () =>
      bindings(
        ['parts', ...(one.residual ? ['dresidual'] : [])],
        ['x', 'dy', 'gamma', 'mean', 'variance', one.residual ? 'y' : 'beta'],
      ) +
      sharedMemory(plan, SUMS) +
      slopeAt(one.activation) +
      columnEntry(
        plan,
        `var sum = 0.0; var product = 0.0;
  let mean_of = mean[column]; let gamma_of = gamma[column]; let beta_of = ${beta};
  let inverse = 1.0 / sqrt(variance[column] + ${literal(one.epsilon)});
  ${eachRow(plan, `let g = ${masked(one)}; sum += g; product += g * (x[i] - mean_of);${one.residual ? ' dresidual[i] = g;' : ''}`)}
  ${overLanes(plan, SUMS)}
  if (lane == 0u && inside) {
    parts[block * ${plan.columns}u + column] = sum;
    parts[(${plan.blocks}u + block) * ${plan.columns}u + column] = product;
    if (block == 0u) {
      ${row(plan, GAMMA)} = gamma_of; ${row(plan, MEAN)} = mean_of; ${row(plan, INVERSE)} = inverse; ${row(plan, BETA)} = beta_of;
    }
  }`,
      ),
  };
}

/** With a residual, g is what the first program has written. */
function inputGradient(plan: ColumnPlan, written: ColumnPlan, one: GradientCase): Program {
  const g = one.residual ? 'dy[i]' : masked(one);
  return {
    key: `batch norm's gradient ${planKey(written)} of ${plan.blocks}, ${maskKey(one)}`,
    workgroups: grid(workgroupsOf(written)),
    code: () =>
      bindings(['dx', 'dgamma', 'dbeta'], ['x', 'dy', 'parts']) +
      sharedMemory(written, SUMS) +
      slopeAt(one.activation) +
      columnEntry(
        written,
        `var sum = 0.0; var product = 0.0;
  if (inside) {
    for (var part = lane; part < ${plan.blocks}u; part += ${written.lanes}u) {
      sum += parts[part * ${plan.columns}u + column];
      product += parts[(${plan.blocks}u + part) * ${plan.columns}u + column];
    }
  }
  ${overLanes(written, SUMS)}
  let all = shared_sum[local % ${written.tile}u];
  let products = shared_product[local % ${written.tile}u];
  let gamma_of = ${row(plan, GAMMA)}; let mean_of = ${row(plan, MEAN)}; let inverse = ${row(plan, INVERSE)}; let beta_of = ${row(plan, BETA)};
  let scale = gamma_of * inverse;
  let mean_g = all / ${plan.rows}.0;
  let slope_c = inverse * inverse * (products / ${plan.rows}.0);
  ${eachRow(written, `let g = ${g}; dx[i] = scale * (g - mean_g - (x[i] - mean_of) * slope_c);`)}
  if (block == 0u && lane == 0u && inside) { dgamma[column] = inverse * products; dbeta[column] = all; }`,
      ),
  };
}

/** Inputs x, dy, gamma, beta, mean, variance and, for a residual under an activation, y. Returns [dx, dgamma, dbeta, dresidual?]. */
export const batchNormGrad: WebgpuKernel = {
  name: 'IekdBatchNormGrad',
  run(call) {
    const { backend, inputs } = call;
    const [x, dy, gamma] = [input(call, 'x'), input(call, 'dy'), input(call, 'gamma')];
    const y = inputs['y'];
    const one = { activation: activationOf(call), epsilon: number(call, 'epsilon'), residual: y !== undefined };
    const [plan, written] = [columnPlan(mapShape(x), SUMMED), columnPlan(mapShape(x), WRITTEN)];
    const parts = output(call, [2 * plan.blocks + 4, plan.columns]);
    const g = y ? [output(call, x.shape)] : [];
    const given = [x, dy, gamma, input(call, 'mean'), input(call, 'variance'), y ?? input(call, 'beta')];
    runProgram(backend, blockSums(plan, one), { outputs: [parts, ...g], inputs: given });
    const outputs = [output(call, x.shape), output(call, [plan.columns]), output(call, [plan.columns])];
    runProgram(backend, inputGradient(plan, written, one), { outputs, inputs: [x, g[0] ?? dy, parts] });
    backend.disposeData(parts.dataId);
    return [...outputs, ...(g as tf.TensorInfo[])];
  },
};
