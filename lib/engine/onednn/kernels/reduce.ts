/** Sum, mean, maximum and minimum over any axes: neighbouring ones at once, others run by run. */
import { tf } from '../../tf';
import { input, isDense, type NativeCall, type NativeKernel } from './types';

/** tfjs calls the axes of `Max` and `Min` reductionIndices or axis, those of the others axis. */
interface ReduceAttributes {
  readonly axis?: number | number[];
  readonly reductionIndices?: number | number[];
  readonly keepDims: boolean;
}

/** Axes next to each other: the first, and one beyond the last. */
interface Run {
  readonly first: number;
  readonly end: number;
}

/** The axes in ascending order. */
function axesOf({ attrs }: NativeCall, { shape }: tf.TensorInfo): number[] {
  const { axis, reductionIndices } = attrs as unknown as ReduceAttributes;
  return tf.util.parseAxisParam((axis ?? reductionIndices) as number[], shape).sort((a, b) => a - b);
}

/** From the last to the first, so that one that is reduced moves none that comes after it. */
function runsOf(axes: readonly number[]): Run[] {
  const runs: Run[] = [];
  for (const axis of axes) {
    const [run] = runs;
    if (run?.end === axis) runs[0] = { first: run.first, end: axis + 1 };
    else runs.unshift({ first: axis, end: axis + 1 });
  }
  return runs.length > 0 ? runs : [{ first: 0, end: 0 }];
}

interface Reduction {
  readonly native: string;
  readonly scalars: readonly number[];
}

/** x without the axes of a run. */
function without(call: NativeCall, { native, scalars }: Reduction, x: tf.TensorInfo, { first, end }: Run): tf.TensorInfo {
  const parts = [x.shape.slice(0, first), x.shape.slice(first, end), x.shape.slice(end)] as const;
  const { info, values } = call.backend.output([...parts[0], ...parts[2]]);
  call.native(native)(...parts.map((part) => tf.util.sizeFromShape(part)), ...scalars, call.backend.floats(x), values);
  return info;
}

function reduce(name: string, reduction: Reduction): NativeKernel {
  return {
    name,
    uses: [reduction.native],
    run(call) {
      const x = input(call, 'x');
      if (!isDense(x)) return undefined;
      const axes = axesOf(call, x);
      let y = x;
      for (const run of runsOf(axes)) {
        const next = without(call, reduction, y, run);
        if (y !== x) call.backend.disposeData(y.dataId);
        y = next;
      }
      const kept = x.shape.map((n, i) => (axes.includes(i) ? 1 : n));
      return call.attrs['keepDims'] === true ? { ...y, shape: kept } : y;
    },
  };
}

export const reductions = [
  reduce('Sum', { native: 'Sum', scalars: [0] }),
  reduce('Mean', { native: 'Sum', scalars: [1] }),
  reduce('Max', { native: 'Max', scalars: [] }),
  reduce('Min', { native: 'Min', scalars: [] }),
];
