/** Comparison of number lists. */
import assert from 'node:assert/strict';

/** Each value within `tolerance` of the expected one, absolutely; NaN only where NaN is expected; the worst place is named. */
export function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what = 'value'): void {
  assert.equal(actual.length, expected.length, `${what}: length`);
  let [worst, at] = [0, -1];
  for (let i = 0; i < expected.length; i++) {
    const [a, e] = [actual[i] as number, expected[i] as number];
    assert.equal(Number.isNaN(a), Number.isNaN(e), `${what} ${i}: expected ${e}, received ${a}`);
    const distance = Number.isNaN(e) || a === e ? 0 : Math.abs(a - e);
    if (distance > worst) [worst, at] = [distance, i];
  }
  assert.ok(worst <= tolerance, `${what} ${at}: expected ${expected[at]}, received ${actual[at]}`);
}
