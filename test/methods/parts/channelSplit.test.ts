/** Which channels inherit: counts, orders, stored splits. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkSplit, splitChannels, splitKind } from 'iekd/dist/methods/parts/channelSplit';
import { random } from 'iekd/dist/util/rng';

const stream = (seed = 0) => random(seed).stream('split');
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

describe('splitChannels', () => {
  const rows: readonly (readonly [channels: number, ratio: number, inherit: number])[] = [
    [64, 0.5, 32],
    [64, 0.25, 16],
    [5, 0.5, 3],
    [7, 0.4, 3],
    [2, 0.5, 1],
    [64, 0, 0],
    [64, 1, 64],
    [1, 1, 1],
  ];
  for (const [channels, ratio, inherit] of rows) {
    test(`${channels} channels at ${ratio}: ${inherit} inherit, natural and random`, () => {
      const natural = splitChannels(channels, ratio, 'natural', stream());
      assert.deepEqual(natural, { inheritance: range(0, inherit), exploration: range(inherit, channels) });
      const { inheritance, exploration } = splitChannels(channels, ratio, 'random', stream());
      assert.equal(inheritance.length, inherit);
      assert.deepEqual(
        [...inheritance, ...exploration].sort((a, b) => a - b),
        range(0, channels),
      );
      for (const part of [inheritance, exploration])
        assert.deepEqual(
          [...part].sort((a, b) => a - b),
          part,
        );
    });
  }

  test('random: the same from a seed, different from another, and not the natural one', () => {
    const drawn = (seed: number): object => splitChannels(64, 0.5, 'random', stream(seed));
    assert.deepEqual(drawn(1), drawn(1));
    assert.notDeepEqual(drawn(1), drawn(2));
    assert.notDeepEqual(drawn(1), splitChannels(64, 0.5, 'natural', stream()));
  });

  test('random: every channel inherits about equally often (800 draws, 5 standard deviations)', () => {
    const counts = new Array<number>(8).fill(0);
    for (let seed = 0; seed < 800; seed++) {
      for (const i of splitChannels(8, 0.5, 'random', stream(seed)).inheritance) counts[i] = (counts[i] as number) + 1;
    }
    for (const count of counts) assert.ok(Math.abs(count - 400) < 5 * Math.sqrt(800 / 4), `${counts}`);
  });

  const refused: readonly (readonly [string, () => unknown, string])[] = [
    [
      'a ratio that would leave a part empty',
      () => splitChannels(4, 0.1, 'natural', stream()),
      'splitChannels: expected a ratio that leaves each part of 4 channels at least one, received 0.1; use 0 or 1 for one part',
    ],
    [
      'one channel in two',
      () => splitChannels(1, 0.5, 'natural', stream()),
      'splitChannels: expected a ratio that leaves each part of 1 channels at least one, received 0.5; use 0 or 1 for one part',
    ],
    [
      'a ratio beyond 1',
      () => splitChannels(4, 1.1, 'natural', stream()),
      'splitChannels: ratio: expected a number in [0, 1], received 1.1',
    ],
    ['an unknown kind', () => splitKind('x', 'relation'), 'x: expected one of natural, random, received "relation"'],
  ];
  for (const [name, act, message] of refused) {
    test(`refuses ${name}`, () => assert.throws(act, { name: 'InputError', message }));
  }
});

describe('checkSplit', () => {
  const like = { inheritance: [0, 1], exploration: [2, 3, 4] };

  test('returns a copy of a split that fits', () => {
    const stored = { inheritance: [1, 4], exploration: [0, 2, 3] };
    const checked = checkSplit('s', stored, like);
    assert.deepEqual(checked, stored);
    assert.notEqual(checked.inheritance, stored.inheritance);
  });

  const bad: readonly (readonly [string, unknown])[] = [
    ['nothing', undefined],
    ['null', null],
    ['a part missing', { inheritance: [0, 1] }],
    ['parts of other sizes', { inheritance: [0, 1, 2], exploration: [3, 4] }],
    ['a channel twice', { inheritance: [0, 1], exploration: [1, 2, 3] }],
    ['a channel beyond the map', { inheritance: [0, 1], exploration: [2, 3, 5] }],
    ['a fractional channel', { inheritance: [0, 1], exploration: [2, 3, 3.5] }],
    ['texts', { inheritance: ['0', '1'], exploration: ['2', '3', '4'] }],
  ];
  for (const [name, value] of bad) {
    test(`refuses ${name}`, () => {
      const shown = value === undefined ? 'undefined' : JSON.stringify(value);
      const message = `s: expected a split of 5 channels into 2 that inherit and 3 that explore, received ${shown}`;
      assert.throws(() => checkSplit('s', value, like), { name: 'InputError', message });
    });
  }
});
