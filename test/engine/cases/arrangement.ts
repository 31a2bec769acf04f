/** Ops that move values without changing them: slices, joins, padding, transposes, gathers, reshapes. */
import { tf } from 'iekd/dist/engine/tf';
import { type KernelCase, of, shapeText } from './types';

function slice(shape: readonly number[], begin: number[], size: number[]): KernelCase {
  return {
    name: `slice ${shapeText(shape)} from ${begin}, ${size}`,
    kernels: ['Slice', 'PadV2'],
    inputs: [of(shape)],
    run: (x) => tf.slice(x as tf.Tensor, begin, size),
  };
}

function concat(shapes: readonly (readonly number[])[], axis: number): KernelCase {
  return {
    name: `concat ${shapes.map(shapeText).join(' + ')} on ${axis}`,
    kernels: ['Concat', 'SplitV'],
    inputs: shapes.map((shape) => of(shape)),
    run: (...xs) => tf.concat(xs, axis),
  };
}

function pad(shape: readonly number[], paddings: [number, number][], value = 0): KernelCase {
  return {
    name: `pad ${shapeText(shape)} by ${JSON.stringify(paddings)}, ${value}`,
    kernels: ['PadV2', 'Slice'],
    inputs: [of(shape)],
    run: (x) => tf.pad(x as tf.Tensor, paddings, value),
  };
}

function transpose(shape: readonly number[], order: number[]): KernelCase {
  return {
    name: `transpose ${shapeText(shape)} to ${order}`,
    kernels: ['Transpose'],
    inputs: [of(shape)],
    run: (x) => tf.transpose(x as tf.Tensor, order),
  };
}

function gather(shape: readonly number[], count: number, axis: number): KernelCase {
  return {
    name: `gather ${count} of ${shapeText(shape)} on ${axis}`,
    kernels: ['GatherV2', 'UnsortedSegmentSum'],
    inputs: [of(shape), of([count], 'int', shape[axis] ?? 0)],
    run: (x, i) => tf.gather(x as tf.Tensor, i as tf.Tensor1D, axis),
  };
}

