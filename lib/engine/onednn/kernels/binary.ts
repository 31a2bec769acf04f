/** Elementwise functions of two tensors with the broadcasts that training uses: full, row, column and scalar. */
import { sameShape } from '../../../util/check';
import { tf } from '../../tf';
import { inFull } from './broadcast';
import { input, isDense, type NativeCall, type NativeKernel } from './types';

/** Whether an operand varies along the outer and the inner part of the output. */
type Axes = readonly [outer: boolean, inner: boolean];

interface Grid {
  readonly outer: number;
  readonly inner: number;
  readonly a: Axes;
  readonly b: Axes;
}

/** Which of the output's axes (left-padded) an operand really has: true, false, or undefined where the axis has length 1. */
function varying(shape: readonly number[], out: readonly number[]): (boolean | undefined)[] {
  return out.map((n, i) => (n === 1 ? undefined : (shape[i - out.length + shape.length] ?? 1) === n));
}

/** One flag for a run of axes; undefined when they disagree. An all-ones run counts as varying. */
function uniform(flags: readonly (boolean | undefined)[]): boolean | undefined {
  const known = flags.filter((f) => f !== undefined);
  return known.every((f) => f === known[0]) ? (known[0] ?? true) : undefined;
}

/** Cuts the output's axes in two so that each operand is full, a row, a column or a scalar; undefined where no cut does. */
export function gridOf(a: readonly number[], b: readonly number[], out: readonly number[]): Grid | undefined {
  const [va, vb] = [varying(a, out), varying(b, out)];
  for (let cut = 0; cut < Math.max(1, out.length); cut++) {
    const flags = [va.slice(0, cut), va.slice(cut), vb.slice(0, cut), vb.slice(cut)].map(uniform);
    if (flags.includes(undefined)) continue;
    const [aOuter, aInner, bOuter, bInner] = flags as [boolean, boolean, boolean, boolean];
    const outer = tf.util.sizeFromShape(out.slice(0, cut));
    return { outer, inner: tf.util.sizeFromShape(out.slice(cut)), a: [aOuter, aInner], b: [bOuter, bInner] };
  }
  return undefined;
}

function binary(name: string): NativeKernel {
  return {
    name,
    uses: [name, 'Copy'],
    run(call) {
      const [a, b] = [input(call, 'a'), input(call, 'b')];
      if (!isDense(a, b)) return undefined;
      const shape = tf.backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
      const grid = gridOf(a.shape, b.shape, shape);
      if (!grid) return inFull(call, name, [a, b], call.backend.output(shape));
      const { info, values } = call.backend.output(shape);
      const axes = [...grid.a, ...grid.b].map(Number);
      call.native(name)(grid.outer, grid.inner, ...axes, call.backend.floats(a), call.backend.floats(b), values);
      return info;
    },
  };
}

/** Two maps of one shape, as they are kept: where two gradients of a map meet. */
function addMaps(call: NativeCall, a: tf.TensorInfo, b: tf.TensorInfo): tf.TensorInfo {
  const { values, output } = call.backend.sameLayout([a, b], a.shape);
  call.native('AddMaps')(tf.util.sizeFromShape(a.shape), ...values, output.values);
  return output.info;
}

const add = binary('Add');

export const binaries: readonly NativeKernel[] = [
  {
    ...add,
    uses: [...add.uses, 'AddMaps'],
    run(call) {
      const [a, b] = [input(call, 'a'), input(call, 'b')];
      return isDense(a, b) && sameShape(a.shape, b.shape) ? addMaps(call, a, b) : add.run(call);
    },
  },
  ...['Sub', 'Multiply', 'RealDiv', 'Maximum', 'Minimum', 'SquaredDifference', 'Pow'].map(binary),
];
