/**
 * The real package: padding by numbers on each side of its own, which tfjs-node refuses, in values and gradients; NaN through max
 * pooling; what runs on the plain backend is counted; and a thousand training steps that leave neither tensors nor memory behind.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { tensorflow } from 'iekd/dist/engine/tensorflow/tensorflowEngine';
import { tf } from 'iekd/dist/engine/tf';
import { random } from 'iekd/dist/util/rng';

const MB = 2 ** 20;

const stream = random(3).stream('tensorflow');
const normal = (shape: number[]): tf.Tensor4D =>
  tf.tensor4d(
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => stream.normal()),
    shape as [number, number, number, number],
  );

const SIDED: tf.backend_util.ExplicitPadding = [
  [0, 0],
  [1, 2],
  [0, 1],
  [0, 0],
];

/** [name, what it computes of a map and a filter] */
const SIDES: readonly (readonly [string, (x: tf.Tensor4D, filter: tf.Tensor4D) => tf.Tensor, number[]])[] = [
  ['convolution, other sides', (x, filter) => tf.conv2d(x, filter, [1, 2], SIDED), [3, 3, 4, 5]],
  ['convolution, padding 2', (x, filter) => tf.conv2d(x, filter, 2, 2), [5, 3, 4, 2]],
  ['depthwise convolution, padding 1', (x, filter) => tf.depthwiseConv2d(x, filter, 2, 1), [3, 3, 4, 2]],
  ['max pooling, padding 1', (x, filter) => tf.mul(tf.maxPool(x, 3, 2, 1), tf.sum(filter)), [1, 1, 1, 1]],
];

/** Value and both gradients, of the sum of squares. */
function results(run: (x: tf.Tensor4D, filter: tf.Tensor4D) => tf.Tensor, [x, filter]: readonly tf.Tensor4D[]): number[][] {
  return tf.tidy(() => {
    const squares = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => tf.sum(tf.square(run(a as tf.Tensor4D, b as tf.Tensor4D)));
    const inputs = [x, filter] as tf.Tensor[];
    const all = [run(x as tf.Tensor4D, filter as tf.Tensor4D), ...tf.grads(squares)(inputs)];
    return all.map((t) => Array.from(t.dataSync()));
  });
}

describe('tensorflow operations', async () => {
  const skip = (await tensorflow.unavailable({ threads: 2 })) ?? false;

  for (const [name, run, shape] of SIDES) {
    it(`as plain tfjs, within 1e-4: ${name}`, { skip }, async () => {
      const values = [normal([2, 6, 7, 4]), normal(shape)].map((t) => [t.dataSync().slice(), t.shape] as const);
      const made = (): tf.Tensor4D[] => values.map(([data, of]) => tf.tensor4d(data as Float32Array, of));
      await tf.setBackend('cpu');
      const expected = tf.tidy(() => results(run, made()));
      const { fallbacks, resetFallbacks } = await tensorflow.start({ threads: 2 });
      resetFallbacks();
      const received = tf.tidy(() => results(run, made()));
      assert.deepEqual(fallbacks(), []);
      for (const [i, row] of expected.entries()) {
        for (const [k, value] of row.entries()) {
          const got = received[i]?.[k] as number;
          assert.ok(Math.abs(got - value) <= 1e-4 * Math.max(1, Math.abs(value)), `${i}[${k}]: ${got} instead of ${value}`);
        }
      }
    });
  }

  it('a NaN in a window is its maximum', { skip }, async () => {
    await tensorflow.start({ threads: 2 });
    const values = tf.tidy(() =>
      tf.maxPool(tf.tensor4d([Number.NaN, 1, 2, 3, 4, 5, 6, 7, 8], [1, 3, 3, 1]), 2, 1, 'valid').dataSync(),
    );
    assert.deepEqual(Array.from(values), [Number.NaN, 5, 7, 8]);
  });

  it('says which kernels ran as plain JavaScript', { skip }, async () => {
    const { fallbacks, resetFallbacks } = await tensorflow.start({ threads: 2 });
    resetFallbacks();
    tf.tidy(() => tf.depthwiseConv2d(normal([1, 5, 5, 1]), normal([3, 3, 1, 1]), 1, 'valid', 'NHWC', 2));
    assert.deepEqual(
      fallbacks().map(({ kernel, calls }) => [kernel, calls]),
      [['DepthwiseConv2dNative', 1]],
    );
  });

  it('a thousand steps leave no tensor, no data and no memory behind', { skip }, async () => {
    await tensorflow.start({ threads: 2 });
    const filters = [normal([3, 3, 4, 8]), normal([3, 3, 8, 1])].map((t) => tf.variable(t));
    const x = normal([8, 8, 8, 4]);
    const step = (): void => {
      const loss = tf.tidy(() => {
        const [first, second] = filters as unknown as [tf.Tensor4D, tf.Tensor4D];
        const { value, grads } = tf.variableGrads(() =>
          tf.mean(
            tf.square(tf.depthwiseConv2d(tf.maxPool(tf.relu(tf.conv2d(x, first, 1, 1)), 3, 2, 1) as tf.Tensor4D, second, 1, 1)),
          ),
        );
        for (const filter of filters) filter.assign(tf.sub(filter, tf.mul(grads[filter.name] as tf.Tensor, 1e-3)));
        return value;
      });
      loss.dataSync();
      loss.dispose();
    };
    const counts = (): number[] => [tf.memory().numTensors, tf.backend().numDataIds()];
    const residentMb = (): number => process.memoryUsage().rss / MB;
    for (let i = 0; i < 200; i++) step();
    const [before, memory] = [counts(), residentMb()];
    for (let i = 0; i < 1000; i++) {
      step();
      if (i % 50 === 0) await setImmediate(); // finalisers of what JavaScript has dropped
    }
    assert.deepEqual(counts(), before);
    const grown = residentMb() - memory;
    tf.dispose([x, ...filters]);
    assert.ok(grown < 60, `${grown} MB`);
  });
});
