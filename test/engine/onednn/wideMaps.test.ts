/**
 * Maps of more than 65,536 values an image: the gradient of a convolution fused with its batch norm takes images a few at a time, and of
 * such maps few is one. Compared with the same ops unfused on the same engine, the plain one being too slow for the size.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchNormTrain } from 'iekd/dist/engine/fused/batchNorm';
import { convBatchNormTrain } from 'iekd/dist/engine/fused/convBatchNorm';
import { onednn } from 'iekd/dist/engine/onednn';
import { tf } from 'iekd/dist/engine/tf';
import type { KernelCase } from '../cases/types';
import { compare, evaluate } from '../compare';

type Forward = (x: tf.Tensor4D, filter: tf.Tensor4D, gamma: tf.Tensor1D, beta: tf.Tensor1D) => tf.Tensor;

const fused: Forward = (x, filter, gamma, beta) => convBatchNormTrain(x, filter, { gamma, beta }, { slope: 0.1 }).y;
const apart: Forward = (x, filter, gamma, beta) => batchNormTrain(tf.conv2d(x, filter, 1, 1), gamma, beta, { slope: 0.1 }).y;

const caseOf = (forward: Forward): KernelCase => ({
  name: 'wide map',
  kernels: ['IekdConvBatchNorm', 'IekdConvBatchNormGrad'],
  inputs: [{ shape: [3, 66, 64, 16] }, { shape: [3, 3, 16, 16] }, { shape: [16], kind: 'positive' }, { shape: [16] }],
  run: (...given) => forward(...(given as Parameters<Forward>)),
  tolerance: { relative: 1e-4, absolute: 1e-2 },
});

test('a convolution with its batch norm over a map of 67,584 values an image', async (t) => {
  const unavailable = await onednn.unavailable();
  if (unavailable) return t.skip(unavailable);
  for (const threads of [1, 2]) {
    await onednn.start({ threads });
    const expected = await evaluate(caseOf(apart), 'onednn');
    assert.equal(compare(caseOf(fused), await evaluate(caseOf(fused), 'onednn'), expected), undefined);
  }
});
