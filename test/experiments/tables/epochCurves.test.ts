/** Curves of a made-up history: its own stage only, each measure where it stands. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type EpochMeasure, epochCurves } from 'iekd/dist/experiments/tables/epochCurves';
import type { EpochEvent } from 'iekd/dist/training/events';
import { madeUpRecord, STUDENT } from '../../fixtures/madeUpRecords';

const made = madeUpRecord(STUDENT, { top1: [0.5, 0.75] });
const [first, second] = made.history as [EpochEvent, EpochEvent];
const terms = { task: { value: 0.5, weight: 0.1, weighted: 0.05 }, exploration: { value: 0.02, weight: -50, weighted: -1 } };
const history = [
  { ...first, stage: 'factor encoder' },
  { ...first, terms },
  { ...second, evaluations: [] },
];
const record = { ...made, history };

const rows: readonly (readonly [EpochMeasure, readonly number[]])[] = [
  ['test error', [50, Number.NaN]],
  ['test loss', [1, Number.NaN]],
  ['training loss', [0.5, Number.NaN]],
  ['term exploration', [0.02, Number.NaN]],
  ['term other', [Number.NaN, Number.NaN]],
];
for (const [measure, y] of rows) {
  test(measure, () => assert.deepEqual(epochCurves([record], measure), [{ x: [1, 2], y }]));
}

test('a curve a record; another measure is refused', () => {
  assert.deepEqual(epochCurves([], 'test error'), []);
  assert.equal(epochCurves([made, made], 'test error').length, 2);
  assert.throws(() => epochCurves([made], 'train loss' as 'test loss'), {
    name: 'InputError',
    message: 'epochCurves: measure: expected one of test error, test loss, training loss, received "train loss"',
  });
});
