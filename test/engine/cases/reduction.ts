/** Reductions over axes, pooling, softmax, inference batch norm. */
import { tf } from 'iekd/dist/engine/tf';
import { type InputKind, type KernelCase, of, shapeText } from './types';

type Reduce = (x: tf.Tensor, axes: number[] | undefined, keep: boolean) => tf.Tensor;

/** Shapes with axes to reduce; none: all. */
const AXES: readonly (readonly [readonly number[], readonly number[] | undefined])[] = [
  [[2, 3, 4, 5], undefined],
  [
    [2, 3, 4, 5],
    [0, 1, 2],
  ],
  [
    [2, 3, 4, 17],
    [1, 2],
  ],
  [[4, 17], [1]],
  [[4, 17], [0]],
  [[4, 17], [-1]],
  [
    [3, 4, 5],
    [0, 2],
  ],
  [
    [2, 3, 4, 5],
    [0, 2],
  ],
  [
    [2, 3, 4, 5],
    [3, 1],
  ],
  [
    [2, 3, 4, 5, 2],
    [0, 1, 3],
  ],
  [[3, 4, 5], [1]],
  [[1], [0]],
  [[], undefined],
  [[2, 1, 3], [1]],
  [[1037], undefined],
];

const REDUCE: readonly (readonly [string, Reduce, InputKind])[] = [
  ['Sum', tf.sum, 'normal'],
  ['Mean', tf.mean, 'normal'],
  ['Max', tf.max, 'distinct'],
  ['Min', tf.min, 'distinct'],
];

function reduce([kernel, op, kind]: (typeof REDUCE)[number]): KernelCase[] {
  return AXES.flatMap(([shape, axes]) =>
    [false, true].map((keep) => ({
      name: `${kernel} ${shapeText(shape)} over ${axes ?? 'all'}${keep ? ', kept' : ''}`,
      kernels: [kernel],
      inputs: [of(shape, kind)],
      run: (x?: tf.Tensor) => op(x as tf.Tensor, axes && [...axes], keep),
    })),
  );
}

type Shape4 = readonly [number, number, number, number];
type Pool = readonly [Shape4, number | [number, number], number | [number, number], 'same' | 'valid' | number];
const POOLS: readonly Pool[] = [
  [[2, 8, 8, 16], 2, 2, 'valid'],
  [[2, 7, 7, 3], 2, 2, 'valid'],
  [[2, 7, 5, 3], 3, 2, 'same'],
  [[1, 6, 6, 17], 3, 1, 'same'],
  [[1, 6, 6, 5], 3, 1, 'valid'],
  [[3, 4, 4, 2], 4, 4, 'valid'],
  [[1, 5, 4, 1], [2, 3], [1, 2], 'valid'],
  [[2, 5, 5, 4], 1, 1, 'valid'],
  [[2, 6, 6, 3], 3, 2, 1],
];

function pool([shape, window, stride, pad]: Pool): KernelCase[] {
  const label = `${shapeText(shape)}, window ${window}, stride ${stride}, pad ${pad}`;
  return [
    {
      name: `maxPool ${label}`,
      kernels: ['MaxPool', 'MaxPoolGrad'],
      inputs: [of(shape, 'distinct')],
      run: (x) => tf.maxPool(x as tf.Tensor4D, window, stride, pad),
    },
    {
      name: `avgPool ${label}`,
      kernels: ['AvgPool', 'AvgPoolGrad'],
      inputs: [of(shape)],
      run: (x) => tf.avgPool(x as tf.Tensor4D, window, stride, pad),
    },
  ];
}

function softmaxes(shape: readonly number[]): KernelCase[] {
  return [
    { name: `softmax ${shapeText(shape)}`, kernels: ['Softmax'], inputs: [of(shape)], run: (x) => tf.softmax(x as tf.Tensor) },
    {
      name: `logSoftmax ${shapeText(shape)}`,
      kernels: ['LogSoftmax'],
      inputs: [of(shape)],
      run: (x) => tf.logSoftmax(x as tf.Tensor),
    },
    {
      name: `softmax of large logits ${shapeText(shape)}`,
      kernels: ['Softmax', 'LogSoftmax'],
      inputs: [of(shape)],
      run: (x) => [tf.softmax(tf.mul(x as tf.Tensor, 300)), tf.logSoftmax(tf.mul(x as tf.Tensor, 300))],
      differentiate: [],
    },
  ];
}

const norms: readonly KernelCase[] = [
  [2, 3, 3, 5],
  [1, 1, 1, 17],
  [4, 2, 3, 16],
].map((shape) => {
  const channels = [shape[3] ?? 0];
  return {
    name: `batchNorm4d ${shapeText(shape)}`,
    kernels: ['FusedBatchNorm'],
    inputs: [of(shape), of(channels), of(channels, 'positive'), of(channels), of(channels)],
    run: (...[x, mean, variance, beta, gamma]: tf.Tensor[]) =>
      tf.batchNorm4d(
        x as tf.Tensor4D,
        mean as tf.Tensor1D,
        variance as tf.Tensor1D,
        beta as tf.Tensor1D,
        gamma as tf.Tensor1D,
        1e-5,
      ),
  };
});

const others: readonly KernelCase[] = [
  {
    name: 'moments 2x3x4x5 over 0,1,2',
    kernels: ['Mean', 'SquaredDifference'],
    inputs: [of([2, 3, 4, 5])],
    run: (x) => {
      const { mean, variance } = tf.moments(x as tf.Tensor, [0, 1, 2]);
      return [mean, variance];
    },
  },
  {
    name: 'argMax 4x17',
    kernels: ['ArgMax'],
    inputs: [of([4, 17])],
    run: (x) => tf.argMax(x as tf.Tensor, 1),
    differentiate: [],
  },
  { name: 'cumsum 3x5', kernels: ['Cumsum'], inputs: [of([3, 5])], run: (x) => tf.cumsum(x as tf.Tensor, 1) },
  {
    name: 'topk 4x17, 5',
    kernels: ['TopK'],
    inputs: [of([4, 17], 'distinct')],
    run: (x) => {
      const { values, indices } = tf.topk(x as tf.Tensor, 5);
      return [values, indices];
    },
    differentiate: [],
  },
];

export const reductionCases: readonly KernelCase[] = [
  ...REDUCE.flatMap(reduce),
  ...POOLS.flatMap(pool),
  ...[
    [4, 10],
    [1, 1],
    [3, 17],
    [2, 3, 5],
  ].flatMap(softmaxes),
  ...norms,
  ...others,
];
