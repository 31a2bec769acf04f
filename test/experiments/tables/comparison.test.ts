/** Two rows against each other, worked out by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withSeed } from 'iekd/dist/experiments/runPlan';
import type { RunRecord } from 'iekd/dist/experiments/store/runStore';
import { compare, comparisonText, separationText } from 'iekd/dist/experiments/tables/comparison';
import type { TableLine } from 'iekd/dist/experiments/tables/experimentTable';
import { scoreStyle } from 'iekd/dist/experiments/tables/testScore';
import { confidence95 } from 'iekd/dist/util/stats';
import { madeUpRecord, STUDENT } from '../../fixtures/madeUpRecords';

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

test('of detectors', () => {
  const detectors = (...precisions: readonly number[]): RunRecord[] =>
    precisions.map((precision, seed) =>
      madeUpRecord(withSeed({ ...STUDENT, task: { name: 'detection' } }, seed), { metrics: [{ map: precision / 100 }] }),
    );
  const rows: readonly (readonly [readonly number[], string])[] = [
    [[62, 63], 'A has 1.50 points more mAP than B (95 % −4.85 to +7.85, n = 2): not separated; 3.0 standard deviations of a run'],
    [
      [60, 61.5],
      'A has 0.25 points less mAP than B (95 % −9.78 to +9.28, n = 2): not separated; 0.3 standard deviations of a run',
    ],
  ];
  for (const [own, text] of rows) {
    assert.equal(comparisonText('A', 'B', compare(detectors(...own), detectors(61, 61))), text);
  }
});

test('numbers', () => {
  const { n, mean, deviations } = compare(runs(10, 11, 12), runs(11, 13, 15)) ?? assert.fail();
  assert.equal(n, 3);
  assert.ok(Math.abs(mean + 2) < 1e-12);
  // √((1 + 4) / 2)
  assert.ok(Math.abs((deviations ?? 0) + 2 / Math.sqrt(2.5)) < 1e-12);
});

const ERRORS = scoreStyle({});
const PRECISIONS = scoreStyle({ task: { name: 'detection' } });

test('which rows are separated from the student alone; one seed separates nothing', () => {
  const line = (label: string, ...differences: readonly number[]): TableLine => {
    const about = { group: 'A', label, teacher: false, baseline: false, ie: false, runs: [] };
    return differences.length > 0 ? { ...about, difference: confidence95(differences) } : about;
  };
  // half an interval 4.303 · 0.577 / √3 = 1.43 for differences of 10, 11, 11
  const lines = [line('alone'), line('kd', -11, -10, -11), line('at', -30, 0, 5), line('ab', 10, 11, 11), line('ie-dml', -9)];
  const about = 'Of 3 rows with two seeds or more, at 95 % each (not corrected for their number):';
  assert.equal(separationText(lines, ERRORS), `${about} fewer errors than the student alone kd; more ab; not separated at.`);
  assert.equal(
    separationText([line('kd', -11, -10, -11)], ERRORS),
    `${about.replace('3 rows', '1 rows')} fewer errors than the student alone kd; more none; not separated none.`,
  );
  assert.equal(separationText([line('alone'), line('ie-dml', -9)], ERRORS), undefined);
  assert.equal(
    separationText(lines, PRECISIONS),
    `${about} more mAP than the student alone ab; less mAP kd; not separated at.`,
    'more is better',
  );
});
