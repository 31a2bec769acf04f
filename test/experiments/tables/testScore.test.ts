/** What tables show: of an accuracy what it lacks, of a precision and of a distance the thing itself. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { scoreColumn, scoreStyle, testScore } from 'iekd/dist/experiments/tables/testScore';
import { TASKS } from 'iekd/dist/tasks/index';
import { valueTask } from '../../fixtures/valueTask';

const evaluations = [
  { split: 'validation', count: 1, loss: 1, metrics: { top1: 0.9, mae: 3, map: 0.5 } },
  { split: 'test', count: 1, loss: 1, metrics: { top1: 0.75, mae: 0.5, map: 0.625 } },
] as const;

describe('by the task', () => {
  const tasks: readonly (readonly [string, object, number, string, object])[] = [
    ['classification', {}, 25, 'error %', { key: 'error', title: 'top-1 error', short: 'error', unit: '%', better: 'lower' }],
    [
      'detection',
      { task: { name: 'detection' } },
      62.5,
      'mAP %',
      { key: 'map', title: 'mAP', short: 'mAP', unit: '%', better: 'higher' },
    ],
    [
      'a metric that should be low and is no fraction',
      { task: { name: 'value' } },
      0.5,
      'mean distance',
      { key: 'mae', title: 'mean distance', short: 'mean distance', unit: '', better: 'lower' },
    ],
  ];
  for (const [name, plan, score, column, style] of tasks) {
    test(name, () => {
      const table = TASKS as Record<string, unknown>;
      table.value = () => valueTask();
      try {
        assert.equal(testScore(plan, evaluations), score);
        assert.deepEqual(scoreStyle(plan), style);
        assert.equal(scoreColumn(scoreStyle(plan)), column);
        assert.ok(Number.isNaN(testScore(plan, evaluations.slice(0, 1))), 'no test part');
        assert.ok(Number.isNaN(testScore(plan, undefined)), 'nothing was measured');
      } finally {
        delete table.value;
      }
    });
  }
});
