/** Peak memory is that of the measured process: it grows with the work, and not with the process that asks. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { peakMemory } from 'iekd/dist/bench/peakMemory';
import { start } from 'iekd/dist/engine/start';

test('grows with the batch, whatever the asking process has', async () => {
  const { name: engine } = await start();
  const asked = { engine, threads: 1, precision: 'float32', work: 'supervised', depth: 8, steps: 1 } as const;
  const ballast = Buffer.alloc(900 * 2 ** 20, 1);
  const small = await peakMemory({ ...asked, batch: 2 });
  const large = await peakMemory({ ...asked, batch: 192 });
  assert.equal(ballast.at(-1), 1);
  assert.ok(small > 40 && small < 500, `${small} MiB`);
  assert.ok(large > small + 50 && large < 900, `${large} MiB`);
});

test('a process that fails says why', async () => {
  const asked = { engine: 'abacus', threads: 1, precision: 'float32', work: 'supervised', depth: 8, batch: 2, steps: 1 } as const;
  await assert.rejects(peakMemory(asked), /start: engine: expected one of .*, received "abacus"/);
});
