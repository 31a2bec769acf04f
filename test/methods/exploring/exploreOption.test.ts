/** The option `explore`: when it acts and how strongly, epoch by epoch, and what is refused. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { type ExploreOptions, exploring } from 'iekd/dist/methods/exploring/exploreOption';
import { type IeOptions, ie } from 'iekd/dist/methods/ie';
import { buildMethod } from 'iekd/dist/methods/index';
import { fitnet } from 'iekd/dist/methods/matchers/features/fitnet';
import { ft } from 'iekd/dist/methods/matchers/features/ft';
import { od } from 'iekd/dist/methods/matchers/features/od';
import type { Schedule } from 'iekd/dist/optim/schedule';
import { weightAt } from 'iekd/dist/optim/weight';
import { smallWorld, type World } from '../../fixtures/methodNetworks';

let world: World;
before(async () => {
  await tf.setBackend('cpu');
  world = smallWorld({ channels: [4, 6] });
});
after(() => world.dispose());

const clock = (epoch: number, drops: readonly number[] = [8, 12]) => ({ step: 0, epoch, epochs: 16, drops });

describe('the weight over 16 epochs, the rate falling after 8 and 12', () => {
  const cosine = { kind: 'cosine', base: 10 } as const;
  const linear = { kind: 'linear', base: 10 } as const;
  const warm = { kind: 'linear', base: 10, floor: 10, warmUp: { epochs: 4 } } as const;
  const rows: readonly (readonly [string, Schedule | ExploreOptions, Readonly<Record<number, number>>])[] = [
    ['a weight alone', 5, { 0: 5, 15.9: 5 }],
    ['a schedule alone', cosine, { 0: 10, 8: 5, 16: 0 }],
    ['a form alone has the matcher’s weight', { how: 'shared' }, { 0: 50, 15.9: 50 }],
    ['by CKA, a weight of 1', { how: 'cka' }, { 0: 1, 15.9: 1 }],
    ['from an epoch on', { weight: 5, from: 4 }, { 0: 0, 3.99: 0, 4: 5, 15.9: 5 }],
    ['stopped after an epoch', { weight: 5, until: 4 }, { 0: 5, 3.99: 5, 4: 0, 15.9: 0 }],
    ['from the first drop on', { weight: 5, from: 'drop' }, { 7.99: 0, 8: 5, 12: 5 }],
    ['until the first drop', { weight: 5, until: 'drop' }, { 0: 5, 7.99: 5, 8: 0 }],
    ['annealed in a window of its own', { weight: cosine, from: 4, until: 12 }, { 3.9: 0, 4: 10, 8: 5, 12: 0, 13: 0 }],
    ['on a line', { weight: linear, until: 8 }, { 0: 10, 2: 7.5, 4: 5, 8: 0 }],
    ['on a line to the end', { weight: linear, from: 8 }, { 8: 10, 12: 5, 16: 0 }],
    ['warmed up from where it begins', { weight: warm, from: 'drop' }, { 7: 0, 8: 0, 10: 5, 12: 10, 15: 10 }],
  ];
  for (const [name, given, expected] of rows) {
    test(name, () => {
      const weight = exploring('ie-ft: explore', given, 50).weight(1);
      const negated = exploring('ie-ft: explore', given, 50).weight(-2);
      for (const [epoch, value] of Object.entries(expected)) {
        if (Number(epoch) === 16 && typeof given === 'object' && !('kind' in given)) continue; // after the last step
        const received = weightAt(weight, clock(Number(epoch)));
        assert.ok(Math.abs(received - value) < 1e-12, `epoch ${epoch}: ${received} for ${value}`);
        assert.ok(Math.abs(weightAt(negated, clock(Number(epoch))) + 2 * value) < 1e-12);
        assert.ok(!Object.is(weightAt(negated, clock(Number(epoch))), -0));
      }
    });
  }
});

test('what is written down builds the same method; a weight alone stays one', () => {
  const rows: readonly (readonly [unknown, unknown])[] = [
    [undefined, 50],
    [3, 3],
    [{ from: 4 }, { how: 'negate', weight: 50, from: 4 }],
    [
      { how: 'cka', floor: 0.3, until: 'drop' },
      { how: 'cka', weight: 1, until: 'drop', floor: 0.3 },
    ],
  ];
  for (const [explore, written] of rows) {
    const { options } = buildMethod({ name: 'ie-ft', ...(explore === undefined ? {} : { explore }) });
    assert.deepEqual(options['explore'], written);
    assert.deepEqual(buildMethod({ name: 'ie-ft', ...JSON.parse(JSON.stringify(options)) }).options, options);
  }
});

test('by CKA and by a shared encoder the exploration half has no encoder of its own; matchers without a repulsion explore by CKA', () => {
  const parts = (explore: ExploreOptions): string[] => {
    const names = world.bind(ie(ft(), { explore })).variables.entries();
    return [...new Set(names.map(({ name }) => name.split('.')[0] as string))];
  };
  assert.deepEqual(parts({ how: 'reversed' }), ['inheritance', 'exploration']);
  for (const how of ['shared', 'cka', 'cka-halves'] as const) assert.deepEqual(parts({ how }), ['inheritance']);
  const unbounded = fitnet({ feature: 'last' });
  const { repulsion: _, ...distance } = unbounded.distance;
  const terms = (method = ie({ ...unbounded, distance }, { explore: { how: 'cka' } })): string[] => {
    const distillation = world.bind(method);
    return tf
      .tidy(() =>
        distillation
          .terms(world.step(distillation))
          .map(({ name }) => name)
          .join(' '),
      )
      .split(' ');
  };
  assert.deepEqual(terms(), ['task', 'inheritance', 'exploration']);
  assert.deepEqual(terms(ie(ft(), { ratio: 1, explore: { how: 'cka' } })), ['task', 'inheritance']);
  assert.deepEqual(terms(ie(ft(), { ratio: 0, explore: { how: 'cka' } })), ['task', 'exploration']);
});

describe('refuses', () => {
  const made = (explore: unknown, options: IeOptions = {}, matcher = ft()) => ie(matcher, { ...options, explore } as IeOptions);
  const at = (explore: unknown, epoch: number, drops?: readonly number[]) => () => {
    const { weight } = exploring('ie-ft: explore', explore, 50);
    return weightAt(weight(1), clock(epoch, drops));
  };
  const rows: readonly (readonly [string, () => unknown, string])[] = [
    [
      'an unknown entry',
      () => made({ how: 'cka', start: 3 }),
      'ie-ft: explore: expected options among how, weight, from, until, floor, received "start"',
    ],
    [
      'an unknown form',
      () => made({ how: 'repel' }),
      'ie-ft: explore: how: expected one of negate, reversed, shared, cka, cka-halves, received "repel"',
    ],
    ['a weight below 0', () => made({ weight: -1 }), 'ie-ft: explore: weight: expected a number from 0, received -1'],
    [
      'an epoch that is none',
      () => made({ from: 'end' }),
      'ie-ft: explore: from: expected epochs from 0, or "drop", received "end"',
    ],
    ['an epoch below 0', () => made({ until: -1 }), 'ie-ft: explore: until: expected epochs from 0, or "drop", received -1'],
    [
      'an end before the beginning',
      () => made({ from: 5, until: 5 }),
      'ie-ft: explore: until: expected an end after its beginning, 5, received 5',
    ],
    [
      'a window of no length',
      () => made({ from: 'drop', until: 'drop' }),
      'ie-ft: explore: until: expected an end after its beginning, drop, received "drop"',
    ],
    [
      'a floor of another form',
      () => made({ how: 'shared', floor: 0.1 }),
      'ie-ft: explore: floor: expected how to be cka or cka-halves where it is given, received "shared"',
    ],
    ['a floor above 1', () => made({ how: 'cka', floor: 2 }), 'ie-ft: explore: floor: expected a number in [0, 1], received 2'],
    [
      'a schedule with entries of a form',
      () => made({ kind: 'cosine', base: 1, from: 3 }),
      'ie-ft: explore: expected options among kind, base, warmUp, floor, received "from"',
    ],
    [
      'a beginning after the end of training',
      at({ from: 16 }, 0),
      'ie-ft: explore: from: expected less than the 16 epochs, received 16',
    ],
    [
      'a drop of a rate that has none',
      at({ from: 'drop' }, 0, []),
      'ie-ft: explore: from: expected a learning rate that drops, received one that does not; give an epoch',
    ],
    [
      'a shared encoder of unequal halves',
      () => world.bind(made({ how: 'shared' }, { ratio: 0.3 })),
      'ie-ft: explore: how: expected another form than shared, or halves of as many channels, received 2 and 4; give ratio 0.5',
    ],
    [
      'halves where nothing inherits',
      () => world.bind(made({ how: 'cka-halves' }, { ratio: 0 })),
      'ie-ft: explore: how: expected another form than cka-halves, or channels that inherit, received none; give a ratio above 0',
    ],
    [
      'a reversal of a distance without a bound',
      () => made({ how: 'reversed' }, {}, od()),
      'ie-od: expected a matcher that can push away within a bound, received od, which negates a distance without stating its bound; the loss could fall without end; declare a bounded function as its repulsion',
    ],
  ];
  for (const [name, act, message] of rows) {
    test(`${name}, leaking nothing`, () => {
      const tensors = tf.memory().numTensors;
      assert.throws(act, { name: 'InputError', message });
      assert.equal(tf.memory().numTensors, tensors);
    });
  }
});
