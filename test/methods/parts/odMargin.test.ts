/** OD's margin against the integral that defines it: ∫ x p(x) dx / ∫ p(x) dx below zero, by Simpson's rule (n = 20,000). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { negativeMean, normalCdf } from 'iekd/dist/methods/parts/odMargin';

function simpson(f: (x: number) => number, from: number, to: number, n = 20_000): number {
  const h = (to - from) / n;
  let sum = f(from) + f(to);
  for (let i = 1; i < n; i++) sum += f(from + i * h) * (i % 2 === 1 ? 4 : 2);
  return (sum * h) / 3;
}

/** E[x | x < 0] of a normal x. */
function integral(mean: number, spread: number): number {
  const density = (x: number): number => Math.exp(-(((x - mean) / spread) ** 2) / 2);
  const lowest = Math.min(mean, 0) - 12 * spread;
  return simpson((x) => x * density(x), lowest, 0) / simpson(density, lowest, 0);
}

const table: readonly (readonly [mean: number, scale: number])[] = [
  [0, 1],
  [0.5, 1],
  [-0.7, 0.3],
  [1.5, 0.6],
  [-4, 2],
  [0.02, -1.3], // only the size of a batch norm's scale matters
];
for (const [mean, scale] of table) {
  test(`mean ${mean}, scale ${scale}`, () => {
    const expected = integral(mean, Math.abs(scale));
    assert.ok(Math.abs(negativeMean(mean, scale) / expected - 1) < 1e-9, `${negativeMean(mean, scale)} for ${expected}`);
  });
}

test('at the edges: hardly any negative value, no spread, the tails of the distribution', () => {
  assert.equal(negativeMean(4, 1), -3);
  assert.equal(negativeMean(2, 0), 0);
  assert.equal(negativeMean(-2, 0), -2);
  assert.deepEqual([normalCdf(0), normalCdf(40), normalCdf(-40)], [0.5, 1, 0]);
  assert.ok(Math.abs(normalCdf(1.959963984540054) - 0.975) < 1e-12);
});
