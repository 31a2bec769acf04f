/**
 * Dilated convolution on every engine and by its definition in plain ops, against the convolution by a filter with zeros between its
 * values: values and gradients to 1e-4 of the largest.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dilatedConvolution } from 'iekd/dist/engine/fused/dilatedConvolution';
import { tf } from 'iekd/dist/engine/tf';
import { assertClose } from '../detection/close';
import { enginesUnderTest } from './engines';

const noise = (shape: [number, number, number, number], seed: number): tf.Tensor4D =>
  tf.randomNormal(shape, 0, 1, 'float32', seed) as tf.Tensor4D;

/** The filter with zeros between its values: what a dilated convolution is a convolution by. */
function spread(filter: tf.Tensor4D, rate: number): tf.Tensor4D {
  const [, , from, to] = filter.shape;
  const side = 2 * rate + 1;
  const values = filter.arraySync();
  const zeros = Array.from({ length: from }, () => new Array<number>(to).fill(0));
  const rows = Array.from({ length: side }, (_, y) =>
    Array.from({ length: side }, (_, x) =>
      y % rate === 0 && x % rate === 0 ? (values[y / rate]?.[x / rate] as number[][]) : zeros,
    ),
  );
  return tf.tensor4d(rows);
}

function assertNear(actual: tf.Tensor | undefined, expected: tf.Tensor | undefined, what: string): void {
  const values = expected?.dataSync() ?? [];
  assertClose(actual?.dataSync() ?? [], values, 1e-4 * Math.max(...[...values].map(Math.abs)), what);
}

/** Values, and gradients of Σ y². */
function check(height: number, width: number, rate: number, [from, to]: readonly [number, number]): void {
  const [x, filter] = [noise([2, height, width, from], 1), noise([3, 3, from, to], 2)];
  const slow = (input: tf.Tensor4D, spreadFilter: tf.Tensor4D): tf.Tensor4D => tf.conv2d(input, spreadFilter, 1, rate);
  assertNear(dilatedConvolution(x, filter, rate), slow(x, spread(filter, rate)), 'value');
  const loss = (y: tf.Tensor): tf.Scalar => tf.sum(tf.square(y));
  const [byX, byFilter] = tf.grads((a, b) => loss(dilatedConvolution(a as tf.Tensor4D, b as tf.Tensor4D, rate)))([x, filter]);
  const [slowX, slowFilter] = tf.grads((a, b) => loss(slow(a as tf.Tensor4D, b as tf.Tensor4D)))([x, spread(filter, rate)]);
  assertNear(byX, slowX, 'gradient of x');
  const taken = (slowFilter as tf.Tensor4D).arraySync().filter((_, y) => y % rate === 0);
  assertNear(byFilter, tf.tensor4d(taken.map((row) => row.filter((_, i) => i % rate === 0))), 'gradient of filter');
}

const CASES: readonly (readonly [height: number, width: number, rate: number, channels: readonly [number, number]])[] = [
  [19, 19, 6, [3, 2]],
  [8, 9, 4, [16, 16]],
  [7, 5, 2, [16, 5]],
  [6, 6, 3, [3, 2]],
  [4, 9, 1, [16, 16]],
];

describe('dilated convolution', async () => {
  const plain = { engine: { name: 'definition' }, skip: undefined, start: () => tf.setBackend('cpu') };
  for (const { engine, skip, start } of [plain, ...(await enginesUnderTest())]) {
    for (const [height, width, rate, channels] of CASES) {
      const name = `${engine.name}: ${height}×${width}, every ${rate}th position, channels ${channels}`;
      test(name, { skip: skip ?? false }, async () => {
        await start();
        const before = tf.memory().numTensors;
        tf.tidy(() => check(height, width, rate, channels));
        assert.equal(tf.memory().numTensors, before, 'tensors leaked');
      });
    }
  }

  test('what is refused', async () => {
    await tf.setBackend('cpu');
    tf.tidy(() => {
      const x = noise([1, 4, 4, 2], 1);
      const refusals: readonly (readonly [() => unknown, string])[] = [
        [
          () => dilatedConvolution(x, noise([3, 3, 2, 1], 1), 0),
          'dilatedConvolution: rate: expected an integer from 1, received 0',
        ],
        [
          () => dilatedConvolution(x, noise([3, 3, 3, 1], 1), 2),
          'dilatedConvolution: filter: expected shape [3, 3, 2, to], received [3,3,3,1]',
        ],
      ];
      for (const [f, message] of refusals) assert.throws(f, { name: 'InputError', message });
    });
  });
});
