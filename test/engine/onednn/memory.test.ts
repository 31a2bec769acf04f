import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sgdStep } from 'iekd/dist/engine/fused/sgdStep';
import { onednn } from 'iekd/dist/engine/onednn';
import { nativeKernels } from 'iekd/dist/engine/onednn/kernels';
import { loadAddon, type NativeFunction } from 'iekd/dist/engine/onednn/loader';
import type { OneDnnBackend } from 'iekd/dist/engine/onednn/onednnBackend';
import { tf } from 'iekd/dist/engine/tf';

const loaded = loadAddon();
const skip = 'unavailable' in loaded ? loaded.unavailable : false;
const big = 5000; // long enough to come from the pool

test('memory and the outside world', { skip }, async (t) => {
  await onednn.start({ threads: 2 });
  const backend = tf.backend() as OneDnnBackend;

  await t.test('values that were read stay as they were when the tensor goes and its memory is used again', () => {
    const [kept, next] = tf.tidy(() => {
      const a = tf.add(tf.ones([big]), 1);
      const values = a.dataSync();
      a.dispose();
      return [values, tf.add(tf.ones([big]), 6).dataSync()];
    });
    assert.deepEqual([kept[0], kept[big - 1], next[0]], [2, 2, 7]);
  });

  await t.test('a contiguous slice outlives the tensor it was cut from', () => {
    const sum = tf.tidy(() => {
      const whole = tf.add(tf.ones([4, big]), 1);
      const part = tf.slice(whole, [1, 0], [2, big]);
      whole.dispose();
      tf.add(tf.ones([4, big]), 8);
      return part.sum().dataSync()[0];
    });
    assert.equal(sum, 2 * 2 * big);
  });

  await t.test('what broadcasts are written out into is given back', () => {
    tf.tidy(() => {
      const [x, y] = [tf.ones([8, 4, 5, 40]), tf.ones([8, 1, 1, 40])];
      tf.mul(x, y);
      const before = backend.pool.report();
      tf.greater(x, y);
      const after = backend.pool.report();
      assert.deepEqual([after.misses, after.usedBytes], [before.misses, before.usedBytes]);
    });
  });

  await t.test('an in-place step copies values that a clone still shares', () => {
    const initial = tf.ones([big]);
    const parameter = tf.variable(initial);
    const velocity = tf.variable(tf.zeros([big]));
    const gradient = tf.ones([big]);
    const clone = parameter.clone();
    sgdStep([{ parameter, velocity, gradient }], { learningRate: 0.5, momentum: 0, weightDecay: 0, nesterov: false });
    const read = [initial, clone, parameter].map((x) => x.dataSync()[big - 1]);
    assert.deepEqual(read, [1, 1, 0.5]);
    tf.dispose([initial, parameter, velocity, gradient, clone]);
  });

  await t.test('freed memory is used again rather than asked for', () => {
    tf.tidy(() => void tf.square(tf.ones([big])));
    const before = backend.pool.report();
    tf.tidy(() => void tf.square(tf.ones([big])));
    const after = backend.pool.report();
    assert.equal(after.misses, before.misses);
    assert.ok(after.hits > before.hits);
  });
});

test('the addon refuses lengths, types and counts that do not fit', { skip }, () => {
  if ('unavailable' in loaded) return;
  const call =
    (name: string, ...values: (number | Float32Array | Int32Array | Uint8Array | undefined)[]) =>
    () =>
      (loaded.addon[name] as NativeFunction)(...values);
  const f = (n: number): Float32Array => new Float32Array(n);
  const rows: [() => void, string][] = [
    [call('Relu', 3, f(3), f(2)), 'onednn Relu: expected a Float32Array of 3 elements (it has 2) as argument 3'],
    [call('Relu', 3, new Int32Array(3), f(3)), 'onednn Relu: expected a Float32Array of 3 elements (it has 3) as argument 2'],
    [call('Relu', -1, f(3), f(3)), 'onednn Relu: expected a dimension as argument 1'],
    [call('Relu', 1.5, f(3), f(3)), 'onednn Relu: expected a dimension as argument 1'],
    [call('Relu', 2 ** 31, f(3), f(3)), 'onednn Relu: expected a dimension as argument 1'],
    [call('Relu'), 'onednn Relu: expected a number as argument 1'],
    [
      call('SelectChannels', 1, 2, 1, Int32Array.of(2), f(2), f(1)),
      'onednn SelectChannels: expected channel numbers inside the map as argument 4',
    ],
    [call('Select', 2, f(2), f(2), f(2), f(2)), 'onednn Select: expected a Uint8Array of 2 elements (it has 2) as argument 2'],
    [call('Gather', 1, 2, 1, 1, Int32Array.of(2), f(2), f(1)), 'onednn Gather: expected positions inside the axis as argument 7'],
    [call('Copy', 4, 4, 0, 0, 1, 4, 1, 1, f(4), f(4)), 'onednn Copy: expected 2 to 8 axes as argument 5'],
    [
      call('Copy', 4, 4, 1, 0, 2, 2, 2, 2, 2, 1, 1, f(4), f(4)),
      'onednn Copy: expected steps that stay inside the arrays as argument 11',
    ],
    [
      call('Copy', 4, 4, 0, 0, 2, 2 ** 31 - 1, 2 ** 31 - 1, 1, 1, 0, 0, f(4), f(4)),
      'onednn Copy: expected steps that stay inside the arrays as argument 8',
    ],
  ];
  for (const [run, message] of rows) assert.throws(run, { message });
});

test('every native kernel names addon functions that exist, and no name twice', { skip }, () => {
  if ('unavailable' in loaded) return;
  const names = nativeKernels.map((kernel) => kernel.name);
  assert.equal(new Set(names).size, names.length);
  for (const { name, uses } of nativeKernels) {
    for (const use of uses) assert.equal(typeof loaded.addon[use], 'function', `${name} needs ${use}`);
  }
});
