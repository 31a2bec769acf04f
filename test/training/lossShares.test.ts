/** What a weight comes to: shares of a loss, worked out by hand. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { describeTerms } from 'iekd/dist/training/describe';
import { lossShares, shareText } from 'iekd/dist/training/lossShares';

const term = (weight: number, value: number) => ({ weight, weighted: weight * value });

describe('shares of a loss', () => {
  const rows: readonly (readonly [string, readonly ReturnType<typeof term>[], readonly number[]])[] = [
    ['by weight and value', [term(1, 3), term(50, 0.02)], [0.75, 0.25]],
    ['a term that is pushed up is below 0', [term(1, 2), term(50, 0.02), term(-50, 0.02)], [0.5, 0.25, -0.25]],
    ['whatever the loss itself is', [term(1, 1), term(-1, 1)], [0.5, -0.5]],
    ['a term of weight 0 has none, also where it is no number', [term(2, 1), { weight: 0, weighted: Number.NaN }], [1, 0]],
    ['nothing at all', [term(1, 0), term(0, 5)], [0, 0]],
  ];
  for (const [name, terms, shares] of rows) test(name, () => assert.deepEqual(lossShares(terms), shares));
});

describe('as text', () => {
  const rows: readonly (readonly [number, string])[] = [
    [0.426, '43 %'],
    [-0.12, '−12 %'],
    [0.0021, '0.2 %'],
    [-0.00004, '−0.004 %'],
    [0, '0 %'],
    [1, '100 %'],
  ];
  for (const [share, text] of rows) test(text, () => assert.equal(shareText(share), text));
});

test('terms of a first step have theirs, one alone needs none', () => {
  const task = { name: 'task', value: 2.4, weight: 1, weighted: 2.4, reduction: 'mean over batch' };
  const explore = { name: 'exploration', value: 0.02, weight: -30.61862, weighted: -0.6123724 };
  assert.deepEqual(describeTerms([task, explore]), [
    'task: 2.4 · weight 1 = 2.4, 80 % of the loss (mean over batch)',
    'exploration: 0.02 · weight -30.6 = -0.612, −20 % of the loss',
  ]);
  assert.deepEqual(describeTerms([task]), ['task: 2.4 · weight 1 = 2.4 (mean over batch)']);
});
