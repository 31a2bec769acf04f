/** Statistics against values worked out by hand. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatSummary, mean, median, sampleSd, summarise } from 'iekd/dist/util/stats';

describe('stats', () => {
  const rows: readonly (readonly [readonly number[], number, number, string])[] = [
    // deviations ±1: Σ = 2, over n − 1 = 1
    [[1, 3], 2, Math.SQRT2, '2.00 ± 1.41 (2)'],
    // 2, 4, 4, 4, 5, 5, 7, 9: mean 5, Σ of squares 32, over 7
    [[2, 4, 4, 4, 5, 5, 7, 9], 5, Math.sqrt(32 / 7), '5.00 ± 2.14 (8)'],
    [[0.5, 0.5, 0.5], 0.5, 0, '0.50 ± 0.00 (3)'],
    [[-1, 0, 1], 0, 1, '0.00 ± 1.00 (3)'],
  ];
  for (const [values, m, sd, text] of rows) {
    test(text, () => {
      assert.equal(mean(values), m);
      assert.ok(Math.abs(sampleSd(values) - sd) < 1e-15);
      assert.deepEqual(summarise(values), { n: values.length, mean: m, sd: sampleSd(values) });
      assert.equal(formatSummary(summarise(values)), text);
    });
  }

  test('one value has no spread', () => {
    assert.deepEqual(summarise([92.314]), { n: 1, mean: 92.314, sd: undefined });
    assert.equal(formatSummary(summarise([92.314]), 1), '92.3 (1)');
  });

  const refusals: readonly (readonly [string, () => unknown, string])[] = [
    ['no value', () => mean([]), 'mean: expected at least 1 value, received 0'],
    ['no spread of one', () => sampleSd([1]), 'sampleSd: expected at least 2 values, received 1'],
    ['NaN', () => summarise([1, Number.NaN]), 'mean: value 1: expected a finite number, received NaN'],
    ['digits', () => formatSummary(summarise([1]), -1), 'formatSummary: digits: expected an integer in [0, 20], received -1'],
  ];
  for (const [name, call, message] of refusals) {
    test(`refuses ${name}`, () => assert.throws(call, { name: 'InputError', message }));
  }
});

describe('median', () => {
  const table: readonly (readonly [readonly number[], number])[] = [
    [[3], 3],
    [[4, 1], 2.5],
    [[9, 1, 10], 9],
    [[100, 2, 3, 1], 2.5],
    [[], Number.NaN],
  ];
  for (const [values, expected] of table) test(`of ${values.join(', ')}`, () => assert.equal(median(values), expected));
});
