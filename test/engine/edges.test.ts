/**
 * The edges of kernels (cases/edges.ts) on the two engines whose kernels are ours; the other engines' are tfjs's. Whatever the rows
 * find, tfjs-core's own suite looks for much more: `npm run test:tfjs-core`.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { edgeCases } from './cases/edges';
import { enginesUnderTest } from './engines';

/** Gradients through what composes kernels of kernels: none of them may leave data behind. */
const GRADIENTS: Readonly<Record<string, () => void>> = {
  'fused convolution': () => {
    const [x, filter] = [tf.ones<tf.Rank.R4>([1, 4, 4, 2]), tf.ones<tf.Rank.R4>([3, 3, 2, 2])];
    tf.grads((x, filter) =>
      tf.fused.conv2d({ x: x as tf.Tensor4D, filter: filter as tf.Tensor4D, strides: 1, pad: 'same', activation: 'relu' }),
    )([x, filter]);
  },
  'fused depthwise convolution': () => {
    const [x, filter] = [tf.ones<tf.Rank.R4>([1, 4, 4, 2]), tf.ones<tf.Rank.R4>([3, 3, 2, 1])];
    tf.grads((x, filter) =>
      tf.fused.depthwiseConv2d({
        x: x as tf.Tensor4D,
        filter: filter as tf.Tensor4D,
        strides: 1,
        pad: 'same',
        activation: 'relu',
      }),
    )([x, filter]);
  },
  'log softmax': () => {
    tf.grad((x) => tf.logSoftmax(x))(tf.ones([2, 3]));
  },
  'gradient of its own': () => {
    const square = tf.customGrad((x, save) => {
      const kept = x as tf.Tensor;
      (save as (tensors: tf.Tensor[]) => void)([kept]);
      return { value: tf.pow(kept, 2), gradFunc: (dy, [saved]) => tf.mul(dy as tf.Tensor, saved as tf.Tensor) };
    });
    tf.grad((x) => square(x))(tf.ones([3]));
  },
};

describe('edges of kernels, by value', async () => {
  for (const { engine, skip, start } of await enginesUnderTest()) {
    if (engine.name !== 'onednn' && engine.name !== 'portable') continue;
    describe(engine.name, { skip: skip ?? false }, () => {
      for (const { name, run, dtype, values } of edgeCases) {
        it(name, async () => {
          await start();
          tf.tidy(() => {
            const result = run();
            assert.equal(result.dtype, dtype);
            // −0 is 0 here.
            const received = Array.from(result.dataSync() as ArrayLike<number | string>, (value) => (value === 0 ? 0 : value));
            assert.deepEqual(received, values);
          });
        });
      }

      for (const [name, run] of Object.entries(GRADIENTS)) {
        it(`leaves nothing behind: ${name}`, async () => {
          await start();
          const [before, data] = [tf.memory(), tf.backend().numDataIds()];
          tf.tidy(run);
          assert.deepEqual([tf.memory().numTensors, tf.backend().numDataIds()], [before.numTensors, data]);
        });
      }
    });
  }
});
