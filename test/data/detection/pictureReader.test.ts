/** Pictures read by threads: the bits of the main thread's for any number of them, errors by their files, memory that does not grow. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { batches } from 'iekd/dist/data/batches';
import { objectsHash } from 'iekd/dist/data/images/objectSource';
import { loadDataset } from 'iekd/dist/data/index';
import type { Dataset, DatasetOptions, ObjectSource } from 'iekd/dist/data/types';
import { sha256 } from 'iekd/dist/util/hash';
import { random } from 'iekd/dist/util/rng';

const SAMPLE = join(__dirname, '..', '..', '..', 'data', 'samples', 'bccd');
const root = mkdtempSync(join(tmpdir(), 'iekd-reader-'));
after(() => rmSync(root, { recursive: true }));

const load = (options: DatasetOptions, path = SAMPLE): Promise<Dataset<ObjectSource>> =>
  loadDataset(`voc:${path}`, { pixels: 48, lists: { train: 'test', test: 'trainval' }, ...options });

/** Hashes of the batches of an epoch, varied. */
async function epochOf(data: Dataset<ObjectSource>, batch: number, from = 0): Promise<string[]> {
  const { augmentation } = data;
  const hashes: string[] = [];
  for await (const { images, objects = [] } of batches(data.train, {
    batch,
    normalisation: data,
    random: random(5),
    augmentation,
    epoch: 2,
    from,
  })) {
    hashes.push(sha256(new Uint8Array(images.buffer), objectsHash(objects)));
  }
  return hashes;
}

test('the same bits for any number of threads, from any step on', async () => {
  const here = await epochOf(await load({ workers: 0 }), 3);
  assert.equal(here.length, 3);
  for (const workers of [undefined, 1, 3]) {
    const data = await load({ workers });
    assert.deepEqual(await epochOf(data, 3), here);
    assert.deepEqual(await epochOf(data, 3, 1), here.slice(1));
  }
});

test('shrunk first, once: other images, the same objects, the same bits for any number of threads and in every epoch', async () => {
  const cache = join(root, 'cache');
  const [plain, here] = [await load({ workers: 0 }), await load({ workers: 0, shrink: 1.5, cache })];
  assert.notEqual(plain.fingerprint, here.fingerprint);
  const first = await epochOf(here, 3);
  for (const workers of [0, 2]) assert.deepEqual(await epochOf(await load({ workers, shrink: 1.5, cache }), 3), first);
  assert.notDeepEqual(await epochOf(plain, 3), first);
  const all = Uint32Array.from({ length: 8 }, (_, i) => i);
  const objects = async (data: Dataset<ObjectSource>): Promise<string> =>
    objectsHash((await data.train.readObjects(all)).objects);
  assert.equal(await objects(here), await objects(plain));
});

describe('refused', () => {
  test('a file that is cut short: the first of its batch, whichever thread is done first', async () => {
    const path = join(root, 'cut');
    cpSync(SAMPLE, path, { recursive: true });
    const pictures = ['00041', '00007'].map((id) => join(path, 'JPEGImages', `BloodImage_${id}.jpg`));
    for (const picture of pictures) truncateSync(picture, 9000);
    for (const workers of [0, 2]) {
      const data = await load({ workers }, path);
      await assert.rejects(async () => data.train.readObjects(Uint32Array.of(3, 1, 0)), {
        name: 'InputError',
        message: `${pictures[0]}: expected a whole JPEG, received one that ends after 9000 bytes without its end; copy the file again`,
      });
    }
  });

  test('numbers of threads that are none', async () => {
    for (const workers of [-1, 1.5, 1000]) {
      const message = `detectionDataset: workers: expected an integer in [0, 256], received ${workers}`;
      await assert.rejects(load({ workers }), { name: 'InputError', message });
    }
  });
});

/** Epochs with their batches, in a process of its own; what is left of memory after each, once garbage is collected. */
const EPOCHS = `
  const { loadDataset, random } = require('iekd');
  const { batches } = require('iekd/dist/data/batches');
  (async () => {
    const data = await loadDataset(process.argv[1], { pixels: 128, lists: { train: 'test', test: 'trainval' }, workers: 1 });
    for (let epoch = 0; epoch < 61; epoch++) {
      const how = { batch: 4, normalisation: data, random: random(0), augmentation: data.augmentation, epoch };
      for await (const { size } of batches(data.train, how)) if (size !== 4) throw new Error(String(size));
      if (epoch % 20 !== 0) continue;
      let least = Infinity; // a reply of a thread may still be on its way
      for (let round = 0; round < 5; round++) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        global.gc();
        const { heapUsed, arrayBuffers } = process.memoryUsage();
        least = Math.min(least, heapUsed + arrayBuffers);
      }
      console.log(least);
    }
  })();`;

test('memory is the same after 1, 21, 41 and 61 epochs, of which each reads 400 kB and makes 2 MB of it', () => {
  const args = ['--expose-gc', '-e', EPOCHS, `voc:${SAMPLE}`];
  const { stdout } = spawnSync(process.execPath, args, { cwd: __dirname, encoding: 'utf8', timeout: 120_000 });
  const left = stdout.trim().split('\n').map(Number);
  assert.equal(left.length, 4, stdout);
  const [first = 0] = left;
  for (const bytes of left) assert.ok(bytes - first < 4e6, left.join(' '));
});

test('an epoch that is left in its middle leaves nothing behind: the process ends', () => {
  const program = `
    const { loadDataset } = require('iekd');
    const { batches } = require('iekd/dist/data/batches');
    (async () => {
      const data = await loadDataset(${JSON.stringify(`voc:${SAMPLE}`)}, { pixels: 32, workers: 2 });
      for await (const { size } of batches(data.test, { batch: 2, normalisation: data })) { console.log(size); break; }
    })();`;
  const started = performance.now();
  const { stdout, status } = spawnSync(process.execPath, ['-e', program], { cwd: __dirname, encoding: 'utf8', timeout: 60_000 });
  assert.deepEqual([stdout, status], ['2\n', 0]);
  assert.ok(performance.now() - started < 30_000);
});
