import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchNormTrain } from 'iekd/dist/engine/fused/batchNorm';
import { convBatchNormTrain } from 'iekd/dist/engine/fused/convBatchNorm';
import { dilatedConvolution } from 'iekd/dist/engine/fused/dilatedConvolution';
import { globalAveragePool } from 'iekd/dist/engine/fused/globalAveragePool';
import { leakyRelu } from 'iekd/dist/engine/fused/leakyRelu';
import { normalizeRows } from 'iekd/dist/engine/fused/normalizeRows';
import { selectChannels } from 'iekd/dist/engine/fused/selectChannels';
import { softmaxCrossEntropy } from 'iekd/dist/engine/fused/softmaxCrossEntropy';
import { onednn } from 'iekd/dist/engine/onednn';
import { tf } from 'iekd/dist/engine/tf';
import type { KernelCase } from '../cases/types';
import { compare, evaluate } from '../compare';

/** Large and odd enough that every thread gets a part, and parts end inside tiles and vectors. */
const rows: readonly Omit<KernelCase, 'kernels'>[] = [
  ...[3, 16, 17, 300].map(
    (c): Omit<KernelCase, 'kernels'> => ({
      name: `batch norm, residual and rectifier, ${c} channels over threads`,
      inputs: [{ shape: [3, 19, 23, c] }, { shape: [c], kind: 'positive' }, { shape: [c] }, { shape: [3, 19, 23, c] }],
      run: (x, gamma, beta, residual) =>
        batchNormTrain(x as tf.Tensor4D, gamma as tf.Tensor1D, beta as tf.Tensor1D, {
          slope: 0.1,
          residual: residual as tf.Tensor4D,
        }).y,
      tolerance: { relative: 1e-3, absolute: 1e-4 },
    }),
  ),
  {
    name: 'batch norm and rectifier, large mean',
    inputs: [{ shape: [4, 33, 31, 16] }, { shape: [16], kind: 'positive' }, { shape: [16] }],
    run: (x, gamma, beta) =>
      batchNormTrain(tf.add(x as tf.Tensor4D, 100), gamma as tf.Tensor1D, beta as tf.Tensor1D, { slope: 0 }).y,
    tolerance: { relative: 1e-3, absolute: 1e-3 },
  },
  {
    name: 'sum to a scalar',
    inputs: [{ shape: [41, 1009] }],
    run: (x) => tf.sum(x),
    tolerance: { relative: 1e-4, absolute: 1e-2 },
  },
  { name: 'mean over rows', inputs: [{ shape: [1009, 41] }], run: (x) => tf.mean(x, 0) },
  { name: 'mean over columns', inputs: [{ shape: [41, 1009] }], run: (x) => tf.mean(x, 1) },
  {
    name: 'row and column broadcasts',
    inputs: [{ shape: [211, 97] }, { shape: [97] }, { shape: [211, 1] }],
    run: (x, r, c) => tf.mul(tf.add(x, r), c),
  },
  { name: 'leaky rectifier', inputs: [{ shape: [20011] }], run: (x) => leakyRelu(x, 0.1) },
  { name: 'normalised rows', inputs: [{ shape: [13, 2048] }], run: (x) => normalizeRows(x as tf.Tensor2D) },
  { name: 'global average pool', inputs: [{ shape: [5, 17, 13, 31] }], run: (x) => globalAveragePool(x as tf.Tensor4D) },
  {
    name: 'chosen channels',
    inputs: [{ shape: [7, 11, 13, 31] }],
    run: (x) => selectChannels(x as tf.Tensor4D, [30, 2, 7, 0, 19]),
  },
  {
    name: 'max pool',
    inputs: [{ shape: [6, 17, 15, 17], kind: 'distinct' }],
    run: (x) => tf.maxPool(x as tf.Tensor4D, 3, 2, 'same'),
  },
  ...[1, 2].map(
    (stride): Omit<KernelCase, 'kernels'> => ({
      name: `depthwise convolution, stride ${stride}`,
      inputs: [{ shape: [5, 13, 17, 33] }, { shape: [3, 3, 33, 1] }],
      run: (x, f) => tf.depthwiseConv2d(x as tf.Tensor4D, f as tf.Tensor4D, stride, 'same'),
      // A tap's gradient is a sum of 1,105 products that cancel.
      tolerance: { relative: 1e-4, absolute: 2e-4 },
    }),
  ),
  // Batches that seven threads do not divide, so that pieces have different sizes.
  ...(
    [
      ['strided', [11, 17, 17, 8], [3, 3, 8, 24], 2],
      ['1×1', [11, 16, 15, 16], [1, 1, 16, 24], 2],
      ['a first', [11, 17, 15, 3], [3, 3, 3, 16], 1],
      ["Winograd's, of one tile's rows", [11, 9, 11, 16], [3, 3, 16, 16], 1],
      ["Winograd's, of few tiles", [5, 8, 8, 32], [3, 3, 32, 64], 1],
      ["Winograd's, of an odd number of tiles", [6, 9, 12, 48], [3, 3, 48, 48], 1],
    ] as const
  ).map(
    ([what, x, filter, stride]): Omit<KernelCase, 'kernels'> => ({
      name: `${what} convolution`,
      inputs: [{ shape: x }, { shape: filter }],
      run: (a, f) => tf.conv2d(a as tf.Tensor4D, f as tf.Tensor4D, stride, 'same'),
      tolerance: { relative: 1e-4, absolute: 4e-4 },
    }),
  ),
  ...(
    [
      [11, 9, 11, 16, 16],
      [5, 8, 8, 32, 64],
    ] as const
  ).map(
    ([n, h, w, from, to]): Omit<KernelCase, 'kernels'> => ({
      name: `a convolution from ${from} to ${to} channels with its norm`,
      inputs: [{ shape: [n, h, w, from] }, { shape: [3, 3, from, to] }, { shape: [to], kind: 'positive' }, { shape: [to] }],
      run: (x, f, gamma, beta) =>
        convBatchNormTrain(
          x as tf.Tensor4D,
          f as tf.Tensor4D,
          { gamma: gamma as tf.Tensor1D, beta: beta as tf.Tensor1D },
          { stride: 1, slope: 0.1 },
        ).y,
      tolerance: { relative: 1e-3, absolute: 1e-3 },
    }),
  ),
  {
    name: 'a dilated convolution',
    inputs: [{ shape: [11, 17, 15, 8] }, { shape: [3, 3, 8, 12] }],
    run: (x, f) => dilatedConvolution(x as tf.Tensor4D, f as tf.Tensor4D, 2),
    tolerance: { relative: 1e-4, absolute: 4e-4 },
  },
  ...[false, true].flatMap((a) =>
    [false, true].map(
      (b): Omit<KernelCase, 'kernels'> => ({
        name: `a matrix product${a ? ', the left side turned' : ''}${b ? ', the right side turned' : ''}`,
        inputs: [{ shape: a ? [129, 67] : [67, 129] }, { shape: b ? [83, 129] : [129, 83] }],
        run: (x, y) => tf.matMul(x as tf.Tensor2D, y as tf.Tensor2D, a, b),
        tolerance: { relative: 1e-4, absolute: 1e-4 },
      }),
    ),
  ),
  {
    name: 'cross-entropy of many classes',
    inputs: [{ shape: [67, 101] }, { shape: [67], kind: 'int', below: 101 }],
    run: (x, labels) => softmaxCrossEntropy(x as tf.Tensor2D, labels as tf.Tensor1D),
  },
  { name: 'turned axes', inputs: [{ shape: [3, 97, 83] }], run: (x) => tf.transpose(x, [2, 0, 1]) },
  { name: 'a channel shuffle', inputs: [{ shape: [997, 2, 17] }], run: (x) => tf.transpose(x, [0, 2, 1]) },
  { name: 'joined channels', inputs: [{ shape: [997, 7] }, { shape: [997, 11] }], run: (x, y) => tf.concat([x, y], 1) },
  {
    name: 'chosen and summed positions',
    inputs: [{ shape: [17, 31, 41] }, { shape: [37], kind: 'int', below: 31 }],
    run: (x, i) => tf.gather(x, i as tf.Tensor1D, 1),
  },
  {
    name: 'a choice between two maps',
    inputs: [{ shape: [211, 97], kind: 'bool' }, { shape: [211, 97] }, { shape: [211, 97] }],
    run: (c, x, y) => tf.where(c, x, y),
  },
  {
    name: 'a comparison over rows, as floats',
    inputs: [
      { shape: [211, 97], kind: 'halves' },
      { shape: [97], kind: 'halves' },
    ],
    run: (x, r) => tf.cast(tf.lessEqual(x, r), 'float32'),
    differentiate: [],
  },
  { name: 'sums over axes apart', inputs: [{ shape: [7, 13, 11, 19] }], run: (x) => tf.sum(x, [0, 2]) },
  {
    name: 'a broadcast in the middle',
    inputs: [{ shape: [7, 13, 11, 19] }, { shape: [7, 1, 1, 19] }],
    run: (x, y) => tf.mul(x, y),
  },
  { name: 'softmax', inputs: [{ shape: [199, 101] }], run: (x) => tf.softmax(x) },
  { name: 'powers', inputs: [{ shape: [20011], kind: 'positive' }], run: (x) => tf.pow(x, 1.5) },
];
const cases: readonly KernelCase[] = rows.map((row) => ({ ...row, kernels: [] }));

test('work cut over threads gives the values of the plain kernels, and the same bits every time', async (t) => {
  const unavailable = await onednn.unavailable();
  if (unavailable) return t.skip(unavailable);
  for (const threads of [1, 2, 3, 7]) {
    await onednn.start({ threads });
    for (const kernelCase of cases) {
      await t.test(`${kernelCase.name}, ${threads} thread(s)`, async () => {
        const [first, second] = [await evaluate(kernelCase, 'onednn'), await evaluate(kernelCase, 'onednn')];
        assert.deepEqual(second, first);
        assert.equal(compare(kernelCase, first, await evaluate(kernelCase, 'cpu')), undefined);
      });
    }
  }
});
