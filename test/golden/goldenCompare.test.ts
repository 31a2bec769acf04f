/** How deviations are measured, and when rounding excuses one. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Compared, compareGroup, compareStates, worstOf } from 'iekd/dist/golden/goldenCompare';
import type { GoldenFile } from 'iekd/dist/golden/goldenFile';
import { roundingSpreads } from 'iekd/dist/golden/goldenRounding';

const tolerance = { relative: 1e-4, absolute: 1e-5 };
const vector = (...values: number[]) => ({ shape: [values.length], data: Float32Array.from(values) });
const row = (expected: number[], actual: number[], tensor = 't'): Compared => {
  return { group: 'g', tensor, expected: vector(...expected), actual: vector(...actual) };
};

describe('worstOf', () => {
  const rows: readonly (readonly [string, expected: number[], actual: number[], error: number, index: number])[] = [
    ['equal values', [1, 2], [1, 2], 0, 0],
    ['an error relative to value and floor 0.1', [10, 0.9], [10, 1], 0.1, 1],
    ['the floor of small tensors is their largest value', [1e-6, 0], [1e-6, 5e-7], 0.5, 1],
    ['all zero: the floor stays', [0, 0], [0, 1e-5], 1e-4, 1],
    ['NaN received', [1, 1, 1], [1, Number.NaN, 1], Number.POSITIVE_INFINITY, 1],
    ['NaN expected and received', [Number.NaN], [Number.NaN], Number.POSITIVE_INFINITY, 0],
    ['infinity expected and received', [1, Number.POSITIVE_INFINITY], [1, Number.POSITIVE_INFINITY], Number.POSITIVE_INFINITY, 1],
  ];
  for (const [name, expected, actual, error, index] of rows) {
    test(name, () => {
      const worst = worstOf('t', vector(...expected), vector(...actual), tolerance);
      assert.ok(worst.error === error || Math.abs(worst.error - error) < 1e-6 * error, `${worst.error}`);
      assert.deepEqual(worst.index, [index]);
    });
  }

  test('names the position along every axis', () => {
    const expected = { shape: [2, 3, 4], data: new Float32Array(24).fill(1) };
    const actual = { shape: [2, 3, 4], data: Float32Array.from(expected.data, (v, i) => (i === 12 + 4 + 3 ? 2 : v)) };
    assert.deepEqual(worstOf('t', expected, actual, tolerance).index, [1, 1, 3]);
  });

  test('refuses other shapes and empty tensors', () => {
    assert.throws(() => worstOf('t', vector(1, 2), vector(1), tolerance), {
      message: 'golden: t: expected shape [2], received [1]',
    });
    assert.throws(() => worstOf('t', vector(), vector(), tolerance), {
      message: 'golden: t: expected at least one value, received 0',
    });
  });
});

describe('compareGroup', () => {
  const spread = (value: number) => () => value;

  test('passes within the tolerance, and then asks for no spread', () => {
    const group = compareGroup('g', [row([1], [1.0001])], tolerance, () => assert.fail());
    assert.deepEqual([group.passed, group.tensors, group.values, group.rounding], [true, 1, 1, []]);
  });

  const rows: readonly (readonly [string, actual: number, spread: number, passed: boolean])[] = [
    ['fails beyond the tolerance where rounding moves nothing', 1.01, 1e-6, false],
    ['is excused by a spread of a third of the error', 1.011, 0.0034, true],
    ['is not excused by less', 1.011, 0.0033, false],
    ['NaN is never excused', Number.NaN, Number.POSITIVE_INFINITY, false],
  ];
  for (const [name, actual, size, passed] of rows) {
    test(name, () => {
      const group = compareGroup('g', [row([1], [actual]), row([1], [1], 'fine')], tolerance, spread(size));
      assert.equal(group.passed, passed);
      assert.deepEqual(
        group.rounding.map((note) => [note.deviation.tensor, note.spread]),
        passed ? [['t', size]] : [],
      );
      assert.equal(group.worst.tensor, 't');
    });
  }

  test('shows what failed before what was excused', () => {
    const group = compareGroup('g', [row([1], [2], 'excused'), row([1], [1.01], 'failed')], tolerance, (one) =>
      one.tensor === 'excused' ? 1 : 0,
    );
    assert.deepEqual([group.worst.tensor, group.passed], ['failed', false]);
  });

  test('refuses to compare nothing', () => {
    const message = 'golden: g: expected at least one tensor to compare, received 0';
    assert.throws(() => compareGroup('g', [], tolerance, spread(0)), { message });
  });
});

describe('compareStates', () => {
  test('pairs by name, and refuses names that only one side has', () => {
    const rows = compareStates('g', 'p', { b: vector(2), a: vector(1) }, { a: vector(1), b: vector(2) });
    assert.deepEqual(
      rows.map(({ tensor, expected, actual }) => [tensor, expected.data[0], actual.data[0]]),
      [
        ['p.a', 1, 1],
        ['p.b', 2, 2],
      ],
    );
    const message = 'golden: p: expected the same names in the file and in the library, received "b"';
    assert.throws(() => compareStates('g', 'p', { a: vector(1) }, { a: vector(1), b: vector(2) }), { message });
    assert.throws(() => compareStates('g', 'p', { a: vector(1), b: vector(2) }, { a: vector(1) }), { message });
  });
});

describe('roundingSpreads', () => {
  const file = { state: () => ({ w: vector(1) }) } as unknown as GoldenFile;
  /** A replay whose value is a function of the one weight. */
  function spreadOf(f: (w: number) => number, enough: number): { spread: number; replays: number } {
    let replays = -1;
    const replay = (one: GoldenFile): Compared[] => {
      replays++;
      return [row([f(1)], [f(one.state('net').w?.data[0] as number)])];
    };
    const rows = replay(file);
    const [only] = rows;
    const spread = roundingSpreads(file, rows, replay)(only ?? assert.fail(), tolerance, enough);
    return { spread, replays };
  }

  test('is of the size of rounding where the value is smooth, after eight replays', () => {
    const { spread, replays } = spreadOf((w) => w, 0.01);
    assert.ok(spread > 1e-8 && spread < 2e-6, `${spread}`);
    assert.equal(replays, 8);
  });

  test('is the jump where the weight lies on a kink, and stops once it is enough', () => {
    const { spread, replays } = spreadOf((w) => (w > 1 ? 2 : 1), 0.5);
    assert.ok(Math.abs(spread - 1 / 1.1) < 1e-6, `${spread}`);
    assert.ok(replays < 8, `${replays}`);
  });

  test('does not see a kink that is farther off than rounding', () => {
    assert.equal(spreadOf((w) => (w > 1.0001 ? 2 : 1), 0.5).spread, 0);
  });
});
