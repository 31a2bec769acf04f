/** CIFAR: the binary layout, the archive, and files that are not what they should be. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { readCifar } from 'iekd/dist/data/cifar/cifar';
import { CIFAR100_CLASSES } from 'iekd/dist/data/cifar/cifar100Classes';
import { findCifar, provideCifar } from 'iekd/dist/data/cifar/cifarFiles';
import type { CifarLayout } from 'iekd/dist/data/cifar/cifarLayouts';
import { CIFAR10, CIFAR100 } from 'iekd/dist/data/cifar/cifarLayouts';
import { imageAt } from 'iekd/dist/data/images/imageSet';
import { channelStatistics } from 'iekd/dist/data/images/normalisation';
import type { DataProgress } from 'iekd/dist/data/types';
import { cacheFolder } from 'iekd/dist/util/folders';
import { sha256 } from 'iekd/dist/util/hash';
import { cifarFiles, inFolder, SMALL10, SMALL100, tarball, writeFiles } from '../../fixtures/dataFiles';

for (const layout of [SMALL10, SMALL100]) {
  test(`${layout.name}: planes become pixels, the last label byte the class, files follow each other`, () =>
    inFolder((folder) => {
      const files = cifarFiles(layout);
      writeFiles(folder, files);
      const seen: DataProgress[] = [];
      const set = readCifar(layout, folder, {}, (progress) => seen.push(progress));
      const size = layout.labelBytes + 3072;
      for (const part of ['train', 'test'] as const) {
        const { files: names, records } = layout[part];
        assert.equal(set[part].count, names.length * records);
        assert.deepEqual(
          [...set[part].labels],
          Array.from({ length: set[part].count }, (_, i) => (i % records) % layout.classNames.length),
        );
        for (const [f, name] of names.entries()) {
          for (const i of [0, 7, records - 1]) {
            const planes = (files[name] as Uint8Array).subarray(i * size + layout.labelBytes, (i + 1) * size);
            const pixels = Uint8Array.from({ length: 3072 }, (_, k) => planes[(k % 3) * 1024 + Math.floor(k / 3)] as number);
            assert.deepEqual(imageAt(set[part], f * records + i), pixels, `${name}, image ${i}`);
          }
        }
      }
      assert.deepEqual([set.train.height, set.train.width, set.train.channels], [32, 32, 3]);
      assert.deepEqual(
        seen.map((s) => s.item),
        Object.keys(files),
      );
      assert.equal(set.validation.count, 0);
    }));
}

function cut(files: Record<string, Uint8Array>, name: string, bytes: number): void {
  files[name] = (files[name] as Uint8Array).subarray(0, bytes);
}

function put(files: Record<string, Uint8Array>, name: string, at: number, value: number): void {
  (files[name] as Uint8Array)[at] = value;
}

/** A damaged copy of the small files: the change, and the error with FOLDER for the folder. */
const DAMAGE: [string, CifarLayout, (files: Record<string, Uint8Array>) => void, string][] = [
  [
    'empty',
    SMALL10,
    (files) => cut(files, 'data_batch_2.bin', 0),
    'FOLDER/data_batch_2.bin: expected 61460 bytes (20 records of 3073), received 0 bytes (0 records and 0 bytes); ' +
      'nothing was overwritten: replace the file, or move it away and have it fetched again',
  ],
  [
    'truncated',
    SMALL10,
    (files) => cut(files, 'test_batch.bin', 7000),
    'FOLDER/test_batch.bin: expected 30730 bytes (10 records of 3073), received 7000 bytes (2 records and 854 bytes); ' +
      'nothing was overwritten: replace the file, or move it away and have it fetched again',
  ],
  [
    'a label out of range',
    SMALL10,
    (files) => put(files, 'data_batch_1.bin', 3 * 3073, 10),
    'FOLDER/data_batch_1.bin, record 3: expected a label in [0, 9], received 10',
  ],
  [
    'mislabelled',
    SMALL10,
    (files) => put(files, 'data_batch_1.bin', 3 * 3073, 4),
    'FOLDER: data_batch_1.bin, data_batch_2.bin: expected 4 images of class 3 (cat), received 3; ' +
      'the files are mislabelled or mixed up',
  ],
  [
    'a fine label out of range',
    SMALL100,
    (files) => put(files, 'test.bin', 1, 100),
    'FOLDER/test.bin, record 0: expected a label in [0, 99], received 100',
  ],
  [
    'a coarse label out of range',
    SMALL100,
    (files) => put(files, 'train.bin', 0, 20),
    'FOLDER/train.bin, record 0: expected a coarse label in [0, 19], received 20',
  ],
  [
    'a class below two coarse labels',
    SMALL100,
    (files) => put(files, 'train.bin', 101 * 3074, 5),
    'FOLDER/train.bin, record 101: expected coarse label 1 with aquarium_fish, as in the records before, received 5',
  ],
];

