/** How start() chooses, what it says, and what it refuses; with engines that only pretend. */
import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { describe, it } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import type { EngineName } from 'iekd/dist/engine/types';
import { type Pretences, starterOf } from './pretendEngines';

const NO_GPU = { tensorflow: { unavailable: 'no GPU' }, webgpu: { notPreferred: 'a program only' } };
const NOTHING: Pretences = {
  tensorflow: { unavailable: 'a' },
  webgpu: { notPreferred: 'r' },
  onednn: { failure: 'b' },
  portable: { unavailable: 'c' },
};

const SKIPPED = [
  { name: 'tensorflow', reason: 'no GPU' },
  { name: 'webgpu', reason: 'a program only' },
] as const;

describe('start chooses', () => {
  const choices: readonly {
    readonly title: string;
    readonly pretences?: Pretences;
    readonly variable?: string;
    readonly engine?: EngineName;
    readonly chosen: EngineName;
    readonly skipped?: readonly { readonly name: EngineName; readonly reason: string }[];
  }[] = [
    { title: 'tensorflow where it can run', chosen: 'tensorflow' },
    {
      title: 'webgpu next',
      pretences: { tensorflow: { unavailable: 'no GPU' } },
      chosen: 'webgpu',
      skipped: [{ name: 'tensorflow', reason: 'no GPU' }],
    },
    { title: 'onednn next, passing over one that is not preferred', pretences: NO_GPU, chosen: 'onednn', skipped: SKIPPED },
    { title: 'one that is not preferred when it is named', pretences: NO_GPU, engine: 'webgpu', chosen: 'webgpu' },
    {
      title: 'portable where the others cannot start',
      pretences: { ...NO_GPU, onednn: { failure: 'crashed' } },
      chosen: 'portable',
      skipped: [...SKIPPED, { name: 'onednn', reason: 'crashed' }],
    },
    { title: 'what IEKD_ENGINE names', variable: 'cpu', chosen: 'cpu' },
    { title: 'the argument before IEKD_ENGINE', variable: 'cpu', engine: 'portable', chosen: 'portable' },
    { title: 'by itself when IEKD_ENGINE is empty', variable: '', chosen: 'tensorflow' },
  ];
  for (const { title, pretences, variable, engine, chosen, skipped = [] } of choices) {
    it(title, async () => {
      const { starter } = starterOf(pretences, variable);
      const report = await starter.start(engine ? { engine } : {});
      assert.equal(report.name, chosen);
      assert.deepEqual(report.skipped, skipped);
      assert.equal(starter.engineReport(), report);
    });
  }
});

describe('start reports', () => {
  it('threads, machine and everything in one line', async () => {
    const { starter } = starterOf({ ...NO_GPU, onednn: { unavailable: 'not built; run it' } });
    const { machine, threads, sentence } = await starter.start({ threads: 1 });
    assert.equal(threads, 1);
    assert.equal(machine.cores, availableParallelism());
    assert.ok(machine.memoryGb > 0 && machine.cpu.length > 0);
    const cores = `${machine.cores} core${machine.cores === 1 ? '' : 's'}`;
    const place = `${machine.cpu} (${cores}, ${machine.memoryGb} GB)`;
    const others = 'Not tensorflow: no GPU. Not webgpu: a program only. Not onednn: not built; run it.';
    assert.equal(sentence, `Engine portable: portable 1.0, 1 thread on ${place}. ${others}`);
  });

  it('all cores by default', async () => {
    const { starter, log } = starterOf();
    await starter.start();
    assert.deepEqual(log, [['tensorflow', availableParallelism()]]);
  });

  it('the list of engines, with the version of the one that runs', async () => {
    const { starter } = starterOf(NO_GPU);
    await starter.start();
    assert.deepEqual(await starter.listEngines(), [
      { name: 'tensorflow', available: false, reason: 'no GPU' },
      { name: 'webgpu', available: true, reason: 'a program only' },
      { name: 'onednn', available: true, version: 'onednn 1.0' },
      { name: 'portable', available: true },
      { name: 'cpu', available: true },
    ]);
  });
});

