/** Equations with a positive definite matrix: solved by hand, by substitution, and refused. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { solvePositive } from 'iekd/dist/analysis/linalg/cholesky';
import { random } from 'iekd/dist/util/rng';

const solve = (a: readonly number[], n: number, b: readonly number[], m = 1): number[] => [
  ...solvePositive(Float64Array.from(a), n, Float64Array.from(b), m),
];

describe('solvePositive', () => {
  const cases: readonly (readonly [string, readonly number[], number, readonly number[], number, readonly number[]])[] = [
    ['of one', [4], 1, [2], 1, [0.5]],
    ['diagonal', [1, 0, 0, 4], 2, [3, 8], 1, [3, 2]],
    // 2 x + y = 4, x + 2 y = 5
    ['of two', [2, 1, 1, 2], 2, [4, 5], 1, [1, 2]],
    ['with two right sides', [2, 1, 1, 2], 2, [4, 3, 5, 3], 2, [1, 1, 2, 1]],
    ['only the lower triangle is read', [2, Number.NaN, 1, 2], 2, [4, 5], 1, [1, 2]],
  ];
  for (const [name, a, n, b, m, expected] of cases) {
    test(name, () => {
      for (const [i, x] of solve(a, n, b, m).entries()) assert.ok(Math.abs(x - (expected[i] as number)) < 1e-12);
    });
  }

  test('A X = B of a random one, to 1e-10', () => {
    const [n, m, draws] = [30, 4, random(3).stream('a')];
    const g = Array.from({ length: n * n }, () => draws.normal());
    const at = (i: number, j: number): number =>
      g.slice(i * n, (i + 1) * n).reduce((sum, v, k) => sum + v * (g[j * n + k] as number), 0);
    const a = Array.from({ length: n * n }, (_, k) => at(Math.floor(k / n), k % n) + (k % (n + 1) === 0 ? 1 : 0));
    const b = Array.from({ length: n * m }, () => draws.normal());
    const x = solve(a, n, b, m);
    for (let i = 0; i < n; i++) {
      for (let c = 0; c < m; c++) {
        const found = Array.from({ length: n }, (_, k) => (a[i * n + k] as number) * (x[k * m + c] as number)).reduce(
          (s, v) => s + v,
          0,
        );
        assert.ok(Math.abs(found - (b[i * m + c] as number)) < 1e-10);
      }
    }
  });

  const refused: readonly (readonly [readonly number[], number, readonly number[], string])[] = [
    [[1, 2], 2, [1, 1], 'solvePositive: a: expected 2 · 2 values, received 2'],
    [[1], 1, [1, 2], 'solvePositive: b: expected 1 · 1 values, received 2'],
    [[1, 0, 2, 1], 2, [1, 1], 'solvePositive: expected a positive definite matrix, received pivot -3 in row 1'],
    [[0], 1, [1], 'solvePositive: expected a positive definite matrix, received pivot 0 in row 0'],
    [[Number.NaN], 1, [1], 'solvePositive: expected a positive definite matrix, received pivot NaN in row 0'],
  ];
  for (const [a, n, b, message] of refused) {
    test(`refuses: ${message}`, () => assert.throws(() => solve(a, n, b), { name: 'InputError', message }));
  }
});
