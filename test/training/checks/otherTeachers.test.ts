/** Teachers that are unlike their student where nothing reads what differs: other classes, images of another size. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import {
  at,
  buildNetwork,
  describeModels,
  fitnet,
  ft,
  ie,
  kdMethod,
  match,
  type Network,
  type NetworkSpec,
  planNetwork,
  random,
  start,
  tf,
  train,
} from 'iekd';
import { onImages } from 'iekd/dist/models/index';
import { smallNetwork } from '../../fixtures/smallNetwork';
import { tinyData } from '../../fixtures/tinyNetworks';

before(() => start({ engine: 'cpu' }));

const training = { epochs: 1, batch: 16, learningRate: 0.01 };
const small = (seed: number, classes: number, side: number): Network =>
  smallNetwork(random(seed), { classes, input: [side, side, 1] });
type Taught = Parameters<typeof train>[0];
const taught = (student: Network, method: Taught['method'], teachers: Network[]): Taught => {
  return { student, method, teachers, data: tinyData(), training };
};

describe('a teacher of other classes', () => {
  const methods = [match(at({ features: ['stage1'] })), ie(ft({ fit: { epochs: 1 } })), match(fitnet({ feature: 'stage1' }))];
  for (const method of methods) {
    test(`teaches ${method.name}, which reads its maps alone`, async () => {
      const { last, dispose } = await train(taught(small(8, 3, 4), method, [small(4, 7, 4)]));
      assert.ok(Number.isFinite(last?.loss));
      dispose();
    });
  }
});

describe('a teacher of images of another size', () => {
  const resnet = (seed: number, side: number, channels = 1, classes = 3) =>
    buildNetwork({ name: 'resnet8', classes, input: [side, side, channels] }, random(seed));

  for (const method of [kdMethod(), match(at()), ie(ft({ fit: { epochs: 1 } }))]) {
    test(`teaches by ${method.name}: its layers are placed on the data's images`, async () => {
      const [learner, large] = [resnet(1, 4), resnet(2, 32)];
      const { last, facts, dispose } = await train(taught(learner, method, [large]));
      assert.ok(Number.isFinite(last?.loss));
      assert.deepEqual(facts.teachers[0]?.spec.input, [4, 4, 1]);
      assert.ok(!large.variables.disposed, 'it is still the caller’s');
      for (const one of [learner, large, { dispose }]) one.dispose();
    });
  }

  test('sees what a network of that size with its weights would', () => {
    const [large, same] = [resnet(2, 32), resnet(3, 4)];
    same.variables.load(large.variables.snapshot());
    const x = tf.randomNormal<tf.Rank.R4>([2, 4, 4, 1], 0, 1, 'float32', 1);
    const placed = onImages('t', large, [4, 4, 1]);
    assert.deepEqual(placed.features, same.features);
    assert.deepEqual(placed.forward(x).logits.dataSync(), same.forward(x).logits.dataSync());
    assert.equal(onImages('t', same, [4, 4, 1]), same);
    placed.dispose();
    assert.ok(large.variables.disposed);
  });

  test('may be any of the table: no weight belongs to one size', () => {
    const shapes = (spec: NetworkSpec, side: number): object =>
      planNetwork({ ...spec, input: [side, side, 3] }).variables.map(({ name, shape }) => [name, shape]);
    const classifiers = describeModels().flatMap(({ name, task }) => (task === 'classification' ? [{ name }] : []));
    const specs: readonly NetworkSpec[] = [...classifiers, { name: 'vgg13-bn', hidden: 64 }];
    for (const spec of specs) assert.deepEqual(shapes(spec, 64), shapes(spec, 32), spec.name);
  });

  const rows: readonly (readonly [string, () => Network, string])[] = [
    [
      'channels',
      () => resnet(4, 8, 3),
      'train: teacher resnet8: expected images of 8×8×3, received 4×4×1; channels must be the same',
    ],
    [
      'a kind that no table has',
      () => small(9, 3, 8),
      'train: teacher small: expected images of 8×8×1, received 4×4×1; only networks of buildNetwork can be placed on another size',
    ],
  ];
  for (const [name, given, message] of rows) {
    test(`is refused: ${name}`, async () => {
      await assert.rejects(train(taught(small(1, 3, 4), match(at()), [given()])), { name: 'InputError', message });
    });
  }
});
