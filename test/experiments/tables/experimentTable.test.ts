/** What a table says, against numbers worked out by hand. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ExperimentRow } from 'iekd/dist/experiments/experiment';
import { type RunPlan, withSeed } from 'iekd/dist/experiments/runPlan';
import type { RunRecord } from 'iekd/dist/experiments/store/runStore';
import { experimentTable, lastScore, recordsOf } from 'iekd/dist/experiments/tables/experimentTable';
import { madeUpRecord, STUDENT, TEACHER } from '../../fixtures/madeUpRecords';

const alone: RunPlan = { ...TEACHER, student: { name: 'resnet14' } };
const published = { score: 7.78, mark: 'Q', source: 'a summary' } as const;
const rows: readonly ExperimentRow[] = [
  { group: 'A', label: 'teacher', plan: TEACHER, teacher: true },
  { group: 'A', label: 'alone', plan: alone, baseline: true, published },
  { group: 'A', label: 'KD', plan: STUDENT },
  { group: 'A', label: 'AT', plan: { ...STUDENT, method: { name: 'at' } } },
  { group: 'A', label: 'theirs', published },
  { group: 'B', label: 'KD again', plan: STUDENT },
];

const runs = (plan: RunPlan, top1: Readonly<Record<number, readonly number[]>>): RunRecord[] =>
  Object.entries(top1).map(([seed, epochs]) => madeUpRecord(withSeed(plan, Number(seed)), { top1: epochs }));

/** Not by seed, so that the order is the table's doing. Seed 3 has no student alone. */
const records = [
  ...runs(TEACHER, { 0: [0.5, 0.9], 1: [0.1] }),
  ...runs(alone, { 0: [0.5, 0.8], 1: [0.81, 0.79], 2: [0.5, 0.81] }).reverse(),
  ...runs(STUDENT, { 0: [0.5, 0.81], 1: [0.82, 0.81], 2: [0.5, 0.84], 3: [0.5, 0.5] }).reverse(),
];

const near = (value: number | undefined, expected: number): void =>
  assert.ok(Math.abs((value ?? Number.NaN) - expected) < 1e-9, `${value} for ${expected}`);

describe('experimentTable', () => {
  const lines = experimentTable(rows, records, [0, 1, 2]);
  const line = (label: string) => lines.find((one) => one.label === label) ?? assert.fail(label);

  test('has the rows in their order', () =>
    assert.deepEqual(
      lines.map(({ group, label, teacher, baseline }) => [group, label, teacher, baseline]),
      [
        ['A', 'teacher', true, false],
        ['A', 'alone', false, true],
        ['A', 'KD', false, false],
        ['A', 'AT', false, false],
        ['A', 'theirs', false, false],
        ['B', 'KD again', false, false],
      ],
    ));

  test('mean, spread, n; last and best', () => {
    // 20, 21, 19: mean 20, Σ of squares 2, over 2
    const { score, best, runs: each } = line('alone');
    near(score?.mean, 20);
    near(score?.sd, 1);
    assert.equal(score?.n, 3);
    near(best, (20 + 19 + 19) / 3);
    assert.deepEqual(
      each.map(({ seed }) => seed),
      [0, 1, 2],
    );
    for (const [i, { score: value }] of each.entries()) near(value, [20, 21, 19][i] as number);
    // 19, 19, 16: mean 18, Σ of squares 1 + 1 + 4 = 6, over 2
    near(line('KD').score?.mean, 18);
    near(line('KD').score?.sd, Math.sqrt(3));
    near(line('KD').best, (19 + 18 + 16) / 3);
  });

  test('differences seed by seed, with Student’s interval', () => {
    // −1, −2, −3: mean −2, sd 1, error 1/√3, t = 4.30265 for two degrees of freedom
    const { difference } = line('KD');
    assert.equal(difference?.n, 3);
    near(difference?.mean, -2);
    near(difference?.error, 1 / Math.sqrt(3));
    near(difference?.low, -2 - 4.302652729749 / Math.sqrt(3));
    near(difference?.high, -2 + 4.302652729749 / Math.sqrt(3));
    for (const label of ['teacher', 'alone', 'AT', 'theirs', 'KD again']) assert.equal(line(label).difference, undefined, label);
  });

  test('a teacher has its one seed, whichever are asked for; rows without runs have no numbers', () => {
    near(line('teacher').score?.mean, 10);
    const [teacher] = experimentTable(rows, records, [1]);
    assert.equal(teacher?.score?.n, 1);
    near(teacher?.score?.mean, 10);
    assert.deepEqual(line('AT'), { group: 'A', label: 'AT', teacher: false, baseline: false, ie: false, runs: [] });
    assert.deepEqual(line('theirs'), {
      group: 'A',
      label: 'theirs',
      teacher: false,
      baseline: false,
      ie: false,
      runs: [],
      published,
    });
  });

  test('of one seed there is a difference and no interval; without seeds all runs count, pairs where both are', () => {
    const one = experimentTable(rows, records, [1])[2];
    near(one?.difference?.mean, -2);
    assert.deepEqual([one?.difference?.n, one?.difference?.low, one?.score?.sd], [1, undefined, undefined]);
    const all = experimentTable(rows, records)[2];
    assert.deepEqual([all?.score?.n, all?.difference?.n], [4, 3]);
  });

  test('records of a row are by seed, those of its plan only', () => {
    const seeds = (row: ExperimentRow | undefined, only?: readonly number[]) =>
      recordsOf(row as ExperimentRow, records, only).map(({ config }) => config.seed);
    assert.deepEqual(seeds(rows[2]), [0, 1, 2, 3]);
    assert.deepEqual(seeds(rows[2], [3, 1]), [1, 3]);
    assert.deepEqual(seeds(rows[0], [1]), [0]);
    assert.deepEqual(seeds(rows[4]), []);
  });

  test('a record without a test of its last epoch has no error', () => {
    assert.ok(Number.isNaN(lastScore(madeUpRecord(TEACHER, { top1: [] }))));
  });
});
