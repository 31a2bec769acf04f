/** Joining tensors along an axis and cutting them apart: each part is a column of widths in the whole, seen as [outer, width]. */
import { tf } from '../../tf';
import { type CopyAxis, copy } from './copy';
import { input, isDense, type NativeCall, type NativeKernel } from './types';

/** All inputs, which tfjs numbers. */
const parts = (call: NativeCall): tf.TensorInfo[] => Object.keys(call.inputs).map((name) => input(call, name));

/** Elements of the axes before `axis`, and of the others. */
function widthAt(shape: readonly number[], axis: number): { outer: number; width: number } {
  const [outer, width] = [shape.slice(0, axis), shape.slice(axis)].map((part) => tf.util.sizeFromShape(part));
  return { outer: outer as number, width: width as number };
}

/** A block of `outer` rows of `width` neighbours each, the rows so far apart in either array. */
function block(outer: number, width: number, from: number, to: number): CopyAxis[] {
  return [
    { length: outer, from, to },
    { length: width, from: 1, to: 1 },
  ];
}

/** Joins the parts at `axis` of the whole, whose shape is given. */
function joined(call: NativeCall, from: readonly tf.TensorInfo[], shape: number[], axis: number): tf.TensorInfo {
  const { info, values } = call.backend.output(shape);
  const { outer, width: whole } = widthAt(shape, axis);
  let to = 0;
  for (const part of from) {
    const x = call.backend.floats(part);
    const width = x.length / outer;
    copy(call, { x, y: values, axes: block(outer, width, width, whole), to });
    to += width;
  }
  return info;
}

/** The parts of `value`, cut at `axis`, of the shapes that they are to have. */
function cut(call: NativeCall, value: tf.TensorInfo, shapes: readonly number[][], axis: number): tf.TensorInfo[] {
  const x = call.backend.floats(value);
  const { outer, width: whole } = widthAt(value.shape, axis);
  let from = 0;
  return shapes.map((shape) => {
    const { info, values } = call.backend.output(shape);
    const width = values.length / outer;
    copy(call, { x, y: values, axes: block(outer, width, whole, width), from });
    from += width;
    return info;
  });
}

const axisOf = (call: NativeCall, shape: readonly number[]): number =>
  tf.util.parseAxisParam(call.attrs['axis'] as number, [...shape])[0] as number;

const concat: NativeKernel = {
  name: 'Concat',
  uses: ['Copy'],
  run(call) {
    const from = parts(call);
    const shapes = from.map((part) => part.shape);
    const axis = axisOf(call, shapes[0] ?? []);
    tf.backend_util.assertParamsConsistent(shapes, axis);
    return isDense(...from) ? joined(call, from, tf.backend_util.computeOutShape(shapes, axis), axis) : undefined;
  },
};

const pack: NativeKernel = {
  name: 'Pack',
  uses: ['Copy'],
  run(call) {
    const from = parts(call);
    const shape = from[0]?.shape ?? [];
    const axis = call.attrs['axis'] as number;
    if (axis < 0 || !isDense(...from) || !from.every((part) => tf.util.arraysEqual(part.shape, shape))) return undefined;
    return joined(call, from, [...shape.slice(0, axis), from.length, ...shape.slice(axis)], axis);
  },
};

const split: NativeKernel = {
  name: 'SplitV',
  uses: ['Copy'],
  run(call) {
    const x = input(call, 'x');
    const axis = axisOf(call, x.shape);
    const sizes = tf.backend_util.prepareSplitSize(x as tf.Tensor, call.attrs['numOrSizeSplits'] as number[], axis);
    if (!isDense(x) || sizes.includes(0)) return undefined;
    const shapes = sizes.map((size) => x.shape.map((n, i) => (i === axis ? size : n)));
    return cut(call, x, shapes, axis);
  },
};

const unpack: NativeKernel = {
  name: 'Unpack',
  uses: ['Copy'],
  run(call) {
    const value = input(call, 'value');
    const axis = axisOf(call, value.shape);
    if (!isDense(value)) return undefined;
    const shape = value.shape.filter((_, i) => i !== axis);
    return cut(
      call,
      value,
      Array.from({ length: value.shape[axis] as number }, () => shape),
      axis,
    );
  },
};

export const joins: readonly NativeKernel[] = [concat, pack, split, unpack];
