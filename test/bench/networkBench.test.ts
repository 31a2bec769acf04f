/** Networks are trained in processes of their own, and their names are looked at before. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BENCH_NETWORKS, benchNetworks } from 'iekd/dist/bench/networkBench';
import { start } from 'iekd/dist/engine/start';
import { planNetwork } from 'iekd/dist/models';

test('a row a network, whose peak grows with the batch', async () => {
  const { name: engine } = await start();
  const told: string[] = [];
  const rows = [];
  for (const batch of [2, 96]) {
    const options = { networks: ['resnet8'], batch, steps: 1, onProgress: ({ what }: { what: string }) => void told.push(what) };
    rows.push(...(await benchNetworks({ engine, threads: 1 }, options)));
  }
  const [small, large] = rows;
  assert.ok(small && large);
  const { imagesPerSecond, peakMemoryMb, ...rest } = small;
  assert.deepEqual(rest, { network: 'resnet8', engine, precision: 'float32', threads: 1, batch: 2 });
  assert.ok(imagesPerSecond > 0 && peakMemoryMb > 40);
  assert.ok(large.peakMemoryMb > peakMemoryMb + 20, `${large.peakMemoryMb} MiB`);
  assert.deepEqual(told, ['resnet8', 'resnet8']);
});

test('what is measured by default are networks; other names, counts and options are refused', async () => {
  for (const name of BENCH_NETWORKS) planNetwork({ name });
  const engine = { engine: 'portable', threads: 1 };
  await assert.rejects(benchNetworks(engine, { networks: ['abacus'] }), /expected one of .*, received "abacus"/);
  await assert.rejects(benchNetworks(engine, { steps: 0 }), {
    message: 'benchNetworks: steps: expected an integer from 1, received 0',
  });
});
