/** `folder:PATH`: layouts, parts, classes, the same bits for any number of threads and wherever the folder lies, and what is refused. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { batches } from 'iekd/dist/data/batches';
import { checkDataset } from 'iekd/dist/data/images/checkDataset';
import { loadDataset } from 'iekd/dist/data/index';
import type { Dataset, DatasetOptions, ImageSource } from 'iekd/dist/data/types';
import { parseRun } from 'iekd/dist/experiments/run/parsedRun';
import { sha256 } from 'iekd/dist/util/hash';
import { random } from 'iekd/dist/util/rng';
import { classFolder, picture, put, temporaryFolder } from '../../fixtures/pictureFolders';

const { root, remove } = temporaryFolder('folder');
after(remove);
const at = (...path: string[]): string => join(root, ...path);
const load = (path: string, options: DatasetOptions = {}): Promise<Dataset<ImageSource>> =>
  loadDataset(`folder:${at(path)}`, { pixels: 16, workers: 0, cache: at('cache'), ...options });
const sizesOf = ({ train, validation, test: tested }: Dataset): number[] => [train, validation, tested].map(({ count }) => count);

before(async () => {
  await classFolder(at('split', 'train'), ['cat', 'Dog', 'ant'], 6);
  await classFolder(at('split', 'val'), ['cat', 'Dog', 'ant'], 2);
  await classFolder(at('plain'), ['b', 'a'], 10);
  put(at('plain', 'b', 'more', 'deep.PNG'), await picture(1, 'deep', [18, 30]));
  put(at('plain', 'README.md'), 'hello');
  put(at('plain', 'a', '.hidden'), '');
});

/** Hashes of the batches of an epoch, varied. */
async function epochOf(data: Dataset, batch: number, from = 0): Promise<string[]> {
  const { augmentation } = data;
  const hashes: string[] = [];
  const how = { batch, normalisation: data, random: random(5), augmentation, epoch: 2, from };
  for await (const { images, labels } of batches(data.train, how)) {
    hashes.push(sha256(new Uint8Array(images.buffer), Uint8Array.from(labels)));
  }
  return hashes;
}

describe('layouts', () => {
  test('train beside val: val is tested on, validation comes out of train', async () => {
    const data = await load('split');
    checkDataset('here', data);
    assert.deepEqual(data.classNames, ['Dog', 'ant', 'cat']);
    assert.deepEqual(sizesOf(data), [18, 0, 6]);
    assert.deepEqual([...data.test.labels], [0, 0, 1, 1, 2, 2]);
    assert.equal(data.split, 'class folders in train, val: 18 / 0 / 6');
    const some = await load('split', { train: 9, validation: 3, test: 3 });
    assert.deepEqual(sizesOf(some), [9, 3, 3]);
    assert.deepEqual([...some.validation.labels], [0, 1, 2]);
    assert.equal(some.split, 'class folders in train, val: 18 / 0 / 6; used 9 / 3 / 3, stratified, seed 0');
  });

  test('train beside val and test: all three', async () => {
    cpSync(at('split'), at('three'), { recursive: true });
    await classFolder(at('three', 'test'), ['cat'], 3);
    assert.deepEqual(sizesOf(await load('three')), [18, 6, 3]);
    assert.deepEqual(sizesOf(await load('three', { validation: 3 })), [18, 3, 3]);
  });

  test('class folders alone: a share of each class is tested on, another by another seed', async () => {
    const notices: string[] = [];
    const data = await load('plain', { onProgress: ({ item }) => notices.push(item) });
    assert.deepEqual(sizesOf(data), [17, 0, 4]);
    assert.deepEqual([...data.test.labels], [0, 0, 1, 1]);
    assert.equal(data.split, 'class folders, 0.2 of each class tested on, stratified, seed 0: 17 / 0 / 4');
    assert.deepEqual(notices.slice(0, 2), [
      'plain: 1 hidden file passed over',
      `plain: 1 file that is no picture of a class passed over, the first: ${at('plain', 'README.md')}`,
    ]);
    assert.deepEqual(sizesOf(await load('plain', { testShare: 0.4 })), [13, 0, 8]);
    const other = await load('plain', { seed: 1 });
    assert.notEqual(other.fingerprint, data.fingerprint);
  });
});

