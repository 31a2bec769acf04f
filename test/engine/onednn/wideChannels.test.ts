/**
 * Convolutions of many channels, whose gradients are summed block by block in another order than those of few (winograd/filterGradient.h),
 * over more tiles than a block holds, and of maps up to 2×2, which have tiles of their own. Compared with the same convolution by a
 * 5×5 filter with zeros around, which the engine computes directly, the plain one being too slow for the sizes.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { onednn } from 'iekd/dist/engine/onednn';
import { tf } from 'iekd/dist/engine/tf';
import type { KernelCase } from '../cases/types';
import { compare, evaluate } from '../compare';

type Forward = (x: tf.Tensor4D, filter: tf.Tensor4D) => tf.Tensor;
type Shape = [number, number, number, number];

const byWinograd: Forward = (x, filter) => tf.conv2d(x, filter, 1, 'same');
const direct: Forward = (x, filter) => {
  const framed = tf.pad4d(filter, [
    [1, 1],
    [1, 1],
    [0, 0],
    [0, 0],
  ]);
  return tf.conv2d(x, framed, 1, 'same');
};

/** Rounding of the gradients' coarser tiles is relative to the addends, not to a sum that cancels. */
const caseOf = (x: Shape, to: number, forward: Forward): KernelCase => ({
  name: `${x} to ${to}`,
  kernels: ['Conv2D', 'Conv2DBackpropInput', 'Conv2DBackpropFilter'],
  inputs: [{ shape: x }, { shape: [3, 3, x[3], to] }],
  run: (...given) => forward(...(given as Parameters<Forward>)),
  tolerance: { relative: 1e-4, absolute: 1e-5 * Math.sqrt(Math.max(9 * x[3], x[0] * x[1] * x[2])) },
});

/** The last register of channels of 80 and 112 stands alone: panels of one register, not two. */
const SHAPES: readonly (readonly [x: Shape, to: number])[] = [
  [[30, 16, 16, 96], 96],
  [[7, 30, 29, 80], 112],
  [[5, 3, 7, 256], 64],
  [[50, 2, 2, 160], 128],
  [[3, 1, 2, 256], 272],
];

describe('convolutions of many channels', async () => {
  const unavailable = await onednn.unavailable();
  for (const [x, to] of SHAPES)
    it(`${x} to ${to}: as by a 5×5 filter with zeros around`, { skip: unavailable ?? false }, async () => {
      for (const threads of [1, 2]) {
        await onednn.start({ threads });
        const expected = await evaluate(caseOf(x, to, direct), 'onednn');
        assert.equal(
          compare(caseOf(x, to, byWinograd), await evaluate(caseOf(x, to, byWinograd), 'onednn'), expected),
          undefined,
        );
      }
    });
});
