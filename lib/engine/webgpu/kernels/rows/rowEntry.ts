/** Programs of which a workgroup takes a row of a matrix, all its values in several passes. */
import { type Accumulators, type ColumnPlan, columnEntry, columnPlan, eachRow, overLanes, sharedMemory } from '../columns';
import type { Workgroups } from '../program';
import { grid } from '../wgsl';

/** Rows of values, as a reduction over one column each. */
export interface RowPlan {
  readonly plan: ColumnPlan;
  readonly workgroups: Workgroups;
}

export function rowPlan(rows: number, values: number): RowPlan {
  return { plan: columnPlan({ outer: rows, rows: values, columns: 1 }, 1), workgroups: grid(rows) };
}

/** What memory the accumulators of all passes share. */
export const rowMemory = ({ plan }: RowPlan, ...all: readonly Accumulators[]): string =>
  all.map((accumulators) => sharedMemory(plan, accumulators)).join('');

/** The entry point; `outer` counts the rows. */
export const rowEntry = ({ plan }: RowPlan, body: string): string => columnEntry(plan, body);

/** Does `body` for the invocation's values of the row: `i` is a value's place, `row` its number in the row. */
export const eachValue = ({ plan }: RowPlan, body: string): string => eachRow(plan, body);

/** Combines what the invocations of a row have found; `name_all` is the result, for all of them. */
export function overRow({ plan }: RowPlan, accumulators: Accumulators): string {
  const all = accumulators.names.map((name) => `let ${name}_all = shared_${name}[0];`).join(' ');
  return `${overLanes(plan, accumulators)}\n  ${all}`;
}