test('images are bytes in either number of channels; means are those of the images', async () => {
  const [colour, grey] = [await load('split'), await load('split', { channels: 1 })];
  const all = Uint32Array.from({ length: 18 }, (_, i) => i);
  const [rgb, luma] = [await colour.train.read(all), await grey.train.read(all)];
  assert.deepEqual([rgb.length, luma.length], [18 * 16 * 16 * 3, 18 * 16 * 16]);
  const mean = rgb.filter((_, i) => i % 3 === 1).reduce((sum, value) => sum + value, 0) / (18 * 256 * 255);
  assert.ok(Math.abs(mean - (colour.mean[1] as number)) < 1e-12);
  assert.equal(grey.mean.length, 1);
  const weighted = 0.299 * (rgb[0] as number) + 0.587 * (rgb[1] as number) + 0.114 * (rgb[2] as number);
  assert.ok(Math.abs(weighted - (luma[0] as number)) <= 1);
  const given = await load('split', { normalisation: 'imagenet', pixels: [8, 24] });
  assert.deepEqual([given.mean[0], given.train.height, given.train.width], [0.485, 8, 24]);
});

test('the same bits for any number of threads, from any step on', async () => {
  const here = await epochOf(await load('split'), 5);
  assert.equal(here.length, 4);
  for (const workers of [1, 3]) {
    const data = await load('split', { workers });
    assert.deepEqual(await epochOf(data, 5), here);
    assert.deepEqual(await epochOf(data, 5, 2), here.slice(2));
  }
});

