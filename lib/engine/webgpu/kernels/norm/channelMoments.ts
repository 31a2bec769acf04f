/**
 * Mean and sum of squared deviations of a channel, by parts (Chan, Golub & LeVeque 1983): each invocation takes deviations from its
 * first value, which is one of the values, so that cancellation cannot cost more than their number; parts are combined by
 * δ = m₂ − m₁, m = m₁ + δ · n₂ / n, q = q₁ + q₂ + δ² · n₁ · n₂ / n. A channel has less than 2²⁴ values, which float32 counts exactly.
 */
import {
  type Accumulators,
  type ColumnPlan,
  columnEntry,
  eachRow,
  overLanes,
  planKey,
  sharedMemory,
  workgroupsOf,
} from '../columns';
import type { Program } from '../program';
import { bindings, grid } from '../wgsl';

export const MOMENTS: Accumulators = {
  names: ['count', 'mean', 'squares'],
  combine: `if (bitcast<u32>(other_count) != 0u) {
      let total = count + other_count;
      let delta = other_mean - mean;
      mean += delta * (other_count / total);
      squares += other_squares + delta * delta * (count * other_count / total);
      count = total;
    }`,
};

/** Writes means and squared deviations of every block of rows: [2, blocks, channels]. */
export function blockMoments(plan: ColumnPlan): Program {
  return {
    key: `block moments ${planKey(plan)}`,
    workgroups: grid(workgroupsOf(plan)),
    code: () =>
      bindings(['parts'], ['x']) +
      sharedMemory(plan, MOMENTS) +
      columnEntry(
        plan,
        `var seen = 0u; var shift = 0.0; var sum = 0.0; var squared = 0.0;
  ${eachRow(plan, 'if (seen == 0u) { shift = x[i]; } let d = x[i] - shift; sum += d; squared += d * d; seen += 1u;')}
  var count = f32(seen); var mean = 0.0; var squares = 0.0;
  if (seen > 0u) { mean = shift + sum / count; squares = squared - sum * (sum / count); }
  ${overLanes(plan, MOMENTS)}
  if (lane == 0u && inside) {
    parts[block * ${plan.columns}u + column] = mean;
    parts[(${plan.blocks}u + block) * ${plan.columns}u + column] = squares;
  }`,
      ),
  };
}

/**
 * Combines the blocks of `plan` in each workgroup of `over`, which goes over the same values: declares `channel_mean` and
 * `channel_variance`, for all lanes.
 */
export function combinedMoments(plan: ColumnPlan, over: ColumnPlan): string {
  const rowsOf = `select(${plan.blockRows}.0, ${plan.rows - (plan.blocks - 1) * plan.blockRows}.0, part + 1u == ${plan.blocks}u)`;
  return `var count = 0.0; var mean = 0.0; var squares = 0.0;
  if (inside) {
    for (var part = lane; part < ${plan.blocks}u; part += ${over.lanes}u) {
      let other_count = ${rowsOf};
      let other_mean = parts[part * ${plan.columns}u + column];
      let other_squares = parts[(${plan.blocks}u + part) * ${plan.columns}u + column];
      ${MOMENTS.combine}
    }
  }
  ${overLanes(over, MOMENTS)}
  let channel_mean = shared_mean[local % ${over.tile}u];
  let channel_variance = shared_squares[local % ${over.tile}u] / ${plan.rows}.0;`;
}
