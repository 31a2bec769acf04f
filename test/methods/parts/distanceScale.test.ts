/** Scales of weights by the size of maps: numbers worked out by hand, and weights as methods give them. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import type { Distillation } from 'iekd/dist/methods/distillation';
import { ie } from 'iekd/dist/methods/ie';
import { match } from 'iekd/dist/methods/match';
import type { Matcher } from 'iekd/dist/methods/matcher';
import { ab } from 'iekd/dist/methods/matchers/features/ab';
import { at } from 'iekd/dist/methods/matchers/features/at';
import { fitnet } from 'iekd/dist/methods/matchers/features/fitnet';
import { ft } from 'iekd/dist/methods/matchers/features/ft';
import type { Method } from 'iekd/dist/methods/method';
import { distanceScale } from 'iekd/dist/methods/parts/distanceScale';
import { DEFAULT_TASK } from 'iekd/dist/tasks/index';
import { random } from 'iekd/dist/util/rng';
import { smallNetwork } from '../../fixtures/smallNetwork';

before(() => tf.setBackend('cpu'));

const CIFAR = [8, 8, 64] as const;

describe('distanceScale', () => {
  type Case = readonly [string, exponent: number, shapes: readonly (readonly number[])[], channels: readonly number[], number];
  const cases: readonly Case[] = [
    // FT keeps half of the channels: 8·8·32 = 2,048 values on the paper's map
    ["FT on the paper's own map", -0.5, [[8, 8, 32]], [64], 1],
    ['FT on 20×20 of 64 channels', -0.5, [[20, 20, 32]], [64], Math.sqrt(12_800 / 2048)],
    ['FT on 38×38 of 256 channels', -0.5, [[38, 38, 128]], [256], Math.sqrt(184_832 / 2048)],
    ['attention maps have no channels', -0.5, [[16, 16]], [64], 2],
    ['a mean over elements', 0, [[38, 38, 128]], [256], 1],
    ['a sum over elements', 1, [[16, 16, 128]], [128], 1 / 8],
    [
      'two maps: the mean',
      1,
      [
        [8, 8, 64],
        [16, 16, 64],
      ],
      [64, 64],
      (1 + 1 / 4) / 2,
    ],
  ];
  for (const [name, sizeExponent, shapes, channels, expected] of cases) {
    test(`${name}: ${expected.toPrecision(4)}`, () => {
      const maps = channels.map((count) => ({ channels: count }));
      assert.ok(Math.abs(distanceScale({ sizeExponent }, shapes, maps, CIFAR) / expected - 1) < 1e-12);
      assert.equal(distanceScale({ sizeExponent }, shapes, maps, undefined), 1);
    });
  }
});

describe('weights of methods', () => {
  // Maps of 4×4 cells: 16 positions for the paper's 64.
  const network = (seed: number): ReturnType<typeof smallNetwork> =>
    smallNetwork(random(seed), { channels: [4, 8], input: [8, 8, 3] });
  const scaleOf = (method: Method, distanceMap?: typeof CIFAR): number | undefined => {
    const [student, teacher] = [network(1), network(2)];
    const task = { ...DEFAULT_TASK, ...(distanceMap ? { distanceMap } : {}) };
    const distillation: Distillation = method.build({ student, teachers: [teacher], task, random: random(0) });
    const { weightScale } = distillation;
    for (const one of [distillation, student, teacher]) one.dispose();
    return weightScale;
  };
  // FT compares the last map, of 4×4 positions and 8 channels for the paper's 8×8 and 64; AT and AB the one of 8×8 and 4, too.
  const cases: readonly (readonly [Matcher, number])[] = [
    [ft(), Math.sqrt((16 * 4) / (64 * 32))],
    [at(), (1 + 16 / 64) / 2],
    [fitnet(), 1],
    [ab(), ((64 * 64) / (64 * 4) + (64 * 64) / (16 * 8)) / 2],
  ];
  for (const [matcher, expected] of cases) {
    test(`${matcher.name}: ${expected.toPrecision(4)} where the task asks, else 1`, () => {
      const scale = scaleOf(match(matcher), CIFAR) as number;
      assert.ok(Math.abs(scale / expected - 1) < 1e-12, String(scale));
      assert.equal(scaleOf(match(matcher)), 1);
    });
  }
  test('the terms of ie have it', () => {
    assert.ok(Math.abs((scaleOf(ie(ft()), CIFAR) as number) / Math.sqrt(1 / 32) - 1) < 1e-12);
  });
});
