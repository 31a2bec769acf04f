/** Choices: of two tensors element by element, of positions along an axis, and the sum over segments that is a choice's gradient. */
import { tf } from '../../tf';
import { bytesOf } from './relational';
import { input, isDense, type NativeCall, type NativeKernel } from './types';

/** The values of an int32 tensor; undefined for other tensors. */
function intsOf(call: NativeCall, x: tf.TensorInfo): Int32Array | undefined {
  const { values } = call.backend.data.get(x.dataId);
  return x.dtype === 'int32' && values instanceof Int32Array ? values : undefined;
}

const select: NativeKernel = {
  name: 'Select',
  uses: ['Select'],
  run(call) {
    const [condition, t, e] = [input(call, 'condition'), input(call, 't'), input(call, 'e')];
    const bytes = bytesOf(call, condition);
    const equalShapes = [t, e].every(({ shape }) => tf.util.arraysEqual(shape, condition.shape));
    if (!bytes || !equalShapes || !isDense(t, e)) return undefined;
    const { info, values } = call.backend.output(t.shape);
    call.native('Select')(values.length, bytes, call.backend.floats(t), call.backend.floats(e), values);
    return info;
  },
};

const gather: NativeKernel = {
  name: 'GatherV2',
  uses: ['Gather'],
  run(call) {
    const [x, indices] = [input(call, 'x'), input(call, 'indices')];
    const axis = tf.util.parseAxisParam(call.attrs['axis'] as number, x.shape)[0] as number;
    const [chosen, length] = [intsOf(call, indices), x.shape[axis] as number];
    // The plain kernel has the error for a position outside, and batches of choices.
    const inside = chosen?.length && chosen.every((position) => position >= 0 && position < length);
    if (!inside || call.attrs['batchDims'] || !isDense(x)) return undefined;
    const [before, after] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)];
    const { info, values } = call.backend.output([...before, ...indices.shape, ...after]);
    const [outer, inner] = [before, after].map((shape) => tf.util.sizeFromShape(shape));
    call.native('Gather')(outer, length, inner, chosen.length, chosen, call.backend.floats(x), values);
    return info;
  },
};

const segmentSum: NativeKernel = {
  name: 'UnsortedSegmentSum',
  uses: ['SegmentSum'],
  run(call) {
    const [x, ids] = [input(call, 'x'), input(call, 'segmentIds')];
    const segments = call.attrs['numSegments'] as number;
    const segmentOf = intsOf(call, ids);
    if (!segmentOf?.length || segments === 0 || !isDense(x)) return undefined;
    const rest = x.shape.slice(ids.shape.length);
    const { info, values } = call.backend.output([segments, ...rest]);
    const inner = tf.util.sizeFromShape(rest);
    call.native('SegmentSum')(segmentOf.length, inner, segments, segmentOf, call.backend.floats(x), values);
    return info;
  },
};

export const selections: readonly NativeKernel[] = [select, gather, segmentSum];
