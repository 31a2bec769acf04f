/** When a ratio is withheld, and in which words: made-up rounds. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { doubtsOf, spreadOf } from 'iekd/dist/bench/models/doubts';

test('spread: largest minus smallest, by the median', () => {
  assert.equal(spreadOf([100, 110, 90]), 0.2);
  assert.equal(spreadOf([100, 100]), 0);
  assert.equal(spreadOf([100]), undefined);
});

describe('doubts', () => {
  const calm = { ours: [100, 101, 102], theirs: [50, 51, 50], peer: 'PyTorch default', disturbance: 0.01 };
  const table: readonly (readonly [string, Partial<typeof calm> | { disturbance: undefined }, readonly string[]])[] = [
    ['none on a quiet machine', {}, []],
    ['none where the load cannot be seen', { disturbance: undefined }, []],
    ['none at the very bars', { ours: [95, 100, 105], disturbance: 0.05 }, []],
    ['others', { disturbance: 0.352 }, ['other programs took 35 % of the processors']],
    ['ours', { ours: [100, 112, 101] }, ['ours varied by 12 % between rounds']],
    ['theirs', { theirs: [50, 60, 50] }, ['PyTorch default varied by 20 % between rounds']],
    ['one round', { ours: [100], theirs: [50] }, ['ours ran in one round only', 'PyTorch default ran in one round only']],
    [
      'all of them',
      { ours: [1, 2], theirs: [1, 3], disturbance: 1 },
      [
        'other programs took 100 % of the processors',
        'ours varied by 67 % between rounds',
        'PyTorch default varied by 100 % between rounds',
      ],
    ],
  ];
  for (const [name, differs, expected] of table) {
    test(name, () => assert.deepEqual(doubtsOf({ ...calm, ...differs }), expected));
  }
});
