import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { confusions, type Predictions } from 'iekd';

const given = (labels: readonly number[], predicted: readonly number[]): Predictions => ({
  ...{ classes: 3, count: labels.length, labels, predicted },
  probabilities: new Float32Array(3 * labels.length),
});

describe('confusions', () => {
  // sklearn.metrics.confusion_matrix's documented example: [[2, 0, 0], [0, 0, 1], [1, 0, 2]].
  test('are counted by true and predicted class', () => {
    assert.deepEqual(confusions(given([2, 0, 2, 2, 0, 1], [0, 0, 2, 2, 0, 2])), [
      [2, 0, 0],
      [0, 0, 1],
      [1, 0, 2],
    ]);
  });

  test('of no images are zeros', () => {
    assert.deepEqual(confusions(given([], [])), [
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });

  test('of labels that the network has no class for are refused', () => {
    assert.throws(
      () => confusions(given([0, 3], [0, 0])),
      /^InputError: confusions: label of image 1: expected a class below 3, received 3/,
    );
  });
});
