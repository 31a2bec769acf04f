/** Transposes, slices, margins and repetitions: copies along axes. */
import { tf } from '../../tf';
import { type CopyAxis, copy, stridesOf } from './copy';
import { input, isDense, type NativeCall, type NativeKernel } from './types';

/** Copies x into a new tensor of `shape`. */
function arranged(call: NativeCall, x: tf.TensorInfo, shape: number[], axes: readonly CopyAxis[], from = 0) {
  const { info, values } = call.backend.output(shape);
  if (copy(call, { x: call.backend.floats(x), y: values, axes, from })) return info;
  call.backend.disposeData(info.dataId);
  return undefined;
}

const transpose: NativeKernel = {
  name: 'Transpose',
  uses: ['Copy'],
  run(call) {
    const x = input(call, 'x');
    if (!isDense(x)) return undefined;
    const order = call.attrs['perm'] as number[];
    const shape = order.map((axis) => x.shape[axis] as number);
    const [from, to] = [stridesOf(x.shape), stridesOf(shape)];
    const axes = shape.map((length, i) => ({ length, from: from[order[i] as number] as number, to: to[i] as number }));
    return arranged(call, x, shape, axes);
  },
};

const slice: NativeKernel = {
  name: 'Slice',
  uses: ['Copy'],
  run(call) {
    const x = input(call, 'x');
    const { begin, size } = call.attrs as { begin: number[]; size: number[] };
    const [first, shape] = tf.slice_util.parseSliceParams(x as tf.Tensor, begin, size) as [number[], number[]];
    tf.slice_util.assertParamsValid(x, first, shape);
    if (!isDense(x) || shape.includes(0)) return undefined;
    const [from, to] = [stridesOf(x.shape), stridesOf(shape)];
    const axes = shape.map((length, i) => ({ length, from: from[i] as number, to: to[i] as number }));
    const start = first.reduce((sum, position, i) => sum + position * (from[i] as number), 0);
    return arranged(call, x, shape, axes, start);
  },
};

const pad: NativeKernel = {
  name: 'PadV2',
  uses: ['Copy', 'Fill'],
  run(call) {
    const x = input(call, 'x');
    const { paddings, constantValue } = call.attrs as { paddings: [number, number][]; constantValue: number };
    if (!isDense(x)) return undefined;
    const shape = x.shape.map((n, i) => n + (paddings[i]?.[0] ?? 0) + (paddings[i]?.[1] ?? 0));
    const { info, values } = call.backend.output(shape);
    call.native('Fill')(values.length, constantValue, values);
    const [from, to] = [stridesOf(x.shape), stridesOf(shape)];
    const axes = x.shape.map((length, i) => ({ length, from: from[i] as number, to: to[i] as number }));
    const start = to.reduce((sum, step, i) => sum + step * (paddings[i]?.[0] ?? 0), 0);
    copy(call, { x: call.backend.floats(x), y: values, axes, to: start });
    return info;
  },
};

const tile: NativeKernel = {
  name: 'Tile',
  uses: ['Copy'],
  run(call) {
    const x = input(call, 'x');
    const reps = call.attrs['reps'] as number[];
    const shape = x.shape.map((n, i) => n * (reps[i] as number));
    if (!isDense(x) || shape.includes(0)) return undefined;
    const [from, to] = [stridesOf(x.shape), stridesOf(shape)];
    const axes = x.shape.flatMap((length, i) => [
      { length: reps[i] as number, from: 0, to: length * (to[i] as number) },
      { length, from: from[i] as number, to: to[i] as number },
    ]);
    return arranged(call, x, shape, axes);
  },
};

export const arrangements: readonly NativeKernel[] = [transpose, slice, pad, tile];
