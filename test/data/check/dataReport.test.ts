/** `dataReport` and `iekd data check` on folders that are made here, each kind of fault planted once. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { alikePairs } from 'iekd/dist/data/check/alikePictures';
import type { DataReport } from 'iekd/dist/data/check/dataFindings';
import { dataReport } from 'iekd/dist/data/check/dataReport';
import { differingBits, pixelSums } from 'iekd/dist/data/check/differenceHash';
import { dataset } from 'iekd/dist/data/own/dataset';
import { random } from 'iekd/dist/util/rng';
import sharp from 'sharp';
import { iekd } from '../../cli/command';

const root = mkdtempSync(join(tmpdir(), 'iekd-data-check-'));
after(() => rmSync(root, { recursive: true }));

/** A picture of soft blobs, another for each seed. */
async function picture(file: string, seed: number, [width, height] = [48, 40]): Promise<void> {
  const stream = random(seed).stream('picture');
  const small = Uint8Array.from({ length: 6 * 6 * 3 }, () => stream.below(256));
  const image = sharp(small, { raw: { width: 6, height: 6, channels: 3 } }).resize(width, height, {
    fit: 'fill',
    kernel: 'cubic',
  });
  await image.toFile(file);
}

describe('a folder with faults', () => {
  const folder = join(root, 'photographs');
  const at = (...names: string[]): string => join(folder, ...names);
  let report: DataReport;

  before(async () => {
    for (const part of ['train', 'val']) for (const name of ['cat', 'dog']) mkdirSync(at(part, name), { recursive: true });
    for (let i = 0; i < 12; i++) await picture(at('train', 'cat', `c${i}.png`), i);
    await picture(at('train', 'dog', 'd.jpg'), 100, [30, 60]);
    await picture(at('val', 'cat', 'c.webp'), 101);
    await picture(at('val', 'dog', 'd.png'), 102);
    copyFileSync(at('train', 'cat', 'c0.png'), at('train', 'cat', 'c0-again.png'));
    copyFileSync(at('train', 'cat', 'c1.png'), at('val', 'cat', 'c1.png'));
    copyFileSync(at('train', 'cat', 'c2.png'), at('val', 'dog', 'c2.png'));
    await sharp(at('train', 'cat', 'c3.png'))
      .resize(96, 80)
      .jpeg({ quality: 80 })
      .toFile(at('val', 'cat', 'c3.jpg'));
    writeFileSync(at('train', 'dog', 'page.jpg'), '<html>not found</html>');
    writeFileSync(
      at('train', 'dog', 'cut.png'),
      (
        await sharp(at('val', 'dog', 'd.png'))
          .png()
          .toBuffer()
      ).subarray(0, 300),
    );
    report = await dataReport(`folder:${folder}`, { workers: 0 });
  });

  test('counts, sizes, formats', () => {
    assert.deepEqual(report.classNames, ['cat', 'dog']);
    assert.deepEqual(report.parts, [
      { part: 'train', count: 16, perClass: [13, 3] },
      { part: 'test', count: 5, perClass: [3, 2] },
    ]);
    assert.deepEqual(report.sizes, { height: { least: 40, median: 40, most: 80 }, width: { least: 30, median: 48, most: 96 } });
    assert.deepEqual(report.formats, { PNG: 16, JPEG: 2, WebP: 1 });
    for (const values of Object.values(report.statistics ?? {}))
      for (const value of values) assert.ok(value > 0.1 && value < 0.9);
  });

  test('what cannot be read, with its reason', () => {
    assert.deepEqual(report.unreadable, {
      count: 2,
      first: [
        {
          file: at('train', 'dog', 'cut.png'),
          reason: 'expected a whole PNG, received one that ends after 300 bytes without its end; copy the file again',
        },
        { file: at('train', 'dog', 'page.jpg'), reason: 'expected a JPEG, PNG or WebP, received text' },
      ],
    });
  });

  test('the same file twice: in a part, in two, of another class', () => {
    const leaking = [
      [at('train', 'cat', 'c1.png'), at('val', 'cat', 'c1.png')],
      [at('train', 'cat', 'c2.png'), at('val', 'dog', 'c2.png')],
    ];
    assert.deepEqual(report.repeated, { count: 1, first: [[at('train', 'cat', 'c0-again.png'), at('train', 'cat', 'c0.png')]] });
    assert.deepEqual(report.leaking, { count: 2, first: leaking });
    assert.deepEqual(report.relabelled, { count: 1, first: leaking.slice(1) });
  });

  test('a picture that was resized and compressed again looks the same, no other does', () => {
    assert.deepEqual(report.alike, { count: 1, first: [[at('train', 'cat', 'c3.png'), at('val', 'cat', 'c3.jpg')]] });
  });

  test('in sentences', () => {
    assert.deepEqual(report.notes, [
      '2 files cannot be read: a training that meets one ends there, remove them',
      '2 pairs of the same file in two parts: what is measured on was learned',
      '1 pair of the same file with other classes: one of them is wrong',
      '1 pair of the same file in one part',
      '1 pair that look the same, 1 of them in two parts',
    ]);
    assert.match(report.suggestions[0] ?? '', /^--pixels 32 at most: the middle picture has 40 pixels on its shorter side/);
  });

  test('threads find the same; the command says it, and ends with 1', async () => {
    assert.deepEqual(await dataReport(`folder:${folder}`, { workers: 2 }), report);
    const asJson = iekd(['data', 'check', `folder:${folder}`, '--workers', '0', '--json']);
    assert.deepEqual([asJson.code, JSON.parse(asJson.stdout)], [1, JSON.parse(JSON.stringify(report))]);
    const text = iekd(['data', 'check', `folder:${folder}`, '--workers', '0'], { COLUMNS: '200' });
    assert.equal(text.code, 1);
    for (const line of [
      '2 files cannot be read',
      'cut.png: expected a whole PNG',
      'same file: ',
      'height 40 to 80, the middle 40',
    ]) {
      assert.ok(text.stdout.includes(line), line);
    }
  });
});

