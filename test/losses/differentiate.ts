/** Numeric differentiation: the slope of a scalar function between two points on either side. */
import assert from 'node:assert/strict';
import { tf } from 'iekd/dist/engine/tf';

/**
 * Checks the gradient of `f` at `x` against central differences with steps of 0.01, within 2 % and 1e-5 of its largest value
 * (float32 values of order 1 are exact to 1e-7, so a difference over 0.02 is to some 1e-5).
 */
export function checkGradient(f: (x: tf.Tensor2D) => tf.Scalar, shape: [number, number], values: readonly number[]): void {
  const before = tf.memory().numTensors;
  const at = (x: readonly number[]): number => tf.tidy(() => f(tf.tensor2d([...x], shape)).dataSync()[0] as number);
  const expected = values.map((_, i) => {
    const moved = (by: number): number => at(values.map((v, k) => (k === i ? v + by : v)));
    return (moved(0.01) - moved(-0.01)) / 0.02;
  });
  const actual = tf.tidy(() =>
    Array.from(
      tf
        .grad((x) => f(x as tf.Tensor2D))(tf.tensor2d([...values], shape))
        .dataSync(),
    ),
  );
  const largest = Math.max(...expected.map(Math.abs));
  assert.ok(largest > 1e-4, 'a gradient that is not zero everywhere');
  for (const [i, e] of expected.entries()) {
    const a = actual[i] as number;
    assert.ok(Math.abs(a - e) <= 0.02 * Math.abs(e) + 1e-5 * Math.max(1, largest), `gradient ${i}: expected ${e}, received ${a}`);
  }
  assert.equal(tf.memory().numTensors, before, 'tensors leaked');
}
