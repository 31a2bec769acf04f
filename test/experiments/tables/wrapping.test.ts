/** What IE changes over methods. Made-up scores; the interval by hand with Student's t (4.303 at 95 % of three). */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TableLine } from 'iekd/dist/experiments/tables/experimentTable';
import { scoreStyle } from 'iekd/dist/experiments/tables/testScore';
import { overMethods, wrappedMethods, wrappingText } from 'iekd/dist/experiments/tables/wrapping';

const line = (label: string, scores: readonly number[]): TableLine => ({
  ...{ group: 'pair', label, teacher: false, baseline: label === 'alone', ie: label.startsWith('IE-') },
  runs: scores.map((score, seed) => ({ seed, score })),
});

const lines = [
  ...[line('alone', [12]), line('KD', [9]), line('IE-NST', [])],
  ...[line('FT', [8, 9]), line('IE-FT', [11, 10, 50])], // +3, +1; the third seed has no pair
  ...[line('IE-AT', [7]), line('AT', [8])],
  ...[line('NST', [8]), line('SP', [6]), line('IE-SP', [6])],
];
const style = scoreStyle({});

describe('IE over methods', () => {
  const methods = wrappedMethods(lines);

  test('each method counts once, by the seeds of both rows', () =>
    assert.deepEqual(methods, [
      { label: 'FT', seeds: 2, difference: 2 },
      { label: 'AT', seeds: 1, difference: -1 },
      { label: 'SP', seeds: 1, difference: 0 },
    ]));

  test('the interval is over the methods', () => {
    const interval = overMethods(methods); // sd of 2, −1, 0: √(7/3)
    assert.ok(Math.abs((interval?.mean ?? 0) - 1 / 3) < 1e-12);
    assert.ok(Math.abs((interval?.high ?? 0) - (1 / 3 + (4.303 * Math.sqrt(7 / 3)) / Math.sqrt(3))) < 1e-3);
    assert.equal(overMethods([]), undefined);
  });

  for (const [name, given, better, text] of [
    [
      'three methods',
      methods,
      'lower',
      'Over 3 methods IE changes the error by +0.33 points (95 % over the methods −3.46 to +4.13); better over 1: AT.',
    ],
    ['one method', methods.slice(0, 1), 'lower', 'Over 1 method IE changes the error by +2.00 points; better over 0: none.'],
    ['higher is better', methods.slice(0, 1), 'higher', 'Over 1 method IE changes the error by +2.00 points; better over 1: FT.'],
    ['none', [], 'lower', 'No method has both rows yet.'],
  ] as const)
    test(`in words: ${name}`, () => assert.equal(wrappingText(given, { ...style, better }), text));
});