test('pictures with boxes: BCCD’s samples, objects of each class', async () => {
  const { parts, unreadable, notes } = await dataReport(`voc:${join(__dirname, '..', '..', '..', 'data', 'samples', 'bccd')}`);
  assert.deepEqual(
    parts.map(({ part, count }) => [part, count]),
    [
      ['train', 4],
      ['test', 8],
    ],
  );
  assert.ok(parts.every(({ perClass }) => perClass.length === 3 && (perClass[0] as number) > 20));
  assert.deepEqual(
    [unreadable.count, notes.filter((note) => !/^(unbalanced|nothing of|\d+ pairs? that look)/.test(note))],
    [0, []],
  );
});

test('a data set in memory', async () => {
  const stream = random(1).stream('images');
  const images = Uint8Array.from({ length: 20 * 16 }, () => stream.below(256));
  images.set(images.subarray(0, 16), 16);
  const data = await dataset({
    train: { images, labels: Array.from({ length: 20 }, (_, i) => i % 2) },
    shape: [4, 4, 1],
    split: { test: 0 },
  });
  const { relabelled, repeated, suggestions, sizes } = await dataReport(data);
  assert.deepEqual([relabelled, repeated.count, suggestions], [{ count: 1, first: [['train 0', 'train 1']] }, 1, []]);
  assert.deepEqual(sizes?.height, { least: 4, median: 4, most: 4 });
});

describe('hashes', () => {
  test('bits say which cell is darker than its neighbour; sums are exact', () => {
    const ramp = Uint8Array.from({ length: 8 * 9 * 3 }, (_, k) => 10 * (Math.floor(k / 3) % 9));
    const { look, means, squares } = pixelSums({ height: 8, width: 9, bytes: ramp });
    assert.deepEqual(look?.hash, [0xffffffff, 0xffffffff]);
    assert.deepEqual(
      look?.cells,
      Uint8Array.from({ length: 72 }, (_, i) => ramp[3 * i] as number),
    );
    assert.ok(Math.abs((means[0] as number) - 40 / 255) < 1e-12);
    assert.ok(Math.abs((squares[2] as number) - (100 * 204) / 9 / 255 ** 2) < 1e-12);
    assert.equal(pixelSums({ height: 4, width: 9, bytes: new Uint8Array(108) }).look, undefined);
  });

  test('pairs are those of a comparison of each with each', () => {
    const stream = random(2).stream('hashes');
    const words = Array.from({ length: 400 }, () => [stream.uint32(), stream.uint32()] as [number, number]);
    for (let i = 0; i < 60; i++) {
      const [high, low] = words[i] as [number, number];
      words.push(
        i % 2 ? [(high ^ (1 << stream.below(32))) >>> 0, (low ^ (1 << stream.below(32))) >>> 0] : [high, (low ^ 7) >>> 0],
      );
    }
    const [high, low] = [0, 1].map((part) => Uint32Array.from(words, (word) => word[part] as number)) as [
      Uint32Array,
      Uint32Array,
    ];
    const expected = words.flatMap(([a, b], i) =>
      words.flatMap(([c, d], j) => (j > i && differingBits(a, c) + differingBits(b, d) <= 2 ? [[i, j]] : [])),
    );
    assert.equal(expected.length, 30);
    const cells = new Uint8Array(72 * words.length);
    const pairs = (): (readonly [number, number])[] => alikePairs({ high, low, cells }, () => true);
    assert.deepEqual(pairs(), expected);
    const [first = [0, 0]] = expected;
    cells.fill(3, 72 * (first[0] as number), 72 * (first[0] as number) + 72);
    assert.deepEqual(pairs(), expected, 'a mean difference of 3 is near');
    cells[72 * (first[0] as number)] = 4;
    assert.deepEqual(pairs(), expected.slice(1), 'more is not');
    assert.equal(differingBits(0xffffffff, 0), 32);
  });
});

describe('refusals', () => {
  const rows: readonly (readonly [unknown, RegExp])[] = [
    ['cifar11', /^InputError: dataReport: .*expected one of fashion-mnist, cifar10, cifar100, folder:PATH, /],
    [undefined, /^InputError: dataReport: expected a data set, received undefined/],
    ['folder:/nowhere', /^InputError: \/nowhere: expected a folder with a folder of pictures for each class/],
  ];
  for (const [name, message] of rows) test(String(message), () => assert.rejects(dataReport(name as never), message));
});