test('shrunk first, once: other images, the same bits for any number of threads and from the cache; damaged entries are made anew', async () => {
  const cache = at('shrunk');
  const how = { pixels: 8, shrink: 1, resize: 8, normalisation: 'imagenet', cache } as const;
  const [plain, here] = [await load('split', { ...how, shrink: undefined }), await load('split', { ...how })];
  assert.notEqual(plain.fingerprint, here.fingerprint);
  const first = await epochOf(here, 5);
  assert.notDeepEqual(await epochOf(plain, 5), first);
  const entries = readdirSync(join(cache, 'pictures'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.rgb'),
  );
  assert.equal(entries.length, 18);
  for (const name of entries.slice(0, 3)) truncateSync(join(cache, 'pictures', name), 20);
  for (const workers of [0, 2]) assert.deepEqual(await epochOf(await load('split', { ...how, workers }), 5), first);
});

test('a run is named by the files, wherever they lie', async () => {
  cpSync(at('split'), at('moved'), { recursive: true });
  const run = (path: string, extra = {}): string => {
    const dataset = { name: `folder:${at(path)}`, pixels: 16, ...extra };
    const config = { dataset, student: { name: 'resnet8' }, method: { name: 'supervised' }, training: { epochs: 1 } };
    return parseRun(config).hash;
  };
  assert.equal(run('split'), run('moved'));
  assert.equal((await load('split')).fingerprint, (await load('moved')).fingerprint);
  assert.notEqual(run('split'), run('split', { augmentation: { mirror: 'none' } }));
  put(at('moved', 'val', 'cat', 'new.png'), await picture(0, 'new', [20, 20]));
  assert.notEqual(run('split'), run('moved'));
});

describe('refusals', () => {
  const refused = async (path: string, message: string | RegExp, options: DatasetOptions = {}): Promise<void> => {
    const expected = typeof message === 'string' ? message.replaceAll('ROOT', root) : message;
    const begin = performance.now();
    await assert.rejects(load(path, options), { name: 'InputError', message: expected });
    assert.ok(performance.now() - begin < 1000);
  };

  test('folders that are none', async () => {
    put(at('flat', 'a.png'), await picture(0, 'a', [8, 8]));
    put(at('tested', 'test', 'a', 'a.png'), await picture(0, 'a', [8, 8]));
    cpSync(at('split'), at('empty'), { recursive: true });
    rmSync(at('empty', 'train', 'ant'), { recursive: true });
    mkdirSync(at('empty', 'train', 'ant'));
    cpSync(at('split'), at('unknown'), { recursive: true });
    cpSync(at('unknown', 'val', 'ant'), at('unknown', 'val', 'bee'), { recursive: true });
    const kinds = 'JPEG, PNG and WebP are read: .jpg, .jpeg, .png, .webp';
    const table = 'make a folder for each class, or give a table of files and labels: csv:PATH, jsonl:PATH';
    await refused(
      'flat',
      `ROOT/flat: expected a folder with a folder of pictures for each class, received 1 picture in no folder; ${table}`,
    );
    await refused(
      'tested',
      'ROOT/tested: expected a folder train beside test, received none; rename it, or name the folder above',
    );
    await refused('empty', `ROOT/empty/train/ant: expected pictures of the class, received none; remove the folder; ${kinds}`);
    await refused('unknown', 'ROOT/unknown/val/bee: expected a class that train has: Dog, ant, cat, received another');
    await refused('nowhere', /nowhere: expected a folder with a folder of pictures for each class, received /);
    await refused(
      'split',
      'split: testShare: expected none where the layout has parts (class folders in train, val), received 0.5',
      { testShare: 0.5 },
    );
    await refused('split', 'loadDataset: resize: expected at least 16, the shorter side of pixels, received 8', { resize: 8 });
    await refused(
      'split',
      'loadDataset: augmentation: expected options among crop, mirror, colours, randAugment, received "flip"',
      {
        augmentation: { flip: true } as object,
      },
    );
  });

  test('links that leave the folder, and to folders', async () => {
    cpSync(at('split'), at('linked'), { recursive: true });
    symlinkSync(at('split', 'train', 'cat', '0.jpeg'), at('linked', 'train', 'cat', 'far.jpeg'));
    await refused(
      'linked',
      `ROOT/linked/train/cat/far.jpeg: expected a file within ROOT/linked, received a link to ROOT/split/train/cat/0.jpeg; copy it there`,
    );
    rmSync(at('linked', 'train', 'cat', 'far.jpeg'));
    symlinkSync('0.jpeg', at('linked', 'train', 'cat', 'near.jpeg'));
    assert.deepEqual(sizesOf(await load('linked')), [19, 0, 6]);
    symlinkSync(at('split', 'train', 'cat'), at('linked', 'train', 'cow'));
    await refused('linked', 'ROOT/linked/train/cow: expected a folder, received a link to one; move the folder there');
  });

  test('pictures that are none, when they are read', async () => {
    cpSync(at('split'), at('broken'), { recursive: true });
    const whole = await picture(0, 'cut', [40, 40], 'jpeg');
    for (const [content, expected] of [
      ['no picture', 'a JPEG, PNG or WebP, received text'],
      ['', 'a JPEG, PNG or WebP, received an empty file'],
      [whole.subarray(0, whole.length / 2), /a whole JPEG, received one that ends after \d+ bytes without its end/],
    ] as const) {
      put(at('broken', 'train', 'Dog', '0.jpeg'), content);
      for (const workers of [0, 1]) {
        const data = load('broken', { workers, normalisation: 'imagenet' });
        const pattern = new RegExp(
          `broken/train/Dog/0.jpeg: expected ${expected instanceof RegExp ? expected.source : expected}`,
        );
        await assert.rejects(async () => (await data).train.read(Uint32Array.of(1, 0)), { message: pattern });
      }
    }
  });
});
