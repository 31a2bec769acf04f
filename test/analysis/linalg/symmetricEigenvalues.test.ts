/** Eigenvalues against numpy's (`test/golden/analysis_reference.py`), to 1e-14 of the largest. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { symmetricEigenvalues } from 'iekd/dist/analysis/linalg/symmetricEigenvalues';
import { golden } from '../golden';

describe('symmetricEigenvalues', () => {
  for (const { name, x, values } of golden.symmetric) {
    test(name, () => {
      const [n = 0] = x.shape;
      const matrix = Float64Array.from(x.data);
      const found = symmetricEigenvalues(matrix, n);
      assert.deepEqual([...matrix], x.data, 'the matrix stays as it is');
      assert.equal(found.length, n);
      const largest = Math.max(...values.map(Math.abs));
      for (const [i, value] of found.entries()) {
        assert.ok(Math.abs(value - (values[i] as number)) <= 1e-14 * largest, `${i}: ${value} for ${values[i]}`);
      }
    });
  }

  test('of a matrix of 60 rows: their sum is its trace, the sum of their squares that of its values', () => {
    const n = 60;
    const matrix = Float64Array.from({ length: n * n }, (_, at) => Math.sin(1 + Math.floor(at / n) * (at % n)));
    const found = symmetricEigenvalues(matrix, n);
    const trace = found.reduce((sum, x) => sum + x, 0);
    const expected = matrix.reduce((sum, x, at) => (Math.floor(at / n) === at % n ? sum + x : sum), 0);
    assert.ok(Math.abs(trace - expected) < 1e-11, `${trace} for ${expected}`);
    const [squares, all] = [found, matrix].map((list) => list.reduce((sum, x) => sum + x * x, 0)) as [number, number];
    assert.ok(Math.abs(squares / all - 1) < 1e-13);
    assert.ok(
      found.every((x, i) => i === 0 || x <= (found[i - 1] as number)),
      'descending',
    );
  });

  test('refuses a matrix of another size, and values that are not finite', () => {
    assert.throws(() => symmetricEigenvalues(new Float64Array(5), 2), {
      name: 'InputError',
      message: 'symmetricEigenvalues: expected 2 · 2 values, received 5',
    });
    assert.throws(() => symmetricEigenvalues(Float64Array.of(1, 0, Number.NaN, 1), 2), {
      message: 'symmetricEigenvalues: value 2: expected a finite number, received NaN',
    });
  });
});
