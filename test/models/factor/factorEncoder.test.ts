/** The factor encoder: counts, shapes, modes, initial values. Values and gradients are held against PyTorch's in test/golden. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { factorAutoEncoder, factorEncoder, planFactorEncoder } from 'iekd/dist/models/factor/factorEncoder';
import { parametersOf } from 'iekd/dist/models/layers/variablePlan';
import { random } from 'iekd/dist/util/rng';

before(() => tf.setBackend('cpu'));

const map = (channels: number): tf.Tensor4D => tf.randomNormal([3, 4, 5, channels], 0, 1, 'float32', 1);

describe('parameter counts', () => {
  // IE-KD's released code builds encoders of these sizes.
  const rows: readonly (readonly [from: number, to: number, encoder: number, whole: number])[] = [
    [64, 32, 64_768, 129_600],
    [32, 32, 27_840, 55_680],
  ];
  for (const [from, to, encoder, whole] of rows) {
    test(`${from} → ${to}`, () => {
      assert.equal(parametersOf(planFactorEncoder({ from, to }, false)), encoder);
      assert.equal(parametersOf(planFactorEncoder({ from, to }, true)), whole);
    });
  }
});

describe('factorAutoEncoder', () => {
  test('encodes and decodes with the same size of map, leaks nothing, and is named as in the PyTorch reference', () => {
    const before = tf.memory().numTensors;
    const encoder = factorAutoEncoder({ from: 6, to: 4 }, random(0));
    tf.tidy(() => {
      const factor = encoder.encode(map(6), false);
      assert.deepEqual(factor.shape, [3, 4, 5, 4]);
      assert.deepEqual(encoder.decode(factor, false).shape, [3, 4, 5, 6]);
    });
    const layer = (at: number): string[] => [
      `encode.${at}.weight`,
      ...['weight', 'bias', 'running_mean', 'running_var'].map((part) => `encode.${at + 1}.${part}`),
    ];
    const names = encoder.variables.entries().map((v) => v.name);
    assert.deepEqual(names.slice(0, 15), [...layer(1), ...layer(4), ...layer(7)]);
    assert.deepEqual(
      names.slice(15),
      names.slice(0, 15).map((name) => name.replace('encode', 'decode')),
    );
    assert.deepEqual(encoder.variables.get('encode.4.weight').shape, [3, 3, 6, 4]);
    assert.deepEqual(encoder.variables.get('decode.4.weight').shape, [3, 3, 4, 6]);
    encoder.dispose();
    assert.equal(tf.memory().numTensors, before);
  });

  test('evaluation leaves the statistics alone; training moves those of the part that ran', () => {
    const encoder = factorAutoEncoder({ from: 6, to: 4 }, random(0));
    const initial = encoder.variables.snapshot();
    tf.tidy(() => encoder.decode(encoder.encode(map(6), false), false));
    assert.deepEqual(encoder.variables.snapshot(), initial);
    tf.tidy(() => encoder.encode(map(6), true));
    const after = encoder.variables.snapshot();
    for (const { name, trainable } of encoder.variables.entries()) {
      const moved = !trainable && name.startsWith('encode.');
      if (moved) assert.notDeepEqual(after[name], initial[name], name);
      else assert.deepEqual(after[name], initial[name], name);
    }
    encoder.dispose();
  });

  test('starts from normal filters of standard deviation √(2 / (9 · out)), within 5 %', () => {
    const encoder = factorAutoEncoder({ from: 48, to: 24 }, random(2));
    for (const [name, out] of [
      ['encode.1.weight', 48],
      ['encode.4.weight', 24],
      ['decode.4.weight', 48],
    ] as const) {
      const data = Float32Array.from(encoder.variables.get(name).dataSync());
      const std = Math.sqrt(data.reduce((sum, v) => sum + v * v, 0) / data.length);
      assert.ok(Math.abs(std / Math.sqrt(2 / (9 * out)) - 1) < 0.05, `${name}: ${std}`);
    }
    encoder.dispose();
  });
});

describe('factorEncoder', () => {
  test('is the encoder half: the same variables from the same seed, and no others', () => {
    const [half, whole] = [factorEncoder({ from: 6, to: 4 }, random(0)), factorAutoEncoder({ from: 6, to: 4 }, random(0))];
    const values = half.variables.snapshot();
    assert.equal(Object.keys(values).length, 15);
    for (const [name, value] of Object.entries(values)) assert.deepEqual(value, whole.variables.snapshot()[name]);
    half.dispose();
    whole.dispose();
  });

  test('refuses maps of other channels, and sizes that are none', () => {
    const encoder = factorEncoder({ from: 6, to: 4 }, random(0));
    tf.tidy(() => {
      assert.throws(() => encoder.encode(map(4), false), {
        message: 'factorEncoder: encode: expected maps of shape [batch,height,width,6], received [3,4,5,4]',
      });
    });
    encoder.dispose();
    assert.throws(() => factorEncoder({ from: 6, to: 0 }, random(0)), {
      message: `factorEncoder: to: expected an integer from 1, received 0`,
    });
  });
});
