/** Sum, mean and maximum over neighbouring axes. */
import { tf } from '../../tf';
import { input, isDense, type KernelCall, type NativeKernel } from './types';

interface Reduction {
  readonly outer: number;
  readonly reduced: number;
  readonly inner: number;
  readonly shape: number[];
}

/** tfjs calls the axes of `Max` reductionIndices, those of the others axis. */
interface ReduceAttributes {
  readonly axis?: number | number[];
  readonly reductionIndices?: number | number[];
  readonly keepDims: boolean;
}

/** The [outer, reduced, inner] grid of a reduction; undefined where the axes are not neighbours. */
function reductionOf(call: KernelCall, x: tf.TensorInfo): Reduction | undefined {
  const { axis, reductionIndices, keepDims } = call.attrs as unknown as ReduceAttributes;
  const axes = tf.util.parseAxisParam((axis ?? reductionIndices) as number[], x.shape).sort((a, b) => a - b);
  const [first, last] = [axes[0] ?? 0, axes[axes.length - 1] ?? -1];
  if (last - first + 1 !== axes.length) return undefined;
  const size = (from: number, to: number): number => tf.util.sizeFromShape(x.shape.slice(from, to));
  const kept = x.shape.flatMap((n, i) => (axes.includes(i) ? (keepDims ? [1] : []) : [n]));
  return { outer: size(0, first), reduced: size(first, last + 1), inner: size(last + 1, x.shape.length), shape: kept };
}

function reduce(name: string, native: string, scalars: readonly number[]): NativeKernel {
  return {
    name,
    uses: [native],
    run(call) {
      const x = input(call, 'x');
      const grid = isDense(x) ? reductionOf(call, x) : undefined;
      if (!grid) return undefined;
      const { info, values } = call.backend.output(grid.shape);
      call.native(native)(grid.outer, grid.reduced, grid.inner, ...scalars, call.backend.floats(x), values);
      return info;
    },
  };
}

export const reductions = [reduce('Sum', 'Sum', [0]), reduce('Mean', 'Sum', [1]), reduce('Max', 'Max', [])];
