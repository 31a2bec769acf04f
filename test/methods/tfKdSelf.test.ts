/** Self-training: weights, the teacher that it takes, what it refuses. Its loss is held against PyTorch's in test/losses. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { kdMethod } from 'iekd/dist/methods/kd';
import { type TfKdSelfOptions, tfKdSelf } from 'iekd/dist/methods/tfKdSelf';
import { weightAt } from 'iekd/dist/optim/weight';
import { random } from 'iekd/dist/util/rng';
import { CLOCK, smallWorld, type World, worldOf } from '../fixtures/methodNetworks';
import { smallNetwork } from '../fixtures/smallNetwork';

let world: World;
before(async () => {
  await tf.setBackend('cpu');
  world = smallWorld();
});
after(() => world.dispose());

const rows: readonly (readonly [TfKdSelfOptions, task: number, soft: number])[] = [
  [{}, 0.05, 0.95 * 36],
  [{ multiplier: 0.5 }, 0.05, 0.95 * 0.5 * 36],
  [{ alpha: 0.25, temperature: 20 }, 0.75, 100],
];
for (const [options, task, soft] of rows) {
  test(`weights of ${JSON.stringify(options)}: 1 − α and α · multiplier · T²`, () => {
    const distillation = world.bind(tfKdSelf(options));
    tf.tidy(() => {
      const terms = distillation
        .terms(world.step(distillation))
        .map(({ name, weight }) => [name, Number(weightAt(weight, CLOCK).toFixed(12))]);
      assert.deepEqual(terms, [
        ['task', Number(task.toFixed(12))],
        ['tfkd-self', Number(soft.toFixed(12))],
      ]);
    });
  });
}

test('takes a copy of its own kind only, where kd takes any', () => {
  const pair = worldOf(smallNetwork(random(1)), [smallNetwork(random(2), { channels: [4, 6, 7] })]);
  const spec = (last: number): string =>
    `{"channels":[4,6,${last}],"classes":10,"input":[8,8,3],"name":"small","prefix":"stage","strides":[1,2,2]}`;
  assert.throws(() => pair.bind(tfKdSelf()), {
    name: 'InputError',
    message: `tfkd-self: expected a teacher of the student's own kind, ${spec(5)}, received ${spec(7)}; kd takes any teacher`,
  });
  pair.bind(kdMethod());
  pair.dispose();
});

const refused: readonly (readonly [string, () => unknown, string])[] = [
  [
    'an unknown option',
    () => tfKdSelf({ t: 6 } as object),
    'tfkd-self: expected options among alpha, temperature, multiplier, received "t"',
  ],
  ['an alpha beyond 1', () => tfKdSelf({ alpha: 2 }), 'tfkd-self: alpha: expected a number in [0, 1], received 2'],
  ['a temperature of 0', () => tfKdSelf({ temperature: 0 }), 'tfkd-self: temperature: expected a number above 0, received 0'],
  ['a negative multiplier', () => tfKdSelf({ multiplier: -1 }), 'tfkd-self: multiplier: expected a number from 0, received -1'],
];
for (const [name, act, message] of refused) test(`refuses ${name}`, () => assert.throws(act, { name: 'InputError', message }));
