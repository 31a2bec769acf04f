/** Engines are measured in processes of their own, which may be slow, crash or hang; here programs that only pretend, and one that is real. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { trialWords } from 'iekd/dist/engine/choice/engineTrial';
import { measureEngines } from 'iekd/dist/engine/choice/measureEngines';
import type { EngineName } from 'iekd/dist/engine/types';

const READY = 'process.send({ ready: true });';
const rate = (imagesPerSecond: number): string =>
  `process.on('message', () => process.send({ imagesPerSecond: ${imagesPerSecond} })); ${READY}`;
const afterwards = (code: string): string => `process.on('message', () => { ${code} }); ${READY}`;
const OPTIONS = { threads: 1, precision: 'float32' } as const;

type Programs = Partial<Record<EngineName, string>>;

const measure = (programs: Programs, patienceMs = 10_000) =>
  measureEngines(Object.keys(programs) as EngineName[], OPTIONS, {
    words: (name) => ['-e', programs[name] ?? ''],
    patienceMs,
  });

describe('measureEngines', () => {
  const table: readonly (readonly [string, Programs, readonly object[]])[] = [
    [
      'the fastest first, whatever the order of the names',
      { webgpu: rate(247.04), onednn: rate(1940), portable: rate(62.25) },
      [
        { name: 'onednn', imagesPerSecond: 1940 },
        { name: 'webgpu', imagesPerSecond: 247 },
        { name: 'portable', imagesPerSecond: 62.3 },
      ],
    ],
    [
      'what says why it cannot, and what crashes before its step and in it, come last',
      {
        tensorflow: "process.send({ reason: 'the binding is not built' }); setInterval(() => {}, 1000)",
        webgpu: "process.kill(process.pid, 'SIGABRT'); setInterval(() => {}, 1000)",
        onednn: rate(500),
        portable: afterwards('process.exit(3)'),
      },
      [
        { name: 'onednn', imagesPerSecond: 500 },
        { name: 'tensorflow', reason: 'the binding is not built' },
        { name: 'webgpu', reason: 'its measured step ended the process with SIGABRT' },
        { name: 'portable', reason: 'its measured step ended the process with exit code 3' },
      ],
    ],
    [
      'a rate that is none',
      { onednn: rate(Number.NaN), portable: rate(1) },
      [
        { name: 'portable', imagesPerSecond: 1 },
        { name: 'onednn', reason: 'its measured step gave no time' },
      ],
    ],
    ['no engine at all', {}, []],
  ];
  for (const [name, programs, expected] of table) {
    test(name, async () => assert.deepEqual(await measure(programs), expected));
  }

  for (const [when, program] of [
    ['before its step', 'for (;;);'],
    ['in its step', afterwards('for (;;);')],
  ] as const) {
    test(`one that hangs ${when} is cut off, and the others are measured`, async () => {
      const [first, second] = await measure({ webgpu: program, onednn: rate(500) }, 500);
      assert.deepEqual(first, { name: 'onednn', imagesPerSecond: 500 });
      assert.match(JSON.stringify(second), /^\{"name":"webgpu","reason":"its measured step did not end within \d+ s"\}$/);
    });
  }

  test('a process that cannot be started', async () => {
    const execPath = process.execPath;
    process.execPath = '/no/such/node';
    try {
      const [measured] = await measure({ onednn: rate(1) });
      assert.match(JSON.stringify(measured), /"reason":"its measured step had no process: spawn .*ENOENT"/);
    } finally {
      process.execPath = execPath;
    }
  });

  test('the real step: portable trains, and says how fast', async () => {
    const words = (name: EngineName): string[] => trialWords({ name, ...OPTIONS });
    const [measured] = await measureEngines(['portable'], OPTIONS, { words, patienceMs: 60_000 });
    assert.ok(measured && 'imagesPerSecond' in measured, JSON.stringify(measured));
    assert.ok(measured.imagesPerSecond > 0);
  });
});
