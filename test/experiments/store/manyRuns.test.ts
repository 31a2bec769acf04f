/**
 * A store of ten thousand runs: what the status, a table and a claim take, in processor time, so that a busy machine is no failure. Bounds are some
 * three times what was measured.
 */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { budgetNamed } from 'iekd/dist/experiments/budgets';
import type { ExperimentRow } from 'iekd/dist/experiments/experiment';
import { isComplete, planProgress } from 'iekd/dist/experiments/queue/experimentStatus';
import { plansOf } from 'iekd/dist/experiments/queue/order';
import { recordLine } from 'iekd/dist/experiments/store/recordLines';
import { runStore } from 'iekd/dist/experiments/store/runStore';
import { tableOf } from 'iekd/dist/experiments/tables/buildTable';
import { madeUpRecord, STUDENT, TEACHER } from '../../fixtures/madeUpRecords';

const root = mkdtempSync(join(tmpdir(), 'iekd-many-'));
after(() => rmSync(root, { recursive: true }));

const SEEDS = Array.from({ length: 2000 }, (_, seed) => seed);
const methods = ['kd', 'at', 'ft', 'ie-ft', 'ie-at'];
const rows: readonly ExperimentRow[] = methods.map((name, i) => ({
  group: 'A → B',
  label: name,
  plan: { ...STUDENT, method: { name } },
  ...(i === 0 ? { baseline: true } : {}),
}));
const plans = plansOf(rows, SEEDS);
const place = { runs: join(root, 'runs'), results: join(root, 'results') };
const half = plans.slice(0, 5000);

mkdirSync(place.results);
writeFileSync(
  join(place.results, 'many.jsonl'),
  [TEACHER, ...half].map((plan, i) => `${recordLine(madeUpRecord(plan, { top1: [0.5 + (i % 7) / 100] }))}\n`).join(''),
);

/** Seconds of the processor. */
function cpuSeconds(f: () => void): number {
  const before = process.cpuUsage();
  f();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

describe('ten thousand runs', () => {
  const store = runStore(place);
  const budget = { ...budgetNamed('smoke'), seeds: SEEDS };
  const experiment = { name: 'many', title: 'Many?', place: 'Table 0', rows: () => rows };

  test('their status and their table take seconds at most', () => {
    const status = cpuSeconds(() => {
      const runs = planProgress(plans, store);
      assert.deepEqual([runs.length, runs.filter(isComplete).length], [10_001, 5001]);
    });
    const table = cpuSeconds(() => assert.equal(tableOf(experiment, budget, { store }).lines.length, 5));
    assert.ok(status < 6 && table < 3, `status ${status.toFixed(2)} s, table ${table.toFixed(2)} s`);
  });

  test('a claim takes milliseconds', () => {
    const claims = plans.slice(5000, 5100);
    const taken = cpuSeconds(() => {
      for (const plan of claims) store.claim(plan)?.release();
    });
    assert.ok(taken / claims.length < 0.02, `${((1000 * taken) / claims.length).toFixed(1)} ms`);
  });
});
