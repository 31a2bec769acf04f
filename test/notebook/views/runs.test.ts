/** The results as a data frame: a row a run, filters, group means and pivot tables, and all of them without any run. */
import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { DataFrame } from 'danfojs-node';
import { budgetNamed } from 'iekd/dist/experiments/budgets';
import { table1 } from 'iekd/dist/experiments/paper/table1';
import { planName, type RunPlan, withSeed } from 'iekd/dist/experiments/runPlan';
import { runStore } from 'iekd/dist/experiments/store/runStore';
import { RUN_COLUMNS } from 'iekd/dist/experiments/tables/runRows';
import { tableBundle } from 'iekd/dist/notebook/display/table';
import { groupMeans, pivot, runs } from 'iekd/dist/notebook/views/runs';
import { madeUpRecord } from '../../fixtures/madeUpRecords';

const folder = mkdtempSync(join(tmpdir(), 'iekd-frame-'));
after(() => rmSync(folder, { recursive: true }));
const store = (name: string) => runStore({ runs: join(folder, name, 'runs'), results: join(folder, name, 'results') });
const [empty, some] = [store('empty'), store('some')];
const rows = table1.rows(budgetNamed('short'));
const planOf = (label: string): RunPlan => rows.find((row) => row.label === label)?.plan ?? assert.fail(label);

/** A record under a plan with these test errors, in per cent, epoch by epoch. */
const recordOf = (plan: RunPlan, errors: readonly number[]): object =>
  madeUpRecord(plan, { top1: errors.map((error) => 1 - error / 100) });

mkdirSync(some.results, { recursive: true });
const keep = (plan: RunPlan, errors: readonly number[]): void =>
  appendFileSync(join(some.results, 'table1.jsonl'), `${JSON.stringify(recordOf(plan, errors))}\n`);
keep(planOf('FT'), [30, 9, 10]);
keep(withSeed(planOf('FT'), 1), [30, 12]);
keep(planOf('alone'), [40, 20]);
const odd = { ...planOf('alone'), seed: 5, training: { ...planOf('alone').training, epochs: 3 } }; // of no experiment, and only here
const local = join(some.runs, planName(odd));
mkdirSync(local, { recursive: true });
writeFileSync(join(local, 'record.json'), JSON.stringify(recordOf(odd, [50])));

const values = (frame: DataFrame, ...columns: string[]): unknown[][] => {
  const at = columns.map((name) => frame.columns.indexOf(name));
  return (frame.values as unknown[][]).map((row) =>
    at.map((i) => (typeof row[i] === 'number' ? Number(Number(row[i]).toFixed(6)) : row[i])),
  );
};

describe('runs', () => {
  it('has a row a run, kept ones first, then those in the folder of runs', () => {
    const frame = runs({ store: some });
    assert.deepEqual(frame.columns, [...RUN_COLUMNS]);
    assert.deepEqual(values(frame, 'experiment', 'label', 'method', 'student', 'teacher', 'seed', 'error', 'best', 'bestEpoch'), [
      ['table1', 'FT', 'ft', 'resnet20', 'resnet56', 0, 10, 9, 2],
      ['table1', 'FT', 'ft', 'resnet20', 'resnet56', 1, 12, 12, 2],
      ['table1', 'alone', 'supervised', 'resnet20', null, 0, 20, 20, 2],
      [null, null, 'supervised', 'resnet20', null, 5, 50, 50, 1],
    ]);
    assert.deepEqual(values(frame, 'epochs', 'count', 'loss', 'seconds', 'together', 'split')[0], [20, 20, 1, 60, 1, 'test']);
  });

  const filters: readonly (readonly [Parameters<typeof runs>[0], number])[] = [
    [{ experiment: 'table1' }, 3],
    [{ experiment: 'cifar100' }, 0],
    [{ label: 'FT' }, 2],
    [{ method: 'supervised', seed: 0 }, 1],
    [{ dataset: 'cifar10', epochs: 3 }, 1],
  ];
  for (const [filter, count] of filters)
    it(`keeps ${count} of 4 for ${JSON.stringify(filter)}`, () => {
      assert.equal(runs({ ...filter, store: some }).shape[0], count);
    });

  it('refuses what it does not know', () => {
    assert.throws(
      () => runs({ experiment: 'table9', store: some }),
      /^InputError: experimentNamed: expected one of table1, .*received "table9"$/,
    );
    const unknown = { sed: 1 } as unknown as Parameters<typeof runs>[0];
    assert.throws(() => runs(unknown), /^InputError: runs: .*"?sed"?/);
    assert.throws(
      () => pivot(runs({ store: some }), { rows: 'label', columns: 'sed', of: 'error' }),
      /^InputError: pivot: expected one of experiment, .*received "sed"$/,
    );
  });

  it('can be grouped, with a spread where there are two', () => {
    const frame = groupMeans(runs({ store: some }), { by: ['label'], of: 'error' });
    assert.deepEqual(frame.columns, ['label', 'runs', 'mean', 'sd']);
    assert.deepEqual(values(frame, 'label', 'runs', 'mean', 'sd'), [
      ['FT', 2, 11, Number(Math.SQRT2.toFixed(6))],
      ['alone', 1, 20, null],
      [null, 1, 50, null],
    ]);
  });

  it('can be laid out with a column a seed, in order', () => {
    const frame = pivot(runs({ experiment: 'table1', store: some }), { rows: 'label', columns: 'seed', of: 'error' });
    assert.deepEqual(frame.columns, ['label', 'seed 0', 'seed 1']);
    assert.deepEqual(values(frame, ...frame.columns), [
      ['FT', 10, 12],
      ['alone', 20, null],
    ]);
  });

  it("works with danfo's own methods", () => {
    const frame = runs({ experiment: 'table1', store: some });
    assert.deepEqual(values(frame.query(frame['seed'].eq(1)), 'error'), [[12]]);
    assert.deepEqual(values(frame.groupby(['label']).agg({ error: 'mean' }), 'label', 'error_mean'), [
      ['FT', 11],
      ['alone', 20],
    ]);
  });

  it('is readable without any run', () => {
    const frame = runs({ store: empty });
    assert.deepEqual([frame.shape, frame.columns], [[0, RUN_COLUMNS.length], [...RUN_COLUMNS]]);
    const text = (of: DataFrame): string => tableBundle(of)['text/plain'];
    assert.match(text(frame), /^experiment {2}group {2}label .*\n─+.*\nno rows$/);
    assert.equal(text(groupMeans(frame, { by: 'label', of: 'error' })), 'label  runs  mean  sd\n─────  ────  ────  ──\nno rows');
    assert.equal(text(pivot(frame, { rows: 'label', columns: 'seed', of: 'error' })), 'label\n─────\nno rows');
  });
});
