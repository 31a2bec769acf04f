/** Table 3 from its pictures to its table, on the smoke budget: every run trains, and what is asked of runs is asked of detectors. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { budgetNamed } from 'iekd/dist/experiments/budgets';
import { type PlannedRow, rowNamed } from 'iekd/dist/experiments/experiment';
import { table3 } from 'iekd/dist/experiments/paper/table3';
import { planProgress } from 'iekd/dist/experiments/queue/experimentStatus';
import { plansOf } from 'iekd/dist/experiments/queue/order';
import { reproduce } from 'iekd/dist/experiments/queue/reproduce';
import { planTerms } from 'iekd/dist/experiments/store/planTerms';
import { runStore } from 'iekd/dist/experiments/store/runStore';
import { tableOf } from 'iekd/dist/experiments/tables/buildTable';
import { epochCurves } from 'iekd/dist/experiments/tables/epochCurves';
import { openExperiment } from 'iekd/dist/notebook/views/openExperiment';

const root = mkdtempSync(join(tmpdir(), 'iekd-table3-'));
after(() => rmSync(root, { recursive: true }));
const store = runStore({ runs: join(root, 'runs'), results: join(root, 'results') });
const budget = budgetNamed('smoke');
const rows = table3.rows(budget);
const row = (label: string): PlannedRow => rowNamed(rows, label);

before(async () => {
  const { failed, records } = await reproduce(plansOf(rows, budget.seeds), { store });
  assert.deepEqual(failed, []);
  assert.equal(records.length, 4);
});

describe('table3 on the smoke budget', () => {
  test('has a mean average precision in every trained row', () => {
    const { style, lines } = tableOf(table3, budget, { store });
    assert.equal(style.short, 'mAP');
    const trained = lines.filter(({ score }) => score);
    assert.deepEqual(
      trained.map(({ label, ie }) => [label, ie]),
      [
        ['teacher', false],
        ['alone', false],
        ['FT', false],
        ['IE-FT', true],
      ],
    );
    for (const { score } of trained) assert.ok(score && score.mean >= 0 && score.mean <= 100, JSON.stringify(score));
  });

  test('has curves, comparisons and a status', () => {
    const experiment = openExperiment('table3', budget, store);
    assert.match(
      experiment.compare('IE-FT', 'alone'),
      /^IE-FT has \d+\.\d\d points (more|less) mAP than alone \(n = 1: says nothing/,
    );
    assert.match(experiment.table().notes.join('\n'), /^Test mAP of the last epoch/);
    const [curve] = epochCurves(experiment.records('FT'), 'training loss');
    assert.ok(Number.isFinite(curve?.y[0]), JSON.stringify(curve));
    assert.ok(planProgress(plansOf(rows, budget.seeds), store).every(({ status }) => status === 'trained'));
  });

  test('begins with the terms of SSD, and with weights scaled to its maps', async () => {
    const terms = await planTerms(row('IE-FT').plan, store);
    assert.deepEqual(
      terms.map(({ term }) => term),
      ['confidence', 'localisation', 'inheritance', 'exploration'],
    );
    assert.ok(terms.every(({ seen }) => seen > 0));
    // Factors of half of the channels at 12×12 positions, beside 8×8.
    const [inherit, explore] = terms.slice(2).map(({ weight }) => weight);
    assert.ok(Math.abs((inherit ?? 0) - 50 * Math.sqrt(144 / 64)) < 1e-9, String(inherit));
    assert.equal(explore, -(inherit as number));
  });
});