describe('start again', () => {
  it('returns the engine that runs, whatever IEKD_ENGINE says by then', async () => {
    const { starter, log } = starterOf(NO_GPU, 'portable');
    const first = await starter.start({ engine: 'onednn' });
    assert.equal(await starter.start(), first);
    assert.equal(await starter.start({ engine: 'onednn' }), first);
    assert.equal(log.length, 1);
  });

  it('starts once when called twice at the same time', async () => {
    const { starter, log } = starterOf();
    const [first, second] = await Promise.all([starter.start(), starter.start()]);
    assert.equal(first, second);
    assert.equal(log.length, 1);
  });

  it('changes the threads, tensors or not', async () => {
    const { starter, log } = starterOf();
    await starter.start({ threads: 1 });
    const kept = tf.scalar(1);
    assert.equal((await starter.start({ threads: 2 })).threads, 2);
    assert.deepEqual(log, [
      ['tensorflow', 1],
      ['tensorflow', 2],
    ]);
    kept.dispose();
  });

  it('keeps the threads when only the precision changes', async () => {
    const { starter, log } = starterOf({ ...NO_GPU, onednn: { bfloat16: true } });
    await starter.start({ threads: 3 });
    const { threads, name } = await starter.start({ precision: 'bfloat16' });
    assert.deepEqual([name, threads], ['onednn', 3]);
    await starter.start({ engine: 'cpu', precision: 'float32' });
    assert.deepEqual(log, [
      ['onednn', 3],
      ['onednn', 3],
      ['cpu', availableParallelism()],
    ]);
  });

  it('changes the engine when no tensor is left, and refuses while one is', async () => {
    const { starter } = starterOf();
    await starter.start();
    const kept = tf.scalar(1);
    await assert.rejects(starter.start({ engine: 'cpu' }), {
      name: 'InputError',
      message:
        'start: switching from tensorflow to cpu: expected no live tensors, received 1 tensor; dispose of them, or start afresh',
    });
    assert.equal(starter.engineReport().name, 'tensorflow');
    kept.dispose();
    assert.equal((await starter.start({ engine: 'cpu' })).name, 'cpu');
  });

  it('keeps the engine that runs when another cannot start', async () => {
    const { starter } = starterOf({ portable: { failure: 'out of memory' } });
    const first = await starter.start();
    await assert.rejects(starter.start({ engine: 'portable' }), /out of memory/);
    assert.equal(await starter.start(), first);
  });
});

describe('start refuses', () => {
  const refusals: readonly {
    readonly pretences?: Pretences;
    readonly variable?: string;
    readonly options?: object;
    readonly message: string;
  }[] = [
    {
      options: { engine: 'gpu' },
      message: 'start: engine: expected one of tensorflow, webgpu, onednn, portable, cpu, received "gpu"',
    },
    {
      variable: 'oneDNN',
      message:
        'start: IEKD_ENGINE: expected one of tensorflow, webgpu, onednn, portable, cpu, received "oneDNN"; did you mean "onednn"?',
    },
    {
      options: { engines: 'cpu' },
      message: 'start: expected options among engine, threads, precision, received "engines"; did you mean "engine"?',
    },
    { options: { precision: 'float16' }, message: 'start: precision: expected one of float32, bfloat16, received "float16"' },
    {
      options: { engine: 'cpu', precision: 'bfloat16' },
      message: 'start: expected an engine "cpu" that can run here, received none: it computes in float32 only',
    },
    { options: { threads: 0 }, message: 'start: threads: expected an integer in [1, 1024], received 0' },
    { options: { threads: 1.5 }, message: 'start: threads: expected an integer in [1, 1024], received 1.5' },
    {
      options: { engine: 'tensorflow' },
      pretences: NO_GPU,
      message: 'start: expected an engine "tensorflow" that can run here, received none: no GPU',
    },
    {
      variable: 'onednn',
      pretences: NOTHING,
      message: 'start: expected an engine "onednn" that can run here, received none: b',
    },
    {
      pretences: NOTHING,
      message: 'start: expected an engine that can run here, received none (tensorflow: a; webgpu: r; onednn: b; portable: c)',
    },
  ];
  for (const { pretences, variable, options = {}, message } of refusals) {
    it(message, async () => {
      const { starter } = starterOf(pretences, variable);
      await assert.rejects(starter.start(options), { message });
    });
  }

  it('engineReport before start', () => {
    const message = 'start: expected a started engine, received none; call `await start()` first';
    assert.throws(() => starterOf().starter.engineReport(), { name: 'InputError', message });
  });
});
