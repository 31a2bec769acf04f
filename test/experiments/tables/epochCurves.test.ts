/** Curves of a made-up history: its own stage only, each measure where it stands. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
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
  ['test score', [50, Number.NaN]],
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
    message: 'epochCurves: measure: expected one of test score, test error, test loss, training loss, received "train loss"',
  });
});

describe('of a detector', () => {
  const config = { ...STUDENT, task: { name: 'detection' } };
  const losses = { confidence: { value: 2, weight: 1, weighted: 2 }, localisation: { value: 0.5, weight: 1, weighted: 0.5 } };
  const measured = { split: 'test', count: 1, loss: 3, metrics: { map: 0.625, ap: Number.NaN } } as const;
  const detector = { ...made, config, history: [{ ...first, terms: losses, evaluations: [measured] }] };
  const curves: readonly (readonly [EpochMeasure, number])[] = [
    ['test score', 62.5],
    ['test loss', 3],
    ['training loss', 2.5],
  ];
  for (const [measure, value] of curves) {
    test(measure, () => assert.deepEqual(epochCurves([detector], measure), [{ x: [1], y: [value] }]));
  }
  test('there is no error', () =>
    assert.throws(() => epochCurves([detector], 'test error'), {
      name: 'InputError',
      message: 'epochCurves: test error: expected a task whose score is an error, received detection; ask for "test score"',
    }));
});
