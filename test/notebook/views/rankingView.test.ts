/** The ranking in a page: a figure with a line a method, and sentences where there is nothing, or where what is given is no table. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { rankingTable, summarise } from 'iekd';
import type { RankedLine } from 'iekd/dist/experiments/tables/ranking';
import type { TableText } from 'iekd/dist/experiments/tables/tableText';
import { scoreStyle } from 'iekd/dist/experiments/tables/testScore';
import { rankingFigure } from 'iekd/dist/notebook/views/rankingFigure';

const row = (rank: number, label: string, scores: readonly number[], ie = false): RankedLine => ({
  ...{ rank, label, ie, score: summarise(scores), differences: {} },
  runs: scores.map((score, seed) => ({ seed, score })),
});
const rows = [row(1, 'FT', [8, 9]), row(2, 'IE-FT', [9, 11], true), row(3, 'alone', [11]), row(4, 'AT', [12])];
const style = scoreStyle({});

describe('rankingFigure', () => {
  const { data, layout = {} } = rankingFigure(rows, style, ['alone']);

  test('a line across for what all are compared with, then the two kinds of dots', () =>
    assert.deepEqual(
      data.map(({ name, x }) => [name, x]),
      [
        ['alone', [11, 11]],
        ['plain', [8.5, 12]],
        ['under IE', [10]],
      ],
    ));

  test('a method and its form under IE share a line, the best at the top', () => {
    const { ticktext } = layout['yaxis'] as { readonly ticktext: readonly string[] };
    assert.deepEqual(ticktext, ['FT', 'AT']);
    const [, plain, ie] = data.map(({ y }) => (y as readonly number[]).map(Math.round));
    assert.deepEqual([plain, ie], [[1, 0], [1]]);
  });

  test('the axis says what is measured', () =>
    assert.deepEqual((layout['xaxis'] as { readonly title: object }).title, { text: 'test error (%), mean ± sd' }));

  test('nothing to rank is refused', () =>
    assert.throws(() => rankingFigure([], style, []), {
      message: 'rankingFigure: expected rows with runs, received none; train some',
    }));
});

describe('rankingTable', () => {
  test('refuses what is no table, and options that it does not know', () => {
    const text = 'rankingTable: expected a table of an experiment, received undefined';
    assert.throws(() => rankingTable(undefined as unknown as TableText), { message: text });
    const table: TableText = { title: 'none', style, lines: [], notes: [] };
    assert.throws(() => rankingTable(table, { by: 'n' } as object), {
      message: 'rankingTable: expected options among group, beside, received "by"',
    });
    assert.deepEqual(rankingTable(table), []);
  });
});
