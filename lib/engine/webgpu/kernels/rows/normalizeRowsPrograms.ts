/**
 * y = x / max(‖x‖₂, floor) row by row, and its gradient: with r = ‖x‖₂ above the floor, dx = (dy − y · Σ y · dy) / r; else dy / floor.
 */
import type { Accumulators } from '../columns';
import { AT_LEAST, IS_NAN } from '../floatBits';
import { type Program, runProgram } from '../program';
import { input, number, output, sizeOf, type WebgpuKernel } from '../webgpuKernel';
import { bindings, literal } from '../wgsl';
import { eachValue, overRow, type RowPlan, rowEntry, rowMemory, rowPlan } from './rowEntry';

const SQUARES: Accumulators = { names: ['squares'], combine: 'squares += other_squares;' };
const BOTH: Accumulators = { names: ['squares', 'product'], combine: 'squares += other_squares; product += other_product;' };

/** The norm of a row, the floor where it is shorter; `above` says which. NaN is its own norm. */
const lengthOf = (floor: number): string => `let above = at_least(squares_all, ${literal(floor * floor)}) || is_nan(squares_all);
  var length = ${literal(floor)};
  if (above) { length = sqrt(squares_all); }`;

function normalize(row: RowPlan, key: string, floor: number): Program {
  return {
    key: `normalised rows ${key}, ${floor}`,
    workgroups: row.workgroups,
    code: () =>
      bindings(['y'], ['x']) +
      rowMemory(row, SQUARES) +
      IS_NAN +
      AT_LEAST +
      rowEntry(
        row,
        `var squares = 0.0;
  ${eachValue(row, 'squares += x[i] * x[i];')}
  ${overRow(row, SQUARES)}
  ${lengthOf(floor)}
  ${eachValue(row, 'y[i] = x[i] / length;')}`,
      ),
  };
}

function gradient(row: RowPlan, key: string, floor: number): Program {
  return {
    key: `gradient of normalised rows ${key}, ${floor}`,
    workgroups: row.workgroups,
    code: () =>
      bindings(['dx'], ['x', 'y', 'dy']) +
      rowMemory(row, BOTH) +
      IS_NAN +
      AT_LEAST +
      rowEntry(
        row,
        `var squares = 0.0; var product = 0.0;
  ${eachValue(row, 'squares += x[i] * x[i]; product += y[i] * dy[i];')}
  ${overRow(row, BOTH)}
  ${lengthOf(floor)}
  var along = 0.0;
  if (above) { along = product_all; }
  ${eachValue(row, 'dx[i] = (dy[i] - y[i] * along) / length;')}`,
      ),
  };
}

/** Rows, and their number and length as a part of a key. */
function planOf(x: { readonly shape: readonly number[] }): [RowPlan, string] {
  const values = x.shape[x.shape.length - 1] as number;
  const rows = sizeOf(x) / values;
  return [rowPlan(rows, values), `${rows}x${values}`];
}

export const normalizeRows: WebgpuKernel = {
  name: 'IekdNormalizeRows',
  run(call) {
    const x = input(call, 'x');
    const y = output(call, x.shape);
    runProgram(call.backend, normalize(...planOf(x), number(call, 'floor')), { outputs: [y], inputs: [x] });
    return y;
  },
};

export const normalizeRowsGrad: WebgpuKernel = {
  name: 'IekdNormalizeRowsGrad',
  run(call) {
    const [x, y, dy] = [input(call, 'x'), input(call, 'y'), input(call, 'dy')];
    const dx = output(call, x.shape);
    runProgram(call.backend, gradient(...planOf(x), number(call, 'floor')), { outputs: [dx], inputs: [x, y, dy] });
    return dx;
  },
};