for (const [name, layout, damage, message] of DAMAGE) {
  test(`a bad file is named, with what was expected and found: ${name}`, () =>
    inFolder((folder) => {
      const files = cifarFiles(layout);
      damage(files);
      writeFiles(folder, files);
      assert.throws(() => readCifar(layout, folder, {}), { message: message.replace('FOLDER', folder) });
    }));
}

/** The small set with an archive of its own. */
function withArchive(layout: CifarLayout): { layout: CifarLayout; archive: Buffer; files: Record<string, Uint8Array> } {
  const files = cifarFiles(layout);
  const members = Object.entries(files).map(([name, bytes]) => ({ name: `${layout.archiveFolder}/${name}`, bytes }));
  const archive = tarball([{ name: `${layout.archiveFolder}/`, type: '5' }, ...members]);
  const remote = { url: 'http://127.0.0.1:9/set.tar.gz', bytes: archive.length, sha256: sha256(archive) };
  return { layout: { ...layout, archive: remote }, archive, files };
}

test('an archive in the folder is verified and unpacked, and stays', () =>
  inFolder(async (folder) => {
    const { layout, archive, files } = withArchive(SMALL10);
    writeFiles(folder, { 'set.tar.gz': archive });
    const seen: DataProgress[] = [];
    assert.equal(await provideCifar(layout, folder, { onProgress: (p) => seen.push(p) }), folder);
    for (const [name, bytes] of Object.entries(files)) assert.deepEqual(readFileSync(join(folder, name)), Buffer.from(bytes));
    assert.deepEqual(readdirSync(folder).sort(), [...Object.keys(files), 'set.tar.gz'].sort());
    assert.deepEqual(
      seen.filter((s) => s.stage === 'unpack').map((s) => s.done),
      [1, 2, 3],
    );
    assert.equal(readCifar(layout, folder, {}).train.count, 40);
  }));

