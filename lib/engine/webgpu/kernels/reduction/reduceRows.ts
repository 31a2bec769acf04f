/** Sums, means, products, maxima and minima over the rows of [outer, rows, columns]: a program, or two where the rows are many. */
import type { tf } from '../../../tf';
import {
  type ColumnPlan,
  type ColumnShape,
  columnEntry,
  columnPlan,
  eachRow,
  overLanes,
  planKey,
  sharedMemory,
  workgroupsOf,
} from '../columns';
import { IS_NAN } from '../floatBits';
import { LARGER, ORDER, SMALLER } from '../floatOrder';
import { type Program, runProgram } from '../program';
import { output, type WebgpuCall } from '../webgpuKernel';
import { bindings, grid } from '../wgsl';

export type Reduction = 'sum' | 'mean' | 'prod' | 'max' | 'min';

/** Of the results of blocks. */
const MOST_BLOCKS = 128;

/** How a value is taken in: maxima begin with the infinity that every number passes. */
const TAKE: Readonly<
  Record<Reduction, { readonly zero: string; readonly take: (value: string) => string; readonly functions: string }>
> = {
  sum: { zero: '0.0', take: (value) => `found += ${value};`, functions: '' },
  mean: { zero: '0.0', take: (value) => `found += ${value};`, functions: '' },
  prod: { zero: '1.0', take: (value) => `found *= ${value};`, functions: '' },
  max: {
    zero: 'bitcast<f32>(infinity | 0x80000000u)',
    take: (value) => `found = larger(found, ${value});`,
    functions: IS_NAN + ORDER + LARGER,
  },
  min: {
    zero: 'bitcast<f32>(infinity)',
    take: (value) => `found = smaller(found, ${value});`,
    functions: IS_NAN + ORDER + SMALLER,
  },
};

/** @param divisor of what is found */
function reduction(plan: ColumnPlan, kind: Reduction, divisor: number): Program {
  const { zero, take, functions } = TAKE[kind];
  const accumulators = { names: ['found'], combine: take('other_found') };
  const result = divisor === 1 ? 'found' : `found / ${divisor}.0`;
  return {
    key: `${kind} ${planKey(plan)} by ${divisor}`,
    workgroups: grid(workgroupsOf(plan)),
    code: () =>
      bindings(['y'], ['x']) +
      sharedMemory(plan, accumulators) +
      functions +
      columnEntry(
        plan,
        // A variable, since a constant may not be infinite.
        `var infinity = 0x7f800000u;
  var found = ${zero};
  ${eachRow(plan, take('x[i]'))}
  ${overLanes(plan, accumulators)}
  if (lane == 0u && inside) { y[(outer * ${plan.blocks}u + block) * ${plan.columns}u + column] = ${result}; }`,
      ),
  };
}

/**
 * @param x of outer · rows · columns values @param mostBlocks of rows, 1 for one program @returns a tensor of `shape`, which has
 * outer · columns values
 */
export function reduceRows(
  call: WebgpuCall,
  kind: Reduction,
  x: tf.TensorInfo,
  given: ColumnShape,
  shape: readonly number[],
  mostBlocks = MOST_BLOCKS,
): tf.TensorInfo {
  const { outer, rows, columns } = given;
  const plan = columnPlan(given, Math.max(1, Math.floor(mostBlocks / outer)));
  const y = output(call, shape);
  const divisor = kind === 'mean' ? rows : 1;
  if (plan.blocks === 1) {
    runProgram(call.backend, reduction(plan, kind, divisor), { outputs: [y], inputs: [x] });
    return y;
  }
  const parts = output(call, [outer, plan.blocks, columns]);
  runProgram(call.backend, reduction(plan, kind, 1), { outputs: [parts], inputs: [x] });
  const last = columnPlan({ outer, rows: plan.blocks, columns }, 1);
  runProgram(call.backend, reduction(last, kind, divisor), { outputs: [y], inputs: [parts] });
  call.backend.disposeData(parts.dataId);
  return y;
}
