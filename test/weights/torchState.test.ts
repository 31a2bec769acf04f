/** Layouts against tf.transpose, and back again. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import type { TensorData } from 'iekd/dist/engine/variables';
import { fromTorch, permuteAxes, toTorch } from 'iekd/dist/weights/torchState';

before(() => tf.setBackend('cpu'));

const numbered = (shape: readonly number[]): TensorData => {
  const size = shape.reduce((product, n) => product * n, 1);
  return { shape, data: Float32Array.from({ length: size }, (_, i) => i) };
};

describe('permuteAxes', () => {
  const rows: readonly (readonly [shape: number[], order: number[]])[] = [
    [[5], [0]],
    [
      [2, 3],
      [1, 0],
    ],
    [
      [4, 3, 2, 5],
      [2, 3, 1, 0],
    ],
    [
      [4, 3, 2, 5],
      [3, 2, 0, 1],
    ],
    [
      [2, 1, 3, 4, 2],
      [0, 1, 3, 4, 2],
    ],
    [
      [1, 1, 7],
      [2, 0, 1],
    ],
    [
      [2, 0, 3],
      [2, 1, 0],
    ],
  ];
  for (const [shape, order] of rows) {
    test(`${JSON.stringify(shape)} by ${JSON.stringify(order)}`, () => {
      const given = numbered(shape);
      tf.tidy(() => {
        const expected = tf.transpose(tf.tensor(given.data, shape), order);
        assert.deepEqual(permuteAxes(given, order), { shape: expected.shape, data: expected.dataSync() });
      });
    });
  }
});

describe('fromTorch and toTorch', () => {
  const torch = { 'conv.weight': numbered([8, 3, 2, 5]), 'fc.weight': numbered([10, 4]), 'bn.bias': numbered([6]) };

  test('turn filters to [height, width, in, out], linear weights to [in, out], and leave vectors', () => {
    const ours = fromTorch(torch);
    assert.deepEqual(ours['conv.weight']?.shape, [2, 5, 3, 8]);
    assert.deepEqual(ours['fc.weight']?.shape, [4, 10]);
    assert.deepEqual(ours['bn.bias'], torch['bn.bias']);
    // out 7, in 1, row 1, column 3 of the filter; out 9, in 2 of the linear weight.
    assert.equal(ours['conv.weight']?.data[((1 * 5 + 3) * 3 + 1) * 8 + 7], ((7 * 3 + 1) * 2 + 1) * 5 + 3);
    assert.equal(ours['fc.weight']?.data[2 * 10 + 9], 9 * 4 + 2);
  });

  test('are inverse to each other', () => assert.deepEqual(toTorch(fromTorch(torch)), torch));

  test('refuse tensors that are neither vectors, matrices nor filters', () => {
    const message = 'fromTorch: x: expected a tensor of 1, 2 or 4 axes, received [2,2,2]';
    assert.throws(() => fromTorch({ x: numbered([2, 2, 2]) }), { name: 'InputError', message });
  });
});
