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
  // half an interval: t · sd / √n, t of one, two and ten degrees of freedom as in the table below
  const eleven = Array.from({ length: 11 }, (_, i) => i);
  const rows: readonly (readonly [readonly number[], number, number, boolean])[] = [
    [[1, 3], 1, 12.7062047362, false],
    [[1, 2, 3], 1 / Math.sqrt(3), 4.30265272975 / Math.sqrt(3), false],
    [[-5, -5.1, -5.2], 0.1 / Math.sqrt(3), (4.30265272975 * 0.1) / Math.sqrt(3), true],
    // mean 5, sd √(32 / 7), seven degrees of freedom
    [[2, 4, 4, 4, 5, 5, 7, 9], 2 / Math.sqrt(7), (2.36462425159 * 2) / Math.sqrt(7), true],
    [[0.5, 0.5], 0, 0, true],
    [eleven, 1, 2.22813885199, true],
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
        assert.ok(Math.abs(seen - expected) <= 1e-6 * expected, `${seen} for ${expected}`);
      }
      assert.equal(excludesZero(interval), excluded);
    });
  }

  // 97.5 % quantiles of Student's t, so 5 % lie outside on both sides together: scipy.stats.t.ppf(0.975, degrees) of SciPy 1.17.1,
  // rounded to twelve digits. Ours are within 1e-6 of each.
  const quantiles: readonly (readonly [number, number])[] = [
    [1, 12.7062047362],
    [2, 4.30265272975],
    [3, 3.18244630528],
    [4, 2.7764451052],
    [5, 2.57058183564],
    [6, 2.44691185114],
    [7, 2.36462425159],
    [8, 2.3060041352],
    [9, 2.2621571628],
    [10, 2.22813885199],
    [11, 2.20098516009],
    [12, 2.17881282967],
    [13, 2.16036865646],
    [14, 2.14478668792],
    [15, 2.13144954556],
    [16, 2.11990529922],
    [17, 2.10981557783],
    [18, 2.10092204024],
    [19, 2.09302405441],
    [20, 2.08596344727],
    [21, 2.07961384473],
    [22, 2.0738730679],
    [23, 2.06865761042],
    [24, 2.06389856163],
    [25, 2.05953855275],
    [26, 2.05552943864],
    [27, 2.05183051648],
    [28, 2.0484071418],
    [29, 2.04522964213],
    [30, 2.0422724563],
    [32, 2.03693334346],
    [35, 2.03010792825],
    [40, 2.02107539031],
    [45, 2.01410338888],
    [50, 2.0085591121],
    [60, 2.00029782201],
    [70, 1.99443711177],
    [80, 1.99006342125],
    [90, 1.9866745407],
    [99, 1.98421695159],
    [100, 1.98397151852],
    [101, 1.98373100296],
    [120, 1.97993040508],
    [139, 1.97717772449],
    [150, 1.9759053309],
    [160, 1.97490156],
    [180, 1.97323082307],
    [199, 1.97195654425],
    [200, 1.97189622363],
  ];
  for (const [degrees, expected] of quantiles) {
    test(`${degrees} degrees of freedom: ${expected} standard errors`, () => {
      const {
        n,
        mean: m,
        error = Number.NaN,
        high = Number.NaN,
      } = confidence95(Array.from({ length: degrees + 1 }, (_, i) => i));
      assert.equal(n, degrees + 1);
      const seen = (high - m) / error;
      assert.ok(Math.abs(seen / expected - 1) < 1e-6, `${seen} for ${expected}`);
    });
  }

  test('one value has none', () => {
    const interval = confidence95([2]);
    assert.deepEqual(interval, { n: 1, mean: 2, error: undefined, low: undefined, high: undefined });
    assert.equal(excludesZero(interval), false);
  });

  test('nothing is an error', () =>
    assert.throws(() => confidence95([]), { name: 'InputError', message: 'mean: expected at least 1 value, received 0' }));

  test('numbers with their sign', () => assert.deepEqual([-0.519, 0.1, 0].map(formatSigned), ['−0.52', '+0.10', '+0.00']));
});
