/** SGD over named variables against the formula of `sgdStep`, computed here in double precision. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { SgdCoefficients } from 'iekd/dist/engine/fused/sgdStep';
import { tf } from 'iekd/dist/engine/tf';
import { Variables } from 'iekd/dist/engine/variables';
import { sgd } from 'iekd/dist/optim/optimizers/sgd';

before(() => tf.setBackend('cpu'));

/** d = g + decay · w; v ← momentum · v + d; w ← w − rate · (nesterov ? d + momentum · v : v), three steps of constant gradient. */
function expected(w: number, g: number, c: SgdCoefficients): { w: number; v: number } {
  let v = 0;
  let at = w;
  for (let step = 0; step < 3; step++) {
    const d = g + c.weightDecay * at;
    v = c.momentum * v + d;
    at -= c.learningRate * (c.nesterov ? d + c.momentum * v : v);
  }
  return { w: at, v };
}

const base: SgdCoefficients = { learningRate: 0.1, momentum: 0.9, weightDecay: 5e-4, nesterov: true };
const rows: readonly (readonly [string, SgdCoefficients])[] = [
  ['Nesterov momentum and weight decay', base],
  ['plain momentum', { ...base, nesterov: false }],
  ['no momentum', { ...base, momentum: 0 }],
  ['no weight decay', { ...base, weightDecay: 0 }],
  ['a rate of 0 moves velocities only', { ...base, learningRate: 0 }],
];

describe('sgd', () => {
  for (const [name, coefficients] of rows) {
    const { learningRate, ...options } = coefficients;
    test(name, () => {
      const start = tf.memory().numTensors;
      const variables = new Variables();
      const [a, b] = [variables.add('a', { shape: [2], data: Float32Array.of(1, -2) }), variables.add('b', one(0.5))];
      const still = variables.add('still', one(3));
      variables.add('statistic', one(4), false);
      const optimizer = sgd(variables, options);
      const gradients = new Map<string, tf.Tensor>([
        ['a', tf.tensor1d([0.3, 0.7])],
        ['b', tf.tensor1d([-0.2])],
      ]);
      const count = tf.memory().numTensors;
      for (let step = 0; step < 3; step++) optimizer.step(gradients, learningRate);
      assert.equal(tf.memory().numTensors, count, 'tensors after three steps');
      const found = [...a.dataSync(), ...b.dataSync()];
      const velocities = [...optimizer.state.get('velocity/a').dataSync(), ...optimizer.state.get('velocity/b').dataSync()];
      for (const [i, [w, g]] of [
        [1, 0.3],
        [-2, 0.7],
        [0.5, -0.2],
      ].entries()) {
        const want = expected(w as number, g as number, coefficients);
        close(found[i], want.w, `weight ${i}`);
        close(velocities[i], want.v, `velocity ${i}`);
      }
      assert.deepEqual([...still.dataSync()], [3], 'a parameter without a gradient');
      assert.deepEqual(
        optimizer.state.entries().map((v) => v.name),
        ['velocity/a', 'velocity/b', 'velocity/still'],
      );
      optimizer.dispose();
      variables.dispose();
      tf.dispose([...gradients.values()]);
      assert.equal(tf.memory().numTensors, start, 'tensors at the end');
    });
  }

  test('a parameter under two names is refused', () => {
    const own = new Variables();
    own.add('a', one(1));
    const message = 'sgd: expected every parameter under one name, not also x/a, received "y/a"';
    const twice = new Variables().include('x/', own).include('y/', own);
    assert.throws(() => sgd(twice), { name: 'InputError', message });
  });

  test('a gradient of another shape is refused', () => {
    const variables = new Variables();
    variables.add('a', one(1));
    const gradient = tf.tensor1d([1, 2]);
    const message = 'sgdStep: expected velocity and gradient of shape [1], received [[1],[2]]';
    assert.throws(() => sgd(variables).step(new Map([['a', gradient]]), 0.1), { name: 'InputError', message });
  });
});

function one(value: number): { shape: number[]; data: Float32Array } {
  return { shape: [1], data: Float32Array.of(value) };
}

/** Within three roundings of float32. */
function close(found: number | undefined, want: number, what: string): void {
  assert.ok(Math.abs((found ?? Number.NaN) - want) <= 3e-7 * (1 + Math.abs(want)), `${what}: ${found} for ${want}`);
}
