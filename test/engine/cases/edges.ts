/**
 * What lies at the edges of a kernel: NaN and infinities, integers and truth values, complex numbers and strings, tensors of nothing,
 * windows beyond the map. Each with its value, which is tfjs's own unless a row says otherwise.
 */
import { tf } from 'iekd/dist/engine/tf';

export interface EdgeCase {
  readonly name: string;
  readonly run: () => tf.Tensor;
  readonly dtype: tf.DataType;
  readonly values: readonly (number | string)[];
}

type Row = readonly [name: string, run: () => tf.Tensor, values: readonly (number | string)[], dtype?: tf.DataType];

const INF = Number.POSITIVE_INFINITY;

const floats = (...values: number[]): tf.Tensor1D => tf.tensor1d(values, 'float32');
const ints = (...values: number[]): tf.Tensor1D => tf.tensor1d(values, 'int32');
const bools = (...values: number[]): tf.Tensor1D => tf.tensor1d(values, 'bool');
const map = (values: number[], size: number): tf.Tensor4D => tf.tensor4d(values, [1, size, size, 1]);
const filter = (size: number): tf.Tensor4D => tf.ones([size, size, 1, 1]);

const notFinite: readonly Row[] = [
  ['sign', () => tf.sign(floats(Number.NaN, -0, 1e-6, -1e-6, INF)), [0, 0, 1, -1, 1]],
  ['relu', () => tf.relu(floats(Number.NaN, -1, 2, INF)), [Number.NaN, 0, 2, INF]],
  ['relu6', () => tf.relu6(floats(Number.NaN, -1, 3, INF)), [Number.NaN, 0, 3, 6]],
  ['clip', () => tf.clipByValue(floats(Number.NaN, INF, -INF, 0.5), -1, 2), [Number.NaN, 2, -1, 0.5]],
  ['clip by infinity', () => tf.clipByValue(floats(Number.NaN, 3, -3), -INF, 0), [Number.NaN, 0, -3]],
  ['maximum', () => tf.maximum(floats(Number.NaN, 1, -INF), floats(1, Number.NaN, 2)), [Number.NaN, Number.NaN, 2]],
  ['minimum', () => tf.minimum(floats(Number.NaN, 1, INF), floats(1, Number.NaN, 2)), [Number.NaN, Number.NaN, 2]],
  [
    'maximum with a column',
    () => tf.maximum(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor2d([Number.NaN, 3], [2, 1])),
    [Number.NaN, Number.NaN, 3, 4],
  ],
  ['power', () => tf.pow(floats(1, 1, -1, 2), floats(Number.NaN, INF, INF, INF)), [Number.NaN, Number.NaN, Number.NaN, INF]],
  ['mean', () => tf.mean(floats(Number.NaN, 1, 2)), [Number.NaN]],
  ['average pool', () => tf.avgPool(map([Number.NaN, 1, 2, 3], 2), 2, 1, 'valid'), [Number.NaN]],
  ['average pool of −∞', () => tf.avgPool(map([-INF, 1, 2, 3], 2), 2, 1, 'valid'), [-INF]],
  // tfjs leaves NaN out of a maximum: 3.
  ['max pool', () => tf.maxPool(map([Number.NaN, 1, 2, 3], 2), 2, 1, 'valid'), [Number.NaN]],
  ['max pool of NaN at the end', () => tf.maxPool(map([3, 1, 2, Number.NaN], 2), 2, 1, 'valid'), [Number.NaN]],
  ...(['linear', 'relu', 'relu6', 'elu'] as const).map(
    (activation): Row => [
      `fused convolution, ${activation}`,
      () =>
        tf.fused.conv2d({ x: map([Number.NaN, 1, 2, 3], 2), filter: filter(1), strides: 1, pad: 0, bias: floats(1), activation }),
      [Number.NaN, 2, 3, 4],
    ],
  ),
  [
    'fused matrix product, relu6',
    () => tf.fused.matMul({ a: tf.tensor2d([Number.NaN, 1], [2, 1]), b: tf.ones([1, 1]), activation: 'relu6' }),
    [Number.NaN, 1],
  ],
];

const windows: readonly Row[] = [
  [
    'max pool beyond the map',
    () => tf.maxPool(map([1, 2, 3, 4], 2), 2, 2, 2),
    [-INF, -INF, -INF, -INF, 4, -INF, -INF, -INF, -INF],
  ],
  [
    'average pool beyond the map',
    () => tf.avgPool(map([1, 2, 3, 4], 2), 2, 2, 2),
    [Number.NaN, Number.NaN, Number.NaN, Number.NaN, 2.5, Number.NaN, Number.NaN, Number.NaN, Number.NaN],
  ],
  ['max pool of one place', () => tf.maxPool(map([1, 2, 3, 4], 2), 1, 2, 1), [1, 2, 3, 4]],
  ['average pool of one place', () => tf.avgPool(map([1, 2, 3, 4], 2), 1, 2, 1), [1, 2, 3, 4]],
  [
    'gradient of a max pool of one place',
    () => tf.grad((x) => tf.maxPool(x as tf.Tensor4D, 1, 2, 1))(map([1, 2, 3, 4], 2), map([5, 6, 7, 8], 2)),
    [5, 6, 7, 8],
  ],
  [
    'transposed convolution into a smaller map',
    () =>
      tf.conv2dTranspose(
        map(
          Array.from({ length: 16 }, (_, i) => i),
          4,
        ),
        filter(2),
        [1, 2, 2, 1],
        1,
        'same',
      ),
    [0, 1, 4, 10],
  ],
  [
    'convolution, channels first',
    () => tf.conv2d(tf.tensor4d([1, 2, 3, 4], [1, 1, 2, 2]), filter(2), 1, 'same', 'NCHW'),
    [10, 6, 7, 4],
  ],
  [
    'fused convolution with a scalar bias',
    () => tf.fused.conv2d({ x: map([1, 2, 3, 4], 2), filter: filter(1), strides: 1, pad: 0, bias: tf.scalar(-2) as never }),
    [-1, 0, 1, 2],
  ],
  [
    'slopes of a parametric rectifier by row',
    () => tf.prelu(tf.tensor2d([1, 1, -1, -1], [2, 2]), tf.tensor2d([5, 7], [2, 1])),
    [1, 1, -7, -7],
  ],
];

