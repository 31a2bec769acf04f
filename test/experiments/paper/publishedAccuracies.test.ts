/** Numbers of others: complete, with their source, and those that stand in the READMEs (spot checks, read off by hand). */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PUBLISHED_PAIRS, publishedErrors } from 'iekd/dist/experiments/paper/publishedAccuracies';

describe('published accuracies', () => {
  for (const pair of PUBLISHED_PAIRS) {
    test(`${pair}: a teacher, a student alone, KD; errors with a source`, () => {
      const numbers = publishedErrors(pair);
      for (const label of ['teacher', 'alone', 'KD', 'CRD']) assert.ok(numbers[label], label);
      for (const { score, mark, source } of Object.values(numbers)) {
        assert.equal(mark, 'S');
        assert.match(source, /, README \(240 epochs\)$/);
        assert.ok(score > 20 && score < 45);
      }
    });
  }

  const spots: readonly (readonly [string, string, number])[] = [
    ['resnet56 → resnet20', 'alone', 100 - 69.06],
    ['resnet56 → resnet20', 'MLKD', 100 - 72.19],
    ['wrn-40-2 → wrn-16-2', 'KD (standardised)', 100 - 76.11],
    ['vgg13-bn → vgg8-bn', 'NST', 100 - 71.53],
    ['resnet32x4 → resnet8x4', 'SimKD', 100 - 78.08],
    ['resnet32x4 → shufflenetv2', 'DKD', 100 - 77.07],
    ['resnet50 → vgg8-bn', 'SP', 100 - 73.34],
  ];
  for (const [pair, label, error] of spots) {
    test(`${pair}, ${label}`, () => assert.ok(Math.abs((publishedErrors(pair)[label]?.score ?? 0) - error) < 1e-9));
  }

  test('what a source does not give is no number', () => assert.equal(publishedErrors('wrn-40-2 → wrn-40-1')['FSP'], undefined));

  test('another pair is refused', () =>
    assert.throws(() => publishedErrors('resnet8 → resnet8'), {
      message: `publishedErrors: expected one of ${PUBLISHED_PAIRS.join(', ')}, received "resnet8 → resnet8"`,
    }));
});
