/** Two rows against each other, worked out by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compare, comparisonText } from 'iekd/dist/experiments/comparison';
import { withSeed } from 'iekd/dist/experiments/plan';
import type { RunRecord } from 'iekd/dist/experiments/runStore';
import { madeUpRecord, STUDENT } from './helpers/madeUp';

/** A record a seed, with this last error in per cent; a hole is a seed without a run. */
const runs = (...errors: readonly (number | undefined)[]): RunRecord[] =>
  errors.flatMap((error, seed) =>
    error === undefined ? [] : [madeUpRecord(withSeed(STUDENT, seed), { top1: [1 - error / 100] })],
  );

const rows: readonly (readonly [string, RunRecord[], RunRecord[], string])[] = [
  // differences −1, −2, −3: mean −2, sd 1, half an interval 4.303 / √3 = 2.484; both rows' sd are 1 and 2
  [
    'three seeds',
    runs(10, 11, 12),
    runs(11, 13, 15),
    'A makes 2.00 points fewer errors than B (95 % −4.48 to +0.48, n = 3): not separated; 1.3 standard deviations of a run',
  ],
  // differences 5, 5.1: mean 5.05, half an interval 12.706 · 0.05 = 0.635
  [
    'separated, above',
    runs(15, 16.1),
    runs(10, 11),
    'A makes 5.05 points more errors than B (95 % +4.41 to +5.69, n = 2): separated; 6.8 standard deviations of a run',
  ],
  [
    'one seed of both',
    runs(10, undefined, 12),
    runs(undefined, 9, 13),
    'A makes 1.00 points fewer errors than B (n = 1: says nothing of chance)',
  ],
  [
    'no spread at all',
    runs(10, 10),
    runs(12, 12),
    'A makes 2.00 points fewer errors than B (95 % −2.00 to −2.00, n = 2): separated',
  ],
  ['no seed of both', runs(10), runs(undefined, 9), 'A and B: no seed of both is there yet'],
];
for (const [name, own, other, text] of rows) {
  test(name, () => assert.equal(comparisonText('A', 'B', compare(own, other)), text));
}

test('numbers', () => {
  const { n, mean, deviations } = compare(runs(10, 11, 12), runs(11, 13, 15)) ?? assert.fail();
  assert.equal(n, 3);
  assert.ok(Math.abs(mean + 2) < 1e-12);
  // √((1 + 4) / 2)
  assert.ok(Math.abs((deviations ?? 0) + 2 / Math.sqrt(2.5)) < 1e-12);
});
