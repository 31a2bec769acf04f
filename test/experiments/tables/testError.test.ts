/** What tables call error: of a fraction that should be high what it lacks, of a distance the distance itself. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorTitle, testError } from 'iekd/dist/experiments/tables/testError';
import { TASKS } from 'iekd/dist/tasks/index';
import { valueTask } from '../../fixtures/valueTask';

const evaluations = [
  { split: 'validation', count: 1, loss: 1, metrics: { top1: 0.9, mae: 3 } },
  { split: 'test', count: 1, loss: 1, metrics: { top1: 0.75, mae: 0.5 } },
] as const;

test('of classification, per cent', () => {
  assert.equal(testError({}, evaluations), 25);
  assert.equal(errorTitle({}), 'top-1');
  assert.ok(Number.isNaN(testError({}, evaluations.slice(0, 1))), 'no test part');
  assert.ok(Number.isNaN(testError({}, undefined)), 'nothing was measured');
});

test('of a task whose metric should be low', () => {
  const table = TASKS as Record<string, unknown>;
  table.value = () => valueTask();
  try {
    assert.equal(testError({ task: { name: 'value' } }, evaluations), 0.5);
    assert.equal(errorTitle({ task: { name: 'value' } }), 'mean distance');
  } finally {
    delete table.value;
  }
});
