// @ts-check
/**
 * A data set of very many files: how long it takes to list it, and how much memory it needs before, in the middle of and after a whole epoch of
 * reading, without training. The files are small JPEGs in 1,000 classes, hard links to four distinct ones a class: a name, an inode to look up and a
 * picture to decode for each, but no more room on the disk than 4,000 need, so that the disk itself is not measured.
 * `node test/proofs/manyPictures.mjs [files] [share of an epoch, 0: listed alone]`; `npm run test:pictures`.
 */
import { linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import sharp from 'sharp';

const require = createRequire(import.meta.url);
const { loadDataset } = require('iekd');
const { batches } = require('iekd/dist/data/batches');
const { random } = require('iekd/dist/util/rng');

const CLASSES = 1000;
const DISTINCT = 4;
const BATCH = 256;
/** More memory at the end of an epoch than after its first tenth, MiB, is a leak. */
const MOST_GROWTH = 64;
const BYTES_PER_MIB = 2 ** 20;

const files = Number(process.argv[2] ?? 200_000);
const share = Number(process.argv[3] ?? 1);

setFlagsFromString('--expose-gc');
/** @type {() => void} */
const collect = runInNewContext('gc');

/** Resident and heap, in MiB, after what is not needed has gone. */
function memory() {
  collect();
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  const [resident, heap, buffers] = [rss, heapUsed, arrayBuffers].map((bytes) => Math.round(bytes / BYTES_PER_MIB));
  return { resident: /** @type {number} */ (resident), heap, buffers };
}

/** Says what was done since `begin`, and the memory. @param {string} what @param {number} begin @returns MiB resident */
function tell(what, begin) {
  const now = memory();
  const { resident, heap, buffers } = now;
  console.log(
    `${what}: ${((performance.now() - begin) / 1000).toFixed(1)} s, MiB resident ${resident}, heap ${heap}, buffers ${buffers}`,
  );
  return resident;
}

/** A noisy picture of 40 to 64 pixels, as bytes. @param {number} ofClass @param {number} which */
function picture(ofClass, which) {
  const [width, height] = [40 + 8 * which, 40 + (ofClass % 25)];
  const draws = random(ofClass).stream(`picture/${which}`);
  const raw = Uint8Array.from({ length: 8 * 8 * 3 }, () => draws.below(256));
  return sharp(raw, { raw: { width: 8, height: 8, channels: 3 } })
    .resize(width, height, { fit: 'fill' })
    .jpeg()
    .toBuffer();
}

/** @param {string} root */
async function makeFiles(root) {
  const each = Math.ceil(files / CLASSES);
  for (let ofClass = 0; ofClass < CLASSES; ofClass++) {
    const name = `n${String(ofClass).padStart(8, '0')}`;
    const at = (/** @type {number} */ i) => join(root, name, `${name}_${i}.JPEG`);
    mkdirSync(join(root, name));
    for (let i = 0; i < Math.min(each, DISTINCT); i++) writeFileSync(at(i), await picture(ofClass, i));
    for (let i = DISTINCT; i < each; i++) linkSync(at(i % DISTINCT), at(i));
  }
}

/** Reads so much of an epoch. @param {any} data @returns {Promise<number>} MiB that memory grew by after the first tenth */
async function readEpoch(data) {
  const [begin, cpu] = [performance.now(), process.cpuUsage()];
  const how = { batch: BATCH, normalisation: data, random: random(0), augmentation: data.augmentation };
  const wanted = Math.ceil(share * data.train.count);
  let [images, tenths, first, last] = [0, 0, 0, 0];
  for await (const { size } of batches(data.train, how)) {
    images += size;
    if (images >= (wanted * (tenths + 1)) / 10) {
      tenths = Math.floor((10 * images) / wanted);
      last = tell(`  ${images} images read`, begin);
      first ||= last;
    }
    if (images >= wanted) break;
  }
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - begin) / 1000;
  console.log(
    `${Math.round(images / seconds)} images a second, ${((user + system) / 1000 / images).toFixed(2)} ms of a core each`,
  );
  return last - first;
}

const root = mkdtempSync(join(tmpdir(), 'iekd-many-'));
try {
  let begin = performance.now();
  await makeFiles(root);
  const before = tell(`${files} files made`, begin);
  begin = performance.now();
  const data = await loadDataset(`folder:${root}`, { pixels: 32, normalisation: 'imagenet' });
  const { train, test, classNames } = data;
  const listed = tell(`listed: ${train.count} training and ${test.count} test images, ${classNames.length} classes`, begin);
  console.log(`${Math.round(((listed - before) * BYTES_PER_MIB) / files)} bytes of memory a file`);
  if (share > 0) {
    const growth = await readEpoch(data);
    console.log(`${growth} MiB more at the end than after a tenth`);
    if (growth > MOST_GROWTH) process.exitCode = 1;
  }
} finally {
  rmSync(root, { recursive: true });
}
