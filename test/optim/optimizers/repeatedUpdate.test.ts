/** SGD that the engine repeats beside SGD that it does not: the same bits, whatever comes between. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { CapturedFunction } from 'iekd/dist/engine/capture/capturedFunction';
import { sgdStep } from 'iekd/dist/engine/fused/sgdStep';
import { onednn } from 'iekd/dist/engine/onednn';
import { start } from 'iekd/dist/engine/start';
import { tf } from 'iekd/dist/engine/tf';
import { Variables } from 'iekd/dist/engine/variables';
import type { Optimizer } from 'iekd/dist/optim/optimizer';
import { sgd } from 'iekd/dist/optim/optimizers/sgd';

interface Trained {
  readonly variables: Variables;
  readonly optimizer: Optimizer;
}

function trained(): Trained {
  const variables = new Variables();
  variables.add('a', { shape: [3], data: Float32Array.of(1, -2, 0.3) });
  variables.add('b', { shape: [1], data: Float32Array.of(0.7) });
  return { variables, optimizer: sgd(variables) };
}

const values = ({ variables, optimizer }: Trained): number[] =>
  [variables, optimizer.state].flatMap((set) => set.entries().flatMap(({ variable }) => [...variable.dataSync()]));

/** Gradients in variables, so that their values move while the tensors stay, as those of a captured pass do. */
function gradients(first: number): ReadonlyMap<string, tf.Variable> {
  return new Map([
    ['a', tf.variable(tf.tensor1d([first, 0.1, -0.3]))],
    ['b', tf.variable(tf.tensor1d([first / 3]))],
  ]);
}

/** Its values change where they lie: `assign` would give it others. */
function moveInPlace(gradient: tf.Variable): void {
  const [velocity, one] = [tf.variable(tf.zerosLike(gradient)), tf.onesLike(gradient)];
  sgdStep([{ parameter: gradient, velocity, gradient: one }], {
    learningRate: 0.01,
    momentum: 0,
    weightDecay: 0.5,
    nesterov: false,
  });
  for (const tensor of [velocity, one]) tensor.dispose();
}

describe('SGD, repeated by the engine', async () => {
  const skip = await onednn.unavailable();
  before(() => (skip ? undefined : start({ engine: 'onednn', threads: 2 })));

  it('gives the bits of SGD that is not', { skip }, () => {
    const [repeated, plain] = [trained(), trained()];
    const [one, other] = [gradients(0.5), gradients(-0.25)];
    const captured = CapturedFunction.prototype.call;
    let [steps, replays] = [0, 0];
    CapturedFunction.prototype.call = function (this: CapturedFunction, ...args) {
      const before = this.captured;
      const result = captured.apply(this, args);
      if (before && this.captured) replays++;
      return result;
    };
    const step = (given: ReadonlyMap<string, tf.Variable>, rate: number): void => {
      for (const gradient of given.values()) moveInPlace(gradient);
      repeated.optimizer.step(given, rate);
      steps++;
      const copies = new Map([...given].map(([name, gradient]) => [name, tf.clone(gradient)]));
      plain.optimizer.step(copies, rate);
      for (const copy of copies.values()) copy.dispose();
      assert.deepEqual(values(repeated), values(plain), `step ${steps}`);
    };
    for (const rate of [0.1, 0.1, 0.05, 0.05, 0.02, 0.01]) step(one, rate);
    step(other, 0.01); // between two, as the last batch of an epoch
    step(one, 0.01);
    for (const { variables } of [repeated, plain])
      variables.load({ ...variables.snapshot(), b: { shape: [1], data: Float32Array.of(9) } });
    for (const rate of [0.01, 0.02, 0.03]) step(one, rate);
    for (const rate of [0.01, 0.02, 0.03, 0.04, 0.05]) step(other, rate);
    CapturedFunction.prototype.call = captured;
    assert.equal(replays, 3); // two of the first six steps, and the last
    for (const map of [one, other]) for (const gradient of map.values()) gradient.dispose();
    for (const { variables, optimizer } of [repeated, plain]) {
      optimizer.dispose();
      variables.dispose();
    }
  });

  it('copies values that others have come to hold', { skip }, () => {
    const own = trained();
    const given = gradients(0.5);
    for (let i = 0; i < 6; i++) own.optimizer.step(given, 0.1);
    const kept = tf.clone(own.variables.get('a'));
    const before = [...kept.dataSync()];
    own.optimizer.step(given, 0.1);
    assert.deepEqual([...kept.dataSync()], before);
    assert.notDeepEqual([...own.variables.get('a').dataSync()], before);
    for (const tensor of [kept, ...given.values()]) tensor.dispose();
    own.optimizer.dispose();
    own.variables.dispose();
  });
});
