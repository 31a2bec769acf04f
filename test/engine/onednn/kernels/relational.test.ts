/** The comparison that the parity tests rest on: what it lets pass, and what it says of the rest. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { difference, evaluate, type Result } from '../../compare';

const result = (values: readonly number[], change: Partial<Result> = {}): Result[] => [
  { label: 'y', shape: [values.length], dtype: 'float32', values, ...change },
];

describe('difference', () => {
  const cases: readonly (readonly [string, Result[], Result[], string | undefined])[] = [
    ['equal values', result([1, -2]), result([1, -2]), undefined],
    ['within 1e-4 relative', result([10_000.9]), result([10_000]), undefined],
    ['within 1e-5 absolute', result([0.9e-5]), result([0]), undefined],
    ['beyond both, the worst place named', result([1.001, 1.01, 1]), result([1, 1, 1]), 'y[1]: 1.01 instead of 1'],
    ['NaN for a number', result([Number.NaN]), result([1]), 'y[0]: NaN instead of 1'],
    ['a number for NaN', result([1]), result([Number.NaN]), 'y[0]: 1 instead of NaN'],
    ['NaN for NaN', result([Number.NaN]), result([Number.NaN]), undefined],
    ['infinity for infinity', result([Infinity]), result([Infinity]), undefined],
    ['infinity for a number', result([Infinity]), result([1]), 'y[0]: Infinity instead of 1'],
    ['another shape', result([1], { shape: [1, 1] }), result([1]), 'y float32 [1,1] instead of y float32 [1]'],
    ['another type', result([1], { dtype: 'int32' }), result([1]), 'y int32 [1] instead of y float32 [1]'],
    ['a result too few', [], result([1]), '0 results instead of 1'],
  ];
  for (const [title, actual, expected, message] of cases) {
    it(title, () => assert.equal(difference(actual, expected), message));
  }
});

describe('evaluate', () => {
  it('fails for an op that keeps a tensor', async () => {
    await tf.setBackend('cpu');
    let kept: tf.Tensor | undefined;
    const run = (x?: tf.Tensor): tf.Tensor => {
      kept = tf.keep(tf.mul(x as tf.Tensor, 2));
      return tf.mul(x as tf.Tensor, 3);
    };
    const leaking = { name: 'leaking', kernels: [], inputs: [{ shape: [2] }], run, differentiate: [] };
    await assert.rejects(evaluate(leaking, 'cpu'), { message: 'leaking on cpu: expected no tensor left, received 1' });
    kept?.dispose();
  });
});