const types: readonly Row[] = [
  ['float to bool', () => tf.cast(floats(0, 0.5, Number.NaN, 256), 'bool'), [0, 1, 1, 1], 'bool'],
  ['int to bool', () => tf.cast(ints(0, 256, -1), 'bool'), [0, 1, 1], 'bool'],
  ['float to int', () => tf.cast(floats(1.9, -1.9, 300), 'int32'), [1, -1, 300], 'int32'],
  ['bool to float', () => tf.cast(bools(0, 1, 1), 'float32'), [0, 1, 1]],
  ['reverse of bools', () => tf.reverse(bools(0, 1, 1, 0, 0)), [0, 0, 1, 1, 0], 'bool'],
  ['tile of bools', () => tf.tile(bools(0, 1, 1), [2]), [0, 1, 1, 0, 1, 1], 'bool'],
  ['pad of bools', () => tf.pad(bools(1, 1, 1), [[1, 2]]), [0, 1, 1, 1, 0, 0], 'bool'],
  ['gather of bools', () => tf.gather(bools(0, 1, 0), ints(1, 1, 2)), [1, 1, 0], 'bool'],
  ['transpose of bools', () => tf.transpose(tf.tensor2d([0, 1, 1, 0, 0, 1], [2, 3], 'bool')), [0, 0, 1, 0, 1, 1], 'bool'],
  ['choice of integers', () => tf.where(bools(0, 1, 0), ints(1, 2, 3), ints(4, 5, 6)), [4, 2, 6], 'int32'],
  ['choice of bools', () => tf.where(bools(0, 1, 0), bools(1, 1, 1), bools(0, 0, 1)), [0, 1, 1], 'bool'],
  ['float and bool', () => tf.add(floats(1, 2, 3), bools(0, 1, 1)), [1, 3, 4]],
  ['int and bool', () => tf.mul(ints(5, 6, 7), bools(0, 1, 1)), [0, 6, 7], 'int32'],
  ['large integers', () => tf.add(ints(16777217, 1), ints(1, 1)), [16777218, 2], 'int32'],
  ['equal integers', () => tf.equal(ints(16777217, 1), ints(16777216, 1)), [0, 1], 'bool'],
  ['largest integer', () => tf.max(ints(-5, 16777217, 3)), [16777217], 'int32'],
  ['sum of bools', () => tf.sum(bools(1, 1, 0, 1)), [3], 'int32'],
  ['product of integer matrices', () => tf.matMul(tf.ones([1, 2], 'int32'), tf.ones([2, 1], 'int32')), [2], 'int32'],
  ['integer clip', () => tf.clipByValue(ints(-3, 5, 9), 0, 7), [0, 5, 7], 'int32'],
  ['sums along integers', () => tf.cumsum(ints(1, 2, 3)), [1, 3, 6], 'int32'],
  ['whole part of a quotient', () => tf.floorDiv(floats(7, -7), floats(2, 2)), [3, -4], 'int32'],
  ['complex sum', () => tf.add(tf.complex([1, 2], [3, 4]), tf.complex([10, 20], [30, 40])), [11, 33, 22, 44], 'complex64'],
  ['Fourier transform', () => tf.spectral.rfft(floats(1, 2, 3, 4)), [10, 0, -2, 2, -2, 0], 'complex64'],
  ['size of complex numbers', () => tf.abs(tf.complex([3], [4])), [5]],
  ['strings', () => tf.concat([tf.tensor1d(['a', 'b']), tf.tensor1d(['c'])]), ['a', 'b', 'c'], 'string'],
  ['equal strings', () => tf.equal(tf.tensor1d(['a', 'b']), tf.tensor1d(['a', 'c'])), [1, 0], 'bool'],
];

const nothing: readonly Row[] = [
  ['sum over no rows', () => tf.sum(tf.zeros([0, 3]), 0), [0, 0, 0]],
  ['softmax of no rows', () => tf.softmax(tf.zeros([0, 3])), []],
  ['product over no columns', () => tf.matMul(tf.zeros([2, 0]), tf.zeros([0, 2])), [0, 0, 0, 0]],
  ['join with nothing', () => tf.concat([tf.zeros([0, 2]), tf.ones([1, 2])]), [1, 1]],
  ['gather of nothing', () => tf.gather(floats(1, 2), tf.tensor1d([], 'int32')), []],
  ['sums along nothing', () => tf.cumsum(floats()), []],
  ['error function of nothing', () => tf.erf(tf.zeros([0, 3])), []],
  ['convolution of no images', () => tf.conv2d(tf.zeros<tf.Rank.R4>([0, 4, 4, 1]), filter(3), 1, 'same'), []],
];

const named = (group: string, rows: readonly Row[]): EdgeCase[] =>
  rows.map(([name, run, values, dtype = 'float32']) => ({ name: `${group}: ${name}`, run, values, dtype }));

export const edgeCases: readonly EdgeCase[] = [
  ...named('not finite', notFinite),
  ...named('windows', windows),
  ...named('types', types),
  ...named('nothing', nothing),
];
