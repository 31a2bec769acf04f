/** The biased coder against FT's paraphraser in PyTorch (test/golden/factorCoder_reference.py): 1e-5 relative + 1e-6 absolute. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { reconstruction } from 'iekd/dist/losses/reconstruction';
import { factorAutoEncoder, planFactorEncoder } from 'iekd/dist/models/factor/factorEncoder';
import { parametersOf } from 'iekd/dist/models/layers/variablePlan';
import { random } from 'iekd/dist/util/rng';
import { fromTorch } from 'iekd/dist/weights/torchState';

interface Values {
  readonly shape: number[];
  readonly data: number[];
}
interface Golden {
  readonly state: Record<string, Values>;
  readonly x: Values;
  readonly factor: Values;
  readonly rebuilt: Values;
  readonly grads: Record<string, Values>;
}

const golden = JSON.parse(readFileSync(join(__dirname, '..', '..', 'golden', 'factorCoder.json'), 'utf8')) as Golden;
const ours = (state: Record<string, Values>) =>
  fromTorch(Object.fromEntries(Object.entries(state).map(([name, v]) => [name, { ...v, data: Float32Array.from(v.data) }])));

before(() => tf.setBackend('cpu'));

function close(what: string, received: ArrayLike<number>, expected: ArrayLike<number>): void {
  assert.equal(received.length, expected.length, what);
  for (const [i, e] of Array.from(expected).entries()) {
    const r = received[i] as number;
    assert.ok(Math.abs(r - e) <= 1e-6 + 1e-5 * Math.abs(e), `${what} ${i}: ${r} for ${e}`);
  }
}

describe('the biased coder', () => {
  test('encodes, decodes and has gradients as in PyTorch, from its weights', () => {
    const encoder = factorAutoEncoder({ from: 3, to: 2, coder: 'biased' }, random(0));
    encoder.variables.load(ours(golden.state));
    tf.tidy(() => {
      const x = tf.tensor4d(golden.x.data, golden.x.shape as [number, number, number, number]);
      const list = encoder.variables.parameters();
      const { grads } = tf.variableGrads(
        () => {
          const factor = encoder.encode(x, true);
          const rebuilt = encoder.decode(factor, true);
          close('factor', factor.dataSync(), golden.factor.data);
          close('rebuilt', rebuilt.dataSync(), golden.rebuilt.data);
          return tf.add(tf.mean<tf.Scalar>(tf.square(factor)), reconstruction(x, rebuilt));
        },
        list.map((p) => p.variable),
      );
      const expected = ours(golden.grads);
      assert.deepEqual(Object.keys(expected).sort(), list.map((p) => p.name).sort());
      for (const { name, variable } of list) {
        close(name, (grads[variable.name] as tf.Tensor).dataSync(), expected[name]?.data as Float32Array);
      }
    });
    encoder.dispose();
  });

  test('has 9 · (64² + 64 · 32 + 32²) weights and 64 + 2 · 32 biases from 64 to 32 channels, and as many back', () => {
    const sizes = { from: 64, to: 32, coder: 'biased' } as const;
    assert.equal(parametersOf(planFactorEncoder(sizes, false)), 9 * (64 * 64 + 64 * 32 + 32 * 32) + 128);
    const decoder = 9 * (32 * 32 + 32 * 64 + 64 * 64) + 32 + 2 * 64;
    assert.equal(parametersOf(planFactorEncoder(sizes, true)), 9 * (64 * 64 + 64 * 32 + 32 * 32) + 128 + decoder);
  });

  test('starts uniform within 1 / √(fan in): 9 · in channels of a convolution, 9 · out of a transposed one', () => {
    const encoder = factorAutoEncoder({ from: 40, to: 10, coder: 'biased' }, random(1));
    for (const [name, fanIn] of [
      ['encode.1.weight', 9 * 40],
      ['encode.1.bias', 9 * 40],
      ['encode.2.weight', 9 * 10],
      ['decode.1.weight', 9 * 40],
      ['decode.0.weight', 9 * 10],
    ] as const) {
      const data = encoder.variables.get(name).dataSync();
      const largest = Math.max(...data.map(Math.abs)) * Math.sqrt(fanIn);
      assert.ok(largest <= 1 && largest > (data.length > 100 ? 0.99 : 0.5), `${name}: ${largest}`);
    }
    encoder.dispose();
  });

  test('runs alike in both modes and has no statistics; an unknown coder is refused', () => {
    const encoder = factorAutoEncoder({ from: 3, to: 2, coder: 'biased' }, random(0));
    const initial = encoder.variables.snapshot();
    tf.tidy(() => {
      const x = tf.randomNormal<tf.Rank.R4>([2, 4, 4, 3], 0, 1, 'float32', 1);
      const [a, b] = [true, false].map((training) => encoder.decode(encoder.encode(x, training), training).dataSync());
      assert.deepEqual(a, b);
    });
    assert.deepEqual(encoder.variables.snapshot(), initial);
    assert.ok(encoder.variables.entries().every((v) => v.trainable));
    encoder.dispose();
    assert.throws(() => planFactorEncoder({ from: 3, to: 2, coder: 'plain' as 'biased' }, false), {
      message: 'factorEncoder: coder: expected one of batchNorm, biased, received "plain"',
    });
  });
});
