/** Random streams by name: fixed numbers, independence of streams, exact distribution of small ranges, restored states. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { random } from 'iekd/dist/util/rng';

const take = (n: number, draw: () => number): number[] => Array.from({ length: n }, draw);

/** First draws of some streams, as the generator gave them on 2026-11-23: a change of the generator must be a decision. */
const GOLDEN: readonly (readonly [number, string, readonly number[]])[] = [
  [0, 'shuffle/0', [3366521128, 4263113867, 2158319261, 4020900827]],
  [1, 'shuffle/0', [235561996, 27064845, 2911068491, 3949597954]],
  [0, 'init', [162699735, 2435824607, 3181855149, 660742892]],
  [2 ** 40 + 3, 'method/split', [1864933280, 3908187574, 1268457295, 2500450614]],
];

describe('random', () => {
  test('the generator is xoshiro128**: from the state 1, 2, 3, 4, worked out by hand', () => {
    const stream = random(0).stream('any');
    stream.restore([1, 2, 3, 4]);
    assert.deepEqual(
      take(4, () => stream.uint32()),
      [11520, 0, 5927040, 70819200],
    );
  });

  test('streams are fixed for all time: runs of old seeds stay what they were', () => {
    for (const [seed, name, expected] of GOLDEN) {
      const stream = random(seed).stream(name);
      assert.deepEqual(
        take(4, () => stream.uint32()),
        expected,
        `${seed} ${name}`,
      );
    }
  });

  test('one stream is not moved by another, and a name always gives the same one', () => {
    const source = random(5);
    const [a, b] = [source.stream('a'), source.stream('a')];
    source.stream('b').permutation(100);
    assert.deepEqual(
      take(8, () => a.uint32()),
      take(8, () => b.uint32()),
    );
  });

  test('a child prefixes names', () => {
    const direct = random(3).stream('encoder/init').uint32();
    assert.equal(random(3).child('encoder').stream('init').uint32(), direct);
    assert.equal(random(3).child('encoder').seed, 3);
    assert.notEqual(random(3).stream('init').uint32(), direct);
  });

  test('a restored state continues bit for bit, through JSON', () => {
    const stream = random(11).stream('x');
    take(5, () => stream.uint32());
    const state = JSON.parse(JSON.stringify(stream.state()));
    const expected = take(6, () => stream.uniform());
    const other = random(0).stream('other');
    other.restore(state);
    assert.deepEqual(
      take(6, () => other.uniform()),
      expected,
    );
  });

  test('uniform lies in [0, 1) with mean 1/2 and variance 1/12', () => {
    const stream = random(1).stream('uniform');
    const values = take(20_000, () => stream.uniform());
    assert.ok(values.every((x) => x >= 0 && x < 1));
    const mean = values.reduce((a, b) => a + b) / values.length;
    const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
    assert.ok(Math.abs(mean - 1 / 2) < 0.01, `mean ${mean}`);
    assert.ok(Math.abs(variance - 1 / 12) < 0.003, `variance ${variance}`);
  });

  test('normal has mean 0, deviation 1 and no value beyond 32-bit reach', () => {
    const stream = random(1).stream('normal');
    const values = take(20_000, () => stream.normal());
    const mean = values.reduce((a, b) => a + b) / values.length;
    const deviation = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length);
    assert.ok(Math.abs(mean) < 0.03, `mean ${mean}`);
    assert.ok(Math.abs(deviation - 1) < 0.02, `deviation ${deviation}`);
    assert.ok(values.every((x) => Math.abs(x) <= Math.sqrt(2 * Math.log(2 ** 32))));
  });

  test('below(n) hits every value equally often, within 5 deviations', () => {
    for (const n of [1, 2, 3, 7, 10]) {
      const stream = random(2).stream(`below/${n}`);
      const counts = new Array<number>(n).fill(0);
      const draws = 1000 * n;
      for (const x of take(draws, () => stream.below(n))) counts[x] = (counts[x] ?? Number.NaN) + 1;
      const bound = 5 * Math.sqrt(1000 * (1 - 1 / n));
      assert.ok(
        counts.every((c) => Math.abs(c - 1000) <= bound),
        `${n}: ${counts}`,
      );
    }
  });

  test('below reaches the whole range up to 2^32', () => {
    const stream = random(2).stream('wide');
    const values = take(1000, () => stream.below(2 ** 32));
    assert.ok(Math.max(...values) > 0.99 * 2 ** 32 && Math.min(...values) < 0.01 * 2 ** 32);
  });

  test('a permutation holds each number once, and moves them', () => {
    for (const n of [0, 1, 2, 100]) {
      const p = Array.from(random(4).stream('p').permutation(n));
      assert.deepEqual(
        [...p].sort((a, b) => a - b),
        take(
          n,
          (
            (i) => () =>
              i++
          )(0),
        ),
      );
    }
    assert.notDeepEqual(
      Array.from(random(4).stream('p').permutation(100)),
      take(
        100,
        (
          (i) => () =>
            i++
        )(0),
      ),
    );
  });

  test('the first draw depends on every part of the seed', () => {
    const seeds = [
      ...take(
        1000,
        (
          (i) => () =>
            i++
        )(0),
      ),
      2 ** 32,
      2 ** 33,
      2 ** 40 + 1,
      2 ** 52,
    ];
    const first = new Set(seeds.map((seed) => random(seed).stream('x').uint32()));
    assert.equal(first.size, seeds.length);
  });

  for (const seed of [-1, 1.5, 2 ** 53, Number.NaN]) {
    test(`refuses the seed ${seed}`, () => {
      const message = `random: expected a seed in [0, 2^53), received ${seed}`;
      assert.throws(() => random(seed), { name: 'InputError', message });
    });
  }
});