const others: readonly KernelCase[] = [
  {
    name: 'stridedSlice 5x7 by 2 and 3',
    kernels: ['StridedSlice'],
    inputs: [of([5, 7])],
    run: (x) => tf.stridedSlice(x as tf.Tensor, [0, 1], [5, 7], [2, 3]),
    differentiate: [],
  },
  {
    name: 'unsortedSegmentSum 7x5 to 4',
    kernels: ['UnsortedSegmentSum'],
    inputs: [of([7, 5]), of([7], 'int', 4)],
    run: (x, ids) => tf.unsortedSegmentSum(x as tf.Tensor2D, ids as tf.Tensor1D, 4),
  },
  {
    name: 'oneHot 6 of 10',
    kernels: ['OneHot'],
    inputs: [of([6], 'int', 10)],
    run: (labels) => tf.oneHot(labels as tf.Tensor1D, 10),
  },
  {
    name: 'oneHot 6 of 10, 0.91 and 0.01',
    kernels: ['OneHot'],
    inputs: [of([6], 'int', 12)],
    run: (labels) => tf.oneHot(labels as tf.Tensor1D, 10, 0.91, 0.01, 'float32'),
  },
  {
    name: 'tile 2x3x4x5 by 2, 1, 3, 2',
    kernels: ['Tile'],
    inputs: [of([2, 3, 4, 5])],
    run: (x) => tf.tile(x as tf.Tensor4D, [2, 1, 3, 2]),
  },
  {
    name: 'broadcastTo 2x1x3x1 to 4x2x5x3x6',
    kernels: ['Tile'],
    inputs: [of([2, 1, 3, 1])],
    run: (x) => tf.broadcastTo(x as tf.Tensor, [4, 2, 5, 3, 6]),
    differentiate: [],
  },
  { name: 'tile 2x3 by 2, 3', kernels: ['Tile'], inputs: [of([2, 3])], run: (x) => tf.tile(x as tf.Tensor2D, [2, 3]) },
  { name: 'reverse 3x5 on 1', kernels: ['Reverse'], inputs: [of([3, 5])], run: (x) => tf.reverse(x as tf.Tensor2D, 1) },
  { name: 'stack of three 2x3', kernels: ['Pack'], inputs: [of([2, 3]), of([2, 3]), of([2, 3])], run: (...xs) => tf.stack(xs) },
  { name: 'stack of two 2x3', kernels: ['Pack'], inputs: [of([2, 3]), of([2, 3])], run: (...xs) => tf.stack(xs, 1) },
  {
    name: 'stack of three scalars',
    kernels: ['Pack', 'Unpack'],
    inputs: [of([]), of([]), of([])],
    run: (...xs) => tf.stack(xs),
  },
  {
    name: 'stack of three 4x3x5, last',
    kernels: ['Pack', 'Unpack'],
    inputs: [of([4, 3, 5]), of([4, 3, 5]), of([4, 3, 5])],
    run: (...xs) => tf.stack(xs, 3),
  },
  {
    name: 'unstack 3x4x5 on 1',
    kernels: ['Unpack', 'Pack'],
    inputs: [of([3, 4, 5])],
    run: (x) => tf.unstack(x as tf.Tensor, 1),
  },
  {
    name: 'split 2x3x3x9 on 3 in 2, 3 and 4',
    kernels: ['SplitV', 'Concat'],
    inputs: [of([2, 3, 3, 9])],
    run: (x) => tf.split(x as tf.Tensor, [2, 3, 4], 3),
  },
  { name: 'unstack 3x4', kernels: ['Unpack'], inputs: [of([3, 4])], run: (x) => tf.unstack(x as tf.Tensor, 0) },
  { name: 'split 2x6 in three', kernels: ['SplitV', 'Concat'], inputs: [of([2, 6])], run: (x) => tf.split(x as tf.Tensor, 3, 1) },
  { name: 'reshape 2x6 to 3x4', kernels: ['Reshape'], inputs: [of([2, 6])], run: (x) => tf.reshape(x as tf.Tensor, [3, 4]) },
  {
    name: 'cast of int32, 3x4',
    kernels: ['Cast'],
    inputs: [of([3, 4], 'int', 5)],
    run: (x) => tf.cast(x as tf.Tensor, 'float32'),
  },
  {
    name: 'cast of bool, 3x4x5',
    kernels: ['Cast'],
    inputs: [of([3, 4, 5], 'bool')],
    run: (x) => tf.cast(x as tf.Tensor, 'float32'),
  },
  {
    name: 'cast to int32, 3x4',
    kernels: ['Cast'],
    inputs: [of([3, 4])],
    run: (x) => tf.cast(tf.mul(x as tf.Tensor, 4), 'int32'),
    differentiate: [],
  },
  {
    name: 'channel shuffle 2x3x3x34 in two groups',
    kernels: ['Transpose'],
    inputs: [of([2, 3, 3, 34])],
    run: (x) => tf.reshape(tf.transpose(tf.reshape(x as tf.Tensor, [2, 3, 3, 2, 17]), [0, 1, 2, 4, 3]), [2, 3, 3, 34]),
  },
  {
    name: 'gather of 2x3 positions, 4x5x6 on 1',
    kernels: ['GatherV2', 'UnsortedSegmentSum'],
    inputs: [of([4, 5, 6]), of([2, 3], 'int', 5)],
    run: (x, i) => tf.gather(x as tf.Tensor, i as tf.Tensor2D, 1),
  },
  {
    name: 'resizeBilinear 1x4x4x3 to 7x3',
    kernels: ['ResizeBilinear'],
    inputs: [of([1, 4, 4, 3])],
    run: (x) => tf.image.resizeBilinear(x as tf.Tensor4D, [7, 3]),
    differentiate: [],
  },
];

export const arrangementCases: readonly KernelCase[] = [
  slice([7], [2], [4]),
  slice([5, 7], [1, 2], [3, 4]),
  slice([5, 7], [0, 0], [5, 7]),
  slice([2, 6, 6, 3], [0, 1, 1, 0], [2, 4, 4, 3]),
  slice([2, 3, 3, 17], [0, 0, 0, 9], [2, 3, 3, 8]),
  concat([[3], [4]], 0),
  concat(
    [
      [2, 3, 3, 5],
      [2, 3, 3, 11],
    ],
    3,
  ),
  concat(
    [
      [2, 3],
      [1, 3],
      [4, 3],
    ],
    0,
  ),
  concat(
    [
      [2, 1],
      [2, 5],
      [2, 1],
    ],
    1,
  ),
  pad([5], [[1, 2]]),
  pad(
    [2, 4, 4, 3],
    [
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ],
  ),
  pad(
    [2, 3, 3, 5],
    [
      [0, 0],
      [0, 0],
      [0, 0],
      [2, 4],
    ],
  ),
  pad(
    [3, 4],
    [
      [1, 0],
      [0, 2],
    ],
    0.5,
  ),
  transpose([5, 7], [1, 0]),
  transpose([3, 4, 5], [2, 0, 1]),
  transpose([2, 3, 4, 5], [3, 1, 2, 0]),
  transpose([2, 3, 4, 5], [0, 3, 1, 2]),
  transpose([1, 17, 1, 3], [2, 1, 3, 0]),
  transpose([2, 37, 19], [0, 2, 1]),
  transpose([41, 35], [1, 0]),
  transpose([3, 2, 17, 18], [1, 3, 0, 2]),
  transpose([2, 3, 4, 5], [0, 1, 2, 3]),
  transpose([2, 3, 2, 3, 2, 3], [5, 0, 3, 1, 4, 2]),
  gather([5, 7], 4, 0),
  gather([2, 3, 3, 17], 9, 3),
  gather([4, 5, 6], 7, 1),
  gather([6], 3, 0),
  ...others,
];