test('a set is downloaded when that is allowed, unpacked, and the archive removed', () =>
  inFolder(async (folder) => {
    const { layout, archive, files } = withArchive(SMALL100);
    const server = createServer((_, response) => response.end(archive));
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/set.tar.gz`;
    await provideCifar({ ...layout, archive: { ...layout.archive, url } }, folder, { download: true });
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
    assert.deepEqual(readdirSync(folder).sort(), Object.keys(files).sort());
  }));

test('files that are there stay as they are; only missing ones are unpacked', () =>
  inFolder(async (folder) => {
    const { layout, archive, files } = withArchive(SMALL10);
    const own = (files['data_batch_1.bin'] as Uint8Array).slice().fill(9, 1, 100);
    writeFiles(folder, { 'set.tar.gz': archive, 'data_batch_1.bin': own });
    await provideCifar(layout, folder, {});
    assert.deepEqual(readFileSync(join(folder, 'data_batch_1.bin')), Buffer.from(own));
    assert.deepEqual(readFileSync(join(folder, 'test_batch.bin')), Buffer.from(files['test_batch.bin'] as Uint8Array));
  }));

test("files in the archive's own folder are found", () =>
  inFolder(async (folder) => {
    writeFiles(join(folder, 'cifar-10-batches-bin'), cifarFiles(SMALL10));
    assert.equal(await provideCifar(SMALL10, folder, {}), join(folder, 'cifar-10-batches-bin'));
  }));

test('what is missing is named, with what to do; nothing is downloaded unasked', () =>
  inFolder(async (folder) => {
    const { url } = CIFAR10.archive;
    const instead = `put cifar-10-binary.tar.gz from ${url}, or the files cifar-10-batches-bin/*.bin in it, into ${folder}`;
    writeFiles(folder, { 'test_batch.bin': cifarFiles(SMALL10)['test_batch.bin'] as Uint8Array });
    await assert.rejects(provideCifar(SMALL10, folder, {}), {
      message:
        `${folder}: expected data_batch_1.bin, data_batch_2.bin, received no such file; ` +
        `load with download: true, or ${instead}`,
    });
    const { layout } = withArchive(SMALL10);
    await assert.rejects(provideCifar(layout, folder, { download: true }), (error: Error) => {
      const { url, bytes } = layout.archive;
      const put = `put set.tar.gz from ${url}, or the files cifar-10-batches-bin/*.bin in it, into ${folder}`;
      const next = `check the network and run again, or ${put}`;
      assert.equal(
        error.message,
        `download: expected ${bytes} bytes from ${url}, received connect ECONNREFUSED 127.0.0.1:9; ${next}`,
      );
      return true;
    });
    assert.deepEqual(readdirSync(folder), ['test_batch.bin']);
  }));

test('a damaged file or archive is refused before anything is written', () =>
  inFolder(async (folder) => {
    const { layout, archive } = withArchive(SMALL10);
    archive[archive.length - 20] = 255 - (archive[archive.length - 20] as number);
    writeFiles(folder, { 'set.tar.gz': archive });
    await assert.rejects(provideCifar(layout, folder, { download: true }), (error: Error) => {
      const hint = 'nothing was overwritten: move the file away and run again';
      const { sha256: expected } = layout.archive;
      const path = join(folder, 'set.tar.gz');
      assert.equal(error.message, `${path}: expected SHA-256 ${expected}, received ${sha256(archive)}; ${hint}`);
      return true;
    });
    writeFileSync(join(folder, 'data_batch_2.bin'), 'short');
    assert.throws(() => findCifar(layout, folder), /data_batch_2\.bin: expected 61460 bytes .* received 5 bytes/);
    assert.deepEqual(readdirSync(folder).sort(), ['data_batch_2.bin', 'set.tar.gz']);
    assert.equal(readFileSync(join(folder, 'data_batch_2.bin'), 'utf8'), 'short');
  }));

test('the official layouts add up to 50,000 and 10,000 images', () => {
  for (const layout of [CIFAR10, CIFAR100]) {
    assert.equal(layout.train.files.length * layout.train.records, 50_000);
    assert.equal(layout.test.files.length * layout.test.records, 10_000);
  }
  assert.equal(new Set(CIFAR100_CLASSES).size, 100);
  assert.deepEqual([...CIFAR100_CLASSES].sort(), CIFAR100_CLASSES);
});

const REAL = join(cacheFolder(), 'cifar10');
const absent = !existsSync(join(REAL, 'test_batch.bin')) && 'no CIFAR-10 in the cache: see data/README.md';

test('the real CIFAR-10: balanced, statistics as published (abs 0.05 of 255)', { skip: absent }, () => {
  const set = readCifar(CIFAR10, REAL, { validation: 5000, test: 1000 });
  assert.deepEqual([set.train.count, set.validation.count, set.test.count], [45_000, 5_000, 1_000]);
  const whole = readCifar(CIFAR10, REAL, {}).train;
  const { mean, std } = channelStatistics(whole);
  for (let c = 0; c < 3; c++) {
    assert.ok(Math.abs(255 * ((mean[c] as number) - (CIFAR10.mean[c] as number))) < 0.051, `mean ${mean}`);
    assert.ok(Math.abs(255 * ((std[c] as number) - (CIFAR10.std[c] as number))) < 0.051, `std ${std}`);
  }
  // The first record of the official data_batch_1.bin is a frog.
  assert.equal(CIFAR10.classNames[whole.labels[0] as number], 'frog');
});
