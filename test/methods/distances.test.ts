/** IE over ft by every distance of the ablation: what each branch's term is, and what exploration does with it. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { ckaLinear, ckaRbf } from 'iekd/dist/losses/cka';
import { cosineDistance, cosineMagnitude } from 'iekd/dist/losses/cosine';
import { normalisedL1, normalisedL2 } from 'iekd/dist/losses/normalisedDistance';
import type { Distillation } from 'iekd/dist/methods/distillation';
import { ie } from 'iekd/dist/methods/ie';
import { match } from 'iekd/dist/methods/match';
import { ft } from 'iekd/dist/methods/matchers/features/ft';
import { od } from 'iekd/dist/methods/matchers/features/od';
import { FACTOR_DISTANCES } from 'iekd/dist/methods/parts/factorDistances';
import type { Network } from 'iekd/dist/models/types';
import { random } from 'iekd/dist/util/rng';
import { number, smallWorld, type World, weightedSum, worldOf } from '../fixtures/methodNetworks';
import { smallNetwork } from '../fixtures/smallNetwork';

let world: World;
before(async () => {
  await tf.setBackend('cpu');
  world = smallWorld();
});
after(() => world.dispose());

type Distance = (a: tf.Tensor, b: tf.Tensor) => tf.Scalar;

/** The distance, what exploration measures, and the sign of its weight: + minimises, − maximises. */
const TABLE: Readonly<Record<string, readonly [inherit: Distance, explore: Distance, sign: 1 | -1]>> = {
  l1: [normalisedL1, normalisedL1, -1],
  l2: [normalisedL2, normalisedL2, -1],
  cosine: [cosineDistance, cosineMagnitude, 1], // to orthogonal factors, not to opposite ones
  cka: [ckaLinear, ckaLinear, -1],
  'cka-rbf': [ckaRbf, (a, b) => ckaRbf(a, b), -1],
};

describe('ie(ft({ distance }))', () => {
  test('the table has every distance', () => assert.deepEqual(Object.keys(TABLE), Object.keys(FACTOR_DISTANCES)));

  for (const [distance, { of, sizeExponent, expected }] of Object.entries(FACTOR_DISTANCES)) {
    test(`${distance}: four times the values of the same kind change the distance by 4 to its exponent, to 0.001 %`, () => {
      tf.tidy(() => {
        const [a, b] = [1, 2].map((seed) => tf.randomNormal([8, 32], 0, 1, 'float32', seed)) as [tf.Tensor, tf.Tensor];
        const [small, large] = [of(a, b), of(tf.tile(a, [1, 4]), tf.tile(b, [1, 4]))].map(number) as [number, number];
        assert.ok(Math.abs(large / small / 4 ** sizeExponent - 1) < 1e-5, `${small}, then ${large}`);
      });
      const [small, large] = [expected(32), expected(128)];
      assert.equal(large.bound, small.bound * 4 ** sizeExponent);
      assert.equal(large.unrelated, small.unrelated && small.unrelated * 4 ** sizeExponent);
    });
  }

  for (const [distance, [inherit, explore, sign]] of Object.entries(TABLE)) {
    test(`${distance}: of each branch's own factor; exploration ${sign > 0 ? 'minimises' : 'maximises'} its term`, () => {
      const distillation = world.bind(ie(ft({ distance }), { inherit: 3, explore: 7 }));
      tf.tidy(() => {
        const step = world.step(distillation);
        const [, inheritance, exploration] = distillation.terms(step);
        const [one, other] = distillation.compare(step, true);
        assert.deepEqual([inheritance?.weight, exploration?.weight], [3, sign * 7]);
        for (const [term, branch, loss] of [
          [inheritance, one, inherit],
          [exploration, other, explore],
        ] as const) {
          const expected = number(loss(branch?.factor[0] as tf.Tensor, branch?.target[0] as tf.Tensor));
          assert.ok(Math.abs(number(term?.value as tf.Scalar) - expected) <= 1e-7, `${term?.name}`);
        }
      });
    });

    test(`${distance}: a step against the gradient draws one branch nearer and pushes the other away`, () => {
      for (const [branch, weights] of [
        ['inheritance', { inherit: 1, explore: 0 }],
        ['exploration', { inherit: 0, explore: 1 }],
      ] as const) {
        const alone = world.bind(ie(ft({ distance }), weights));
        const start = distanceOf(alone, branch, inherit);
        assert.ok(descend(alone, branch) > 0);
        const end = distanceOf(alone, branch, inherit);
        assert.ok(branch === 'inheritance' ? end < start : end > start, `${branch}: ${start} → ${end}`);
      }
    });
  }
});

/** A branch's distance from its target on the usual batch. */
function distanceOf(distillation: Distillation, branch: string, distance: Distance): number {
  return tf.tidy(() => {
    const compared = distillation.compare(world.step(distillation), true).find((one) => one.branch === branch);
    return number(distance(compared?.factor[0] as tf.Tensor, compared?.target[0] as tf.Tensor));
  });
}

/** Moves the branch's own variables a little against the gradient of its weighted term. @returns how long the gradient was */
function descend(distillation: Distillation, branch: string): number {
  return tf.tidy(() => {
    const own = distillation.variables.parameters().filter(({ name }) => name.startsWith(`${branch}.`));
    const { grads } = tf.variableGrads(
      () => {
        const term = distillation.terms(world.step(distillation)).find(({ name }) => name === branch);
        return weightedSum(term ? [term] : []);
      },
      own.map((p) => p.variable),
    );
    const square = own.reduce((sum, { variable }) => sum + number(tf.sum(tf.square(grads[variable.name] as tf.Tensor))), 0);
    const length = Math.sqrt(square);
    for (const { variable } of own) variable.assign(tf.sub(variable, tf.mul(grads[variable.name] as tf.Tensor, 0.02 / length)));
    return length;
  });
}

test('od refuses a map that no batch norm made, naming it', () => {
  const network = (seed: number): Network => smallNetwork(random(seed));
  const bare = network(2);
  const features = bare.features.map(({ batchNorm: _, ...map }) => map);
  const pair = worldOf(network(1), [{ ...bare, features }]);
  const message =
    'od: expected a map of the teacher that one batch norm made and a ReLU cuts, received stage1.pre of small; it has no such map';
  assert.throws(() => pair.bind(match(od())), { name: 'InputError', message });
  pair.dispose();
});
