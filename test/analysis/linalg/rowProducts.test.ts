/** Products of rows against sums written out, on both sides of the sizes at which the loops change. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { rowProducts } from 'iekd/dist/analysis/linalg/rowProducts';

describe('rowProducts', () => {
  for (const [rows, columns] of [
    [1, 1],
    [2, 3],
    [3, 4],
    [2, 257],
    [3, 517],
  ] as const) {
    test(`${rows}×${columns}`, () => {
      const x = Float32Array.from({ length: rows * columns }, (_, i) => ((i * 37) % 19) - 9); // integers: sums are exact
      const row = (i: number): Float32Array => x.subarray(i * columns, (i + 1) * columns);
      const expected = Array.from({ length: rows * rows }, (_, at) => {
        const [a, b] = [row(Math.floor(at / rows)), row(at % rows)];
        return a.reduce((sum, value, k) => sum + value * (b[k] as number), 0);
      });
      assert.deepEqual([...rowProducts(x, rows, columns)], expected);
    });
  }

  test('in double precision: 1 + 2⁻³⁰ is not 1', () => {
    assert.equal(rowProducts(Float32Array.of(1, 2 ** -15), 1, 2)[0], 1 + 2 ** -30);
  });
});
