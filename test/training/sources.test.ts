/** Training and evaluation from a source that answers late and in its own time: the bits of the same images in memory. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { select } from 'iekd/dist/data/images/imageSet';
import type { Dataset, ImageSet, ImageSource } from 'iekd/dist/data/types';
import { tf } from 'iekd/dist/engine/tf';
import { random } from 'iekd/dist/util/rng';
import { stopSignal } from 'iekd/dist/util/stopSignal';
import { tinyData } from '../fixtures/tinyNetworks';
import { tinyRun } from '../fixtures/trainingRuns';

const root = mkdtempSync(join(tmpdir(), 'iekd-sources-'));
after(() => rmSync(root, { recursive: true }));
before(() => tf.setBackend('cpu'));

const delays = random(4).stream('delays');
const reads = { begun: 0, done: 0 };

function slow(images: ImageSet): ImageSource {
  const { count, labels, height, width, channels } = images;
  const read = async (indices: Uint32Array): Promise<Uint8Array> => {
    reads.begun++;
    await delay(delays.below(4));
    reads.done++;
    return select(images, indices).images;
  };
  return { count, labels, height, width, channels, read };
}

function slowData(): Dataset {
  const { train, validation, test: tested, ...rest } = tinyData();
  return { ...rest, train: slow(train), validation: slow(validation), test: slow(tested) };
}

test('a run from sources is the run from memory, also stopped within an epoch and resumed', async () => {
  const { outcome } = await tinyRun(join(root, 'memory'));
  assert.deepEqual((await tinyRun(join(root, 'source'), { data: slowData() })).outcome, outcome);
  const stop = stopSignal();
  const listeners = [
    (event: { kind: string; step?: number }) => event.kind === 'step' && event.step === 7 && stop.request('now'),
  ];
  const stopped = await tinyRun(join(root, 'stopped'), { data: slowData(), stop, listeners });
  assert.equal(stopped.complete, false);
  assert.equal(reads.begun, reads.done, 'no read is under way after a run was stopped');
  const resumed = await tinyRun(join(root, 'stopped'), { data: slowData(), resume: true });
  assert.deepEqual(resumed.outcome.weights, outcome.weights);
});
