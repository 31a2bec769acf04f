// @ts-check
/**
 * A data set of very many files: how long it takes to list it, and how much memory it needs before and after an epoch. The files are small pictures,
 * hard links to one a class, so that they need names but no room: `node test/proofs/manyPictures.mjs [files] [share of an epoch]`.
 */
import { linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';

const require = createRequire(import.meta.url);
const { loadDataset } = require('iekd');
const { batches } = require('iekd/dist/data/batches');
const { random } = require('iekd/dist/util/rng');

const CLASSES = 1000;
const BATCH = 256;
/** More memory after an epoch than before it, MiB, is a leak. */
const MOST_GROWTH = 150;

const files = Number(process.argv[2] ?? 200_000);
const share = Number(process.argv[3] ?? 1);

/** @param {string} root */
async function makeFiles(root) {
  const each = Math.ceil(files / CLASSES);
  for (let ofClass = 0; ofClass < CLASSES; ofClass++) {
    const folder = join(root, `n${String(ofClass).padStart(8, '0')}`);
    mkdirSync(folder);
    const background = { r: ofClass % 256, g: (ofClass * 7) % 256, b: (ofClass * 13) % 256 };
    const picture = sharp({ create: { width: 40, height: 40, channels: 3, background } });
    const first = join(folder, `n${String(ofClass).padStart(8, '0')}_0.JPEG`);
    writeFileSync(first, await picture.jpeg().toBuffer());
    for (let i = 1; i < each; i++) linkSync(first, join(folder, `n${String(ofClass).padStart(8, '0')}_${i}.JPEG`));
  }
}

/** In MiB, after what is not needed has gone. */
function memory() {
  globalThis.gc?.();
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  /** @param {number} bytes */
  const mib = (bytes) => Math.round(bytes / 2 ** 20);
  return { resident: mib(rss), heap: mib(heapUsed), buffers: mib(arrayBuffers) };
}

/** @param {string} what @param {number} begin */
const tell = (what, begin) => {
  console.log(`${what}: ${((performance.now() - begin) / 1000).toFixed(1)} s, MiB ${JSON.stringify(memory())}`);
};

const root = mkdtempSync(join(tmpdir(), 'iekd-many-'));
try {
  let begin = performance.now();
  await makeFiles(root);
  tell(`${files} files made`, begin);
  begin = performance.now();
  const data = await loadDataset(`folder:${root}`, { pixels: 32, normalisation: 'imagenet' });
  tell(`listed: ${data.train.count} training and ${data.test.count} test images, ${data.classNames.length} classes`, begin);
  begin = performance.now();
  const how = { batch: BATCH, normalisation: data, random: random(0), augmentation: data.augmentation };
  let images = 0;
  let before = 0;
  for await (const batch of batches(data.train, how)) {
    images += batch.size;
    if (images === 10 * BATCH) {
      before = memory().resident;
      tell('ten batches', begin);
    }
    if (images >= share * data.train.count) break;
  }
  tell(`${images} images read, ${Math.round((1000 * images) / (performance.now() - begin))} a second`, begin);
  const growth = memory().resident - before;
  console.log(`${growth} MiB more than after ten batches`);
  if (growth > MOST_GROWTH) process.exitCode = 1;
} finally {
  rmSync(root, { recursive: true });
}
