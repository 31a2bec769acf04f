/** Gradients clipped by their norm, beside PyTorch's `clip_grad_norm_` (test/golden/optimizers_reference.py). */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { Variables } from 'iekd/dist/engine/variables';
import { clipGradients } from 'iekd/dist/optim/clipGradients';
import { createOptimizer, optimizerSpec } from 'iekd/dist/optim/optimizers/index';

type Values = Readonly<Record<string, readonly number[]>>;
interface Clipped {
  readonly name: string;
  readonly clip?: number;
  readonly norms: readonly number[];
  readonly after: readonly Values[];
}

const FILE = join(__dirname, '..', 'golden', 'optimizers.json');
const golden = JSON.parse(readFileSync(FILE, 'utf8')) as {
  readonly shapes: Values;
  readonly initial: Values;
  readonly gradients: readonly Values[];
  readonly rates: readonly number[];
  readonly cases: readonly Clipped[];
};

before(() => tf.setBackend('cpu'));

describe('clipGradients', () => {
  for (const { name, clip = 0, norms, after } of golden.cases.filter((one) => one.clip !== undefined)) {
    test(`${name}, six steps with norms from ${Math.min(...norms).toFixed(1)} to ${Math.max(...norms).toFixed(1)}`, () => {
      const variables = new Variables();
      for (const [parameter, shape] of Object.entries(golden.shapes)) {
        variables.add(parameter, { shape, data: Float32Array.from(golden.initial[parameter] ?? []) });
      }
      const optimizer = createOptimizer(variables, optimizerSpec('x', { name }));
      for (const [step, want] of after.entries()) {
        tf.tidy(() => {
          const given = Object.entries(golden.gradients[step] ?? {});
          const gradients = new Map(given.map(([key, list]) => [key, tf.tensor([...list], [...(golden.shapes[key] ?? [])])]));
          const clipped = clipGradients('x', gradients, clip);
          close(clipped.norm, norms[step] ?? 0, `norm of step ${step}`);
          optimizer.step(clipped.gradients, golden.rates[step] ?? 0);
        });
        for (const [parameter, values] of Object.entries(want)) {
          const found = variables.get(parameter).dataSync();
          for (const [i, value] of values.entries()) close(found[i] ?? Number.NaN, value, `${parameter} ${i} after step ${step}`);
        }
      }
    });
  }

  test('gradients within the norm stay the same tensors; none have the norm 0', () => {
    const gradients = new Map([['a', tf.tensor1d([3, 4])]]);
    assert.equal(clipGradients('x', gradients, 5.1).gradients, gradients);
    assert.equal(clipGradients('x', new Map(), 1).norm, 0);
  });

  test('a norm that is not finite is refused', () => {
    const gradients = new Map([['a', tf.tensor1d([3, Number.POSITIVE_INFINITY])]]);
    const message =
      'x: expected gradients with a finite norm, received Infinity; lower the learning rate or the weights of the loss';
    assert.throws(() => clipGradients('x', gradients, 1), { name: 'InputError', message });
  });
});

function close(found: number, want: number, what: string): void {
  assert.ok(Math.abs(found - want) <= 1e-6 * (1 + Math.abs(want)), `${what}: ${found} for ${want}`);
}
