/**
 * tfjs's reductions over axes that lie side by side, such as a channel's or a row's values. tfjs transposes where they are not the
 * last, and its maxima and minima may drop NaN. Others are left to it.
 */
import { tf } from '../../../tf';
import type { ColumnShape } from '../columns';
import { input, isDense, sizeOf, type WebgpuKernel } from '../webgpuKernel';
import { type Reduction, reduceRows } from './reduceRows';

const product = (sizes: readonly number[]): number => sizes.reduce((p, n) => p * n, 1);

/** The map as [outer, rows, columns], the rows being what is reduced; undefined where those axes do not lie side by side. */
function columnsOf(shape: readonly number[], axes: readonly number[]): ColumnShape | undefined {
  const long = axes.filter((axis) => shape[axis] !== 1).sort((a, b) => a - b);
  const [first = 0, last = -1] = [long[0], long[long.length - 1]];
  const between = shape.slice(first, last + 1).filter((n) => n !== 1);
  if (between.length !== long.length) return undefined;
  if (long.length === 0) return { outer: 1, rows: 1, columns: product(shape) };
  return { outer: product(shape.slice(0, first)), rows: product(between), columns: product(shape.slice(last + 1)) };
}

function reductionKernel(name: string, kind: Reduction): WebgpuKernel {
  return {
    name,
    run(call) {
      const x = input(call, 'x');
      const {
        axis = null,
        reductionIndices = axis,
        keepDims = false,
      } = call.attrs as {
        axis?: number | number[] | null;
        reductionIndices?: number | number[] | null;
        keepDims?: boolean;
      };
      if (!isDense(x)) return undefined;
      const axes = tf.util.parseAxisParam(reductionIndices as number | number[], x.shape);
      const columns = columnsOf(x.shape, axes);
      if (!columns) return undefined;
      const shape = x.shape.flatMap((n, i) => (axes.includes(i) ? (keepDims ? [1] : []) : [n]));
      return sizeOf({ shape }) === columns.outer * columns.columns ? reduceRows(call, kind, x, columns, shape) : undefined;
    },
  };
}

export const reductions: readonly WebgpuKernel[] = [
  reductionKernel('Sum', 'sum'),
  reductionKernel('Mean', 'mean'),
  reductionKernel('Prod', 'prod'),
  reductionKernel('Max', 'max'),
  reductionKernel('Min', 'min'),
];
