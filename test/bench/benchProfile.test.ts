/** The profile of each work: all of the step's time is somewhere, and nothing is left on the engine. Speeds are not judged here. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { BenchEngine, BenchProgress } from 'iekd/dist/bench/bench';
import { type BenchProfile, benchProfile } from 'iekd/dist/bench/benchProfile';
import { BENCH_WORKS } from 'iekd/dist/bench/benchWork';
import { start } from 'iekd/dist/engine/start';
import { tf } from 'iekd/dist/engine/tf';

const SMALL = { depth: 8, batch: 2, steps: 2 };

let engine: BenchEngine = { engine: '', threads: 1 };
let tensorsBefore = 0;

before(async () => {
  const { name, threads } = await start();
  engine = { engine: name, threads };
  tensorsBefore = tf.memory().numTensors;
});
after(() => assert.equal(tf.memory().numTensors, tensorsBefore));

describe('benchProfile', () => {
  let profiles: BenchProfile[] = [];
  const progress: BenchProgress[] = [];
  before(async () => {
    profiles = await benchProfile(engine, { ...SMALL, onProgress: (p) => progress.push(p) });
  });

  test('a profile of each work, with its setting', () => {
    assert.deepEqual(
      profiles.map(({ ms, plainMs, rows, ...setting }) => setting),
      BENCH_WORKS.map((work) => ({ work, ...engine, precision: 'float32', ...SMALL })),
    );
    assert.deepEqual(
      progress.map(({ what, done, total }) => [what, done, total]),
      BENCH_WORKS.map((work, i) => [work, i, 3]),
    );
  });

  for (const [i, work] of BENCH_WORKS.entries()) {
    test(`${work}: rows add up to the step`, () => {
      const { ms, plainMs, rows } = profiles[i] ?? assert.fail('no profile');
      const sum = (key: 'ms' | 'share'): number => rows.reduce((total, row) => total + row[key], 0);
      assert.ok(plainMs > 0 && ms > 0);
      assert.ok(Math.abs(sum('ms') - ms) < 1e-6 && Math.abs(sum('share') - 1) < 1e-9);
      assert.deepEqual(
        rows.slice(-2).map(({ kernel, path }) => [kernel, path]),
        [
          ['outside kernels', undefined],
          ['data pipeline', undefined],
        ],
      );
      for (const row of rows) assert.ok(row.ms > 0 && row.calls > 0, JSON.stringify(row));
    });

    test(`${work}: convolutions are counted in operations`, () => {
      const { rows } = profiles[i] ?? assert.fail('no profile');
      const convolutions = rows.filter(({ kernel }) => kernel.includes('Conv2D'));
      assert.ok(convolutions.length >= 1);
      for (const { gflopPerSecond, gbPerSecond } of convolutions) {
        assert.ok(gflopPerSecond !== undefined && gflopPerSecond > 0 && gbPerSecond === undefined);
      }
    });
  }

  test('by shape there are more rows', async () => {
    const [byShape] = await benchProfile(engine, { ...SMALL, steps: 1, work: ['supervised'], by: 'shape' });
    const [byKernel] = profiles;
    assert.ok(byShape && byKernel && byShape.rows.length > byKernel.rows.length);
    assert.ok(byShape.rows.some(({ shape }) => shape === '2×32×32×16 · 3×3×16×16 → 2×32×32×16'));
  });
});

test('a detector: targets are made with the batch, no kernel is done in JavaScript by tfjs', async () => {
  const [profile] = await benchProfile(engine, { work: ['ssd'], batch: 2, steps: 1 });
  const { ms, plainMs, rows, ...setting } = profile ?? assert.fail('no profile');
  assert.deepEqual(setting, { ...{ work: 'ssd', precision: 'float32', depth: 8, batch: 2, steps: 1 }, ...engine });
  assert.ok(rows.some(({ kernel }) => kernel.includes('Conv2D')));
  assert.deepEqual(
    rows.filter(({ path }) => path === 'fallback').map(({ kernel }) => kernel),
    [],
  );
});

describe('benchProfile refuses', () => {
  const table: readonly (readonly [string, object, string])[] = [
    [
      'an unknown option',
      { rounds: 1 },
      'bench: profile: expected options among work, depth, batch, steps, by, onProgress, received "rounds"',
    ],
    ['no steps', { steps: 0 }, `bench: steps: expected an integer from 1, received 0`],
    ['an unknown key', { by: 'colour' }, 'profile: by: expected one of kernel, shape, received "colour"'],
    [
      'an unknown work',
      { work: ['sleep'] },
      'bench: work: expected one of supervised, ie-ft, inference, ssd, ssd300, received "sleep"',
    ],
  ];
  for (const [name, options, message] of table) {
    test(name, () => assert.rejects(benchProfile(engine, options), { name: 'InputError', message }));
  }
});
