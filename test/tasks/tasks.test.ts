/** The table of tasks: by name, as runs hold them, and how their metrics are shown. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DEFAULT_TASK, metricStyle, metricText, TASKS, taskEntry, taskNamed } from 'iekd/dist/tasks/index';
import type { TaskSpec } from 'iekd/dist/tasks/types';
import { valueTask } from '../fixtures/valueTask';

describe('taskNamed', () => {
  test('the default one where there is no description', () => assert.equal(taskNamed(undefined), DEFAULT_TASK));

  for (const name of Object.keys(TASKS)) {
    test(`${name}, whose primary metric is among those it shows`, () => {
      const task = taskNamed({ name });
      assert.equal(task.name, name);
      assert.ok(task.primary.name in task.metrics);
    });
  }

  const refusals: readonly (readonly [TaskSpec, string])[] = [
    [{ name: 'segmentation' }, 'taskNamed: expected one of classification, detection, received "segmentation"'],
    [
      { name: 'classification', smoothing: 0.1 },
      'classification: expected options among labelSmoothing, mixup, cutmix, mixProbability, received "smoothing"',
    ],
  ];
  for (const [spec, message] of refusals) {
    test(message, () => assert.throws(() => taskNamed(spec), { name: 'InputError', message }));
  }
});

test('runs and hashes do not name the default task, which older ones did not', () => {
  assert.deepEqual(taskEntry(DEFAULT_TASK), {});
  assert.deepEqual(taskEntry(taskNamed({ name: 'classification' })), {});
  assert.deepEqual(taskEntry(valueTask(2)), { task: { name: 'value', weight: 2 } });
});

test('metrics are shown as their task says, one that no task knows as it is', () => {
  assert.deepEqual([metricText('top1', 0.85314), metricStyle('top1').title], ['85.31 %', 'top-1']);
  assert.deepEqual([metricText('mae', 1.23456), metricStyle('mae').title], ['1.235', 'mae']);
  assert.equal(metricText('top1', undefined), 'NaN %');
});
