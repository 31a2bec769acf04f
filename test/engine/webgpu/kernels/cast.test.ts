/** Integers and truths as float32, in programs of ours and of tfjs, and as they are read: equal to the plain CPU engine's. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { webgpu } from 'iekd/dist/engine/webgpu';

const integers = (): tf.Tensor => tf.cast(tf.tensor1d([-2, 0, 3, 16_777_216, -2_147_483_648], 'int32'), 'float32');
const truths = (): tf.Tensor => tf.cast(tf.tensor1d([true, false], 'bool'), 'float32');

const CASES: Readonly<Record<string, () => tf.Tensor>> = {
  'integers, read': integers,
  'truths, read': truths,
  'truths of a comparison': () => tf.cast(tf.less(tf.tensor1d([1, 2]), tf.tensor1d([1.5, 1.5])), 'float32'),
  'compared by our program': () => tf.less(tf.tensor1d([1.1, 4.1, 5.2]), tf.tensor1d([2, 3, 5], 'int32')),
  'their largest by our program': () => tf.max(integers()),
  'their sum by our program': () => tf.sum(truths()),
  'added by tfjs': () => tf.add(integers(), tf.tensor1d([0.5, 0.5, 0.5, 0, 0])),
  'none at all': () => tf.cast(tf.tensor1d([], 'int32'), 'float32'),
};

describe('casts on the webgpu engine', async () => {
  const skip = (await webgpu.unavailable()) ?? false;
  for (const [name, make] of Object.entries(CASES)) {
    it(name, { skip }, async () => {
      await tf.setBackend('cpu');
      const expected = [...(await make().data())];
      await webgpu.start({ threads: 2 });
      assert.deepEqual([...(await make().data())], expected);
    });
  }
});
