/** Rows by their scores, and their differences seed by seed. Made-up scores; intervals by hand with Student's t (12.706 and 4.303 at 95 %). */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { summarise } from 'iekd';
import type { TableLine } from 'iekd/dist/experiments/tables/experimentTable';
import { ranking, rankingRows } from 'iekd/dist/experiments/tables/ranking';
import { scoreStyle } from 'iekd/dist/experiments/tables/testScore';

const line = (label: string, scores: readonly number[], more: Partial<TableLine> = {}): TableLine => ({
  ...{ group: 'pair', label, teacher: false, baseline: label === 'alone', ie: label.startsWith('IE-') },
  runs: scores.map((score, seed) => ({ seed, score })),
  ...(scores.length > 0 ? { score: summarise(scores), best: Math.min(...scores) } : {}),
  ...more,
});

const lines = [
  line('teacher', [5], { teacher: true }),
  line('alone', [10, 11, 12]),
  line('KD', [9, 9]),
  line('FT', [8, 8.5, 9]),
  line('IE-FT', [11, 11.5, 14]),
  line('AT', []),
];
const errors = scoreStyle({});

describe('ranking', () => {
  const ranked = ranking(lines, errors, ['alone', 'KD', 'nobody']);

  test('the fewest errors first; teachers and rows without runs have no rank', () =>
    assert.deepEqual(
      ranked.map(({ rank, label }) => [rank, label]),
      [
        [1, 'FT'],
        [2, 'KD'],
        [3, 'alone'],
        [4, 'IE-FT'],
      ],
    ));

  test('of a score that is better when higher the greatest first', () => {
    const labels = ranking(lines, { ...errors, better: 'higher' }, []).map(({ label }) => label);
    assert.deepEqual(labels, ['IE-FT', 'alone', 'KD', 'FT']);
  });

  test('differences are paired by seed, over the seeds of both, and none is to itself', () => {
    const [ft, kd, alone] = ranked;
    assert.deepEqual(Object.keys(ft?.differences ?? {}), ['alone', 'KD']);
    assert.deepEqual(Object.keys(kd?.differences ?? {}), ['alone']);
    assert.deepEqual(Object.keys(alone?.differences ?? {}), ['KD']);
    const toAlone = ft?.differences['alone']; // −2, −2.5, −3
    assert.equal(toAlone?.mean, -2.5);
    assert.ok(Math.abs((toAlone?.low ?? 0) - (-2.5 - (4.303 * 0.5) / Math.sqrt(3))) < 1e-3);
    const ofTwo = kd?.differences['alone']; // −1, −2
    assert.equal(ofTwo?.n, 2);
    assert.ok(Math.abs((ofTwo?.high ?? 0) - (-1.5 + (12.706 * Math.SQRT1_2) / Math.SQRT2)) < 1e-3);
  });

  test('as rows of a table', () =>
    assert.deepEqual(rankingRows(ranked, errors, ['alone'])[2], {
      ...{ rank: '3', row: 'alone', n: '3', 'error %': '11.00 ± 1.00', 'Δ to alone, 95 %': '' },
    }));
});
