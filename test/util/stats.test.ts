/** Statistics against values worked out by hand. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { confidence95, excludesZero, formatSigned, formatSummary, mean, median, sampleSd, summarise } from 'iekd/dist/util/stats';

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

describe('intervals', () => {
  // half an interval: t · sd / √n, t = 12.706, 4.303 and, from ten values on, 2.262
  const ten = Array.from({ length: 11 }, (_, i) => i);
  const rows: readonly (readonly [readonly number[], number, number, boolean])[] = [
    [[1, 3], 1, 12.706, false],
    [[1, 2, 3], 1 / Math.sqrt(3), 4.303 / Math.sqrt(3), false],
    [[-5, -5.1, -5.2], 0.1 / Math.sqrt(3), (4.303 * 0.1) / Math.sqrt(3), true],
    [ten, 1, 2.262, true],
  ];
  for (const [values, error, half, excluded] of rows) {
    test(`95 % of ${values.join(', ')}`, () => {
      const interval = confidence95(values);
      const { n, mean: m, low = Number.NaN, high = Number.NaN } = interval;
      assert.deepEqual([n, m], [values.length, mean(values)]);
      for (const [seen, expected] of [
        [interval.error ?? Number.NaN, error],
        [high - m, half],
        [m - low, half],
      ] as const) {
        assert.ok(Math.abs(seen - expected) < 1e-12, `${seen} for ${expected}`);
      }
      assert.equal(excludesZero(interval), excluded);
    });
  }

  test('one value has none', () => {
    const interval = confidence95([2]);
    assert.deepEqual(interval, { n: 1, mean: 2, error: undefined, low: undefined, high: undefined });
    assert.equal(excludesZero(interval), false);
  });

  test('numbers with their sign', () => assert.deepEqual([-0.519, 0.1, 0].map(formatSigned), ['−0.52', '+0.10', '+0.00']));
});
