/** The benchmark measures what users run: every work leaves no tensor, and rows carry what they should. Speeds are not judged here. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type BenchProgress, bench } from 'iekd/dist/bench/bench';
import { ALL_WORKS, type BenchWorkName, benchWork, workOptions } from 'iekd/dist/bench/benchWork';
import { start } from 'iekd/dist/engine/start';
import { tf } from 'iekd/dist/engine/tf';

const SMALL = { depth: 8, batch: 4 };

let engine = { engine: '', threads: 1 };
let tensorsBefore = 0;

before(async () => {
  const { name, threads } = await start();
  engine = { engine: name, threads };
  tensorsBefore = tf.memory().numTensors;
});
after(() => assert.equal(tf.memory().numTensors, tensorsBefore));

describe('benchWork', () => {
  for (const name of ALL_WORKS) {
    test(`${name}: a step leaves no tensor, dispose all of them free`, () => {
      const empty = tf.memory().numTensors;
      const work = benchWork(name, { depth: 8, batch: name === 'ssd300' ? 1 : 4 });
      work.step();
      const one = tf.memory().numTensors;
      work.step();
      assert.equal(tf.memory().numTensors, one);
      work.dispose();
      assert.equal(tf.memory().numTensors, empty);
    });
  }
});

/** By then a step is recorded, and what is replayed holds its own tensors. */
const CAPTURED = 5;

test('200 steps of a detector: no more memory than 40 have taken, but for 64 MiB', async () => {
  const work = benchWork('ssd', { batch: 2 });
  const resident: number[] = [];
  const tensors = new Set<number>();
  for (let step = 1; step <= 200; step++) {
    work.step();
    await new Promise(setImmediate); // as training does; some memory is let go only then
    if (step % 40 === 0) resident.push(process.memoryUsage().rss / 2 ** 20);
    if (step > CAPTURED) tensors.add(tf.memory().numTensors);
  }
  work.dispose();
  const [first = 0, ...later] = resident;
  assert.ok(Math.max(...later) < first + 64, `${resident.map(Math.round)} MiB`);
  assert.equal(tensors.size, 1);
});

test('what is not asked for is the work’s own; SSD300 has one depth', () => {
  assert.deepEqual(workOptions('supervised'), { depth: 20, batch: 128 });
  assert.deepEqual(workOptions('ssd', { batch: 2 }), { depth: 8, batch: 2 });
  assert.deepEqual(workOptions('ssd', { depth: 14 }), { depth: 14, batch: 16 });
  assert.deepEqual(workOptions('ssd300', { depth: 14 }), { depth: 18, batch: 4 });
});

test('bench gives a row for each work, in order, and tells its progress', async () => {
  const progress: BenchProgress[] = [];
  const options = { ...SMALL, work: ['inference', 'supervised'] as BenchWorkName[], steps: 1, rounds: 2, peer: false };
  const { rows, peer } = await bench(engine, { ...options, onProgress: (p) => progress.push(p) });
  assert.deepEqual(
    rows.map(({ work, engine: name }) => [work, name]),
    [
      ['inference', engine.engine],
      ['supervised', engine.engine],
    ],
  );
  for (const row of rows) {
    assert.ok(row.imagesPerSecond > 0);
    const { work, imagesPerSecond, ...rest } = row;
    assert.deepEqual(rest, { ...engine, precision: 'float32', ...SMALL });
  }
  assert.equal(peer, 'not asked for');
  assert.deepEqual(
    progress.map(({ round, what, done, total }) => [round, what, done, total]),
    [
      [1, 'inference', 0, 4],
      [1, 'supervised', 1, 4],
      [2, 'inference', 2, 4],
      [2, 'supervised', 3, 4],
    ],
  );
});

test('scaling: rows with one thread and with all of them, in turn; the threads are as before afterwards', async (t) => {
  if (engine.threads < 2) return t.skip(`${engine.engine} has one thread`);
  const progress: BenchProgress[] = [];
  const options = { ...SMALL, work: ['supervised'] as BenchWorkName[], steps: 1, rounds: 2, peer: false, scaling: true };
  const { rows } = await bench(engine, { ...options, onProgress: (p) => progress.push(p) });
  assert.deepEqual(
    rows.map(({ threads }) => threads),
    [1, engine.threads],
  );
  const turns = [1, engine.threads].map((threads) => `supervised, threads: ${threads}`);
  assert.deepEqual(
    progress.map(({ what }) => what),
    [...turns, ...turns],
  );
  assert.equal((await start()).threads, engine.threads);
});

test('scaling needs threads', async () => {
  const message = 'bench: scaling: expected an engine with several threads, received portable with one';
  await assert.rejects(bench({ engine: 'portable', threads: 1 }, { scaling: true }), { name: 'InputError', message });
});

test('memory: each work in a process of its own', async () => {
  const options = { ...SMALL, work: ['inference'] as BenchWorkName[], steps: 1, rounds: 1, peer: false, memory: true };
  const progress: string[] = [];
  const { rows } = await bench(engine, { ...options, onProgress: ({ what }) => progress.push(what) });
  assert.deepEqual(progress, ['inference', 'memory of inference']);
  const [row] = rows;
  assert.deepEqual(Object.keys(row ?? {}).slice(6), ['imagesPerSecond', 'peakMemoryMb']);
  assert.ok(Number.isInteger(row?.peakMemoryMb) && Number(row?.peakMemoryMb) > 40);
});

describe('bench refuses', () => {
  const table: readonly (readonly [string, object, string])[] = [
    [
      'an unknown option',
      { speed: 1 },
      'bench: expected options among work, depth, batch, steps, rounds, peer, python, memory, scaling, onProgress, received "speed"',
    ],
    [
      'an unknown work',
      { work: ['sleep'] },
      'bench: work: expected one of supervised, ie-ft, inference, ssd, ssd300, received "sleep"',
    ],
    ['no steps', { steps: 0 }, `bench: steps: expected an integer from 1, received 0`],
    ['a depth that is not 6n + 2', { depth: 21, peer: false }, 'buildNetwork: resnet21: expected a depth of 6n + 2, at least 8'],
    [
      'the depth of the ResNet with bottlenecks',
      { depth: 50, peer: false },
      'buildNetwork: resnet50: expected options among name, classes, input, stem, received "shortcut"',
    ],
  ];
  for (const [name, options, message] of table) {
    test(name, () => assert.rejects(bench(engine, options), (error: Error) => error.message.startsWith(message)));
  }
});
