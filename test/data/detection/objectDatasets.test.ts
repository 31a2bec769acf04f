/** `voc:PATH` and `coco:PATH`: folders made here and the sample of BCCD; parts, classes, sizes, fingerprints wherever they lie, and refusals. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { batches } from 'iekd/dist/data/batches';
import { objectCounts } from 'iekd/dist/data/detection/objectCounts';
import { VOC_CLASSES } from 'iekd/dist/data/detection/vocFolder';
import { checkDataset } from 'iekd/dist/data/images/checkDataset';
import { loadDataset } from 'iekd/dist/data/index';
import type { DataProgress, Dataset, DatasetOptions, ObjectSource } from 'iekd/dist/data/types';
import { parseRun } from 'iekd/dist/experiments/run/parsedRun';
import { planHash } from 'iekd/dist/experiments/runPlan';
import sharp from 'sharp';

const SAMPLE = join(__dirname, '..', '..', '..', 'data', 'samples', 'bccd');
const root = mkdtempSync(join(tmpdir(), 'iekd-objects-'));
after(() => rmSync(root, { recursive: true }));

function write(path: string, text: string | Uint8Array): string {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  return join(root, path);
}

/** Counted in the annotations' files by grep: part, class, images, objects, difficult, crowd. */
const COUNTS = [
  ...['train RBC 8 88 0 0', 'train WBC 8 8 0 0', 'train Platelets 2 4 0 0'],
  ...['test RBC 4 53 0 0', 'test WBC 4 4 0 0', 'test Platelets 2 2 0 0'],
];

const sizesOf = ({ train, validation, test }: Dataset): number[] => [train, validation, test].map(({ count }) => count);
const voc = (folder: string, options: DatasetOptions = {}): Promise<Dataset<ObjectSource>> =>
  loadDataset(`voc:${join(root, folder)}`, { pixels: 16, ...options });
const coco = (folder: string, options: DatasetOptions = {}): Promise<Dataset<ObjectSource>> =>
  loadDataset(`coco:${join(root, folder)}`, { pixels: 16, ...options });

/** A year in VOC's layout, each picture with one cat of this box. */
function year(
  folder: string,
  lists: Readonly<Record<string, readonly string[]>>,
  box = '1 1 5 5',
  unannotated: string[] = [],
): void {
  const [xmin, ymin, xmax, ymax] = box.split(' ');
  const corners = `<xmin>${xmin}</xmin><ymin>${ymin}</ymin><xmax>${xmax}</xmax><ymax>${ymax}</ymax>`;
  for (const [list, ids] of Object.entries(lists)) {
    write(`${folder}/ImageSets/Main/${list}.txt`, ids.join('\n'));
    for (const id of ids) {
      write(`${folder}/JPEGImages/${id}.png`, picture);
      if (unannotated.includes(id)) continue;
      const size = '<size><width>12</width><height>8</height></size>';
      write(
        `${folder}/Annotations/${id}.xml`,
        `<annotation>${size}\n<object><name>cat</name><bndbox>${corners}</bndbox></object></annotation>`,
      );
    }
  }
}

let picture: Uint8Array;
before(async () => {
  picture = await sharp({ create: { width: 12, height: 8, channels: 3, background: '#4080c0' } })
    .png()
    .toBuffer();
});

describe('voc:PATH', () => {
  test('real pictures: decoded, squashed, with their boxes', async () => {
    const data = await loadDataset(`voc:${SAMPLE}`, { pixels: [60, 80], lists: { train: 'test', test: 'trainval' } });
    checkDataset('here', data);
    assert.deepEqual(
      [sizesOf(data), data.classNames],
      [
        [8, 0, 4],
        ['RBC', 'WBC', 'Platelets'],
      ],
    );
    const { height, width, channels } = data.train;
    assert.deepEqual([height, width, channels], [60, 80, 3]);
    assert.deepEqual(
      objectCounts(data).map((row) => Object.values(row).join(' ')),
      COUNTS,
    );
    const { bytes, objects } = await data.train.readObjects(Uint32Array.of(0, 7));
    assert.equal(bytes.length, 2 * 60 * 80 * 3);
    assert.equal(objects.length, 2);
  });

  test('one year: trained on trainval, tested on test; only so many, the same ones whatever the rest', async () => {
    const ids = Array.from({ length: 20 }, (_, i) => `p${i}`);
    year('one', { trainval: ids, train: ids.slice(0, 12), val: ids.slice(12), test: ['q0', 'q1'] });
    assert.equal((await voc('one', { classNames: ['cat'] })).split, 'trainval / none / test: 20 / 0 / 2');
    const some = await voc('one', { classNames: ['cat'], train: 6, validation: 4, test: 1 });
    assert.equal(some.split, 'trainval / none / test: 20 / 0 / 2, used 6 / 4 / 1, seed 0');
    const listed = await voc('one', { classNames: ['cat'], lists: { train: 'train', validation: 'val' } });
    assert.equal(listed.split, 'train / val / test: 12 / 8 / 2');
    await assert.rejects(voc('one', { classNames: ['cat'], train: 17, validation: 4 }), {
      message: 'one: train: expected an integer in [0, 16], received 17',
    });
  });

  test('several years: of each part those that have it with annotations', async () => {
    year('archive/VOCdevkit/VOC2007', { trainval: ['a', 'b'], test: ['c'] });
    year('archive/VOCdevkit/VOC2012', { trainval: ['2008_1'], test: ['2008_2'] }, '1 1 5 5', ['2008_2']);
    const both = await voc('archive/VOCdevkit');
    assert.deepEqual([both.classNames.length, both.split], [20, 'trainval / none / test: 3 / 0 / 1']);
    assert.equal(both.source, "VOCdevkit, VOC's layout (VOC2007, VOC2012)");
    assert.equal((await voc('archive')).split, both.split);
    year('only12', { train: ['a', 'b'], val: ['d'], trainval: ['a', 'b', 'd'], test: ['c'] }, '1 1 5 5', ['c']);
    assert.equal((await voc('only12')).split, 'train / none / val: 2 / 0 / 1');
  });

  test('bad boxes: refused by file and line; or cut, counted and told', async () => {
    year('bad', { trainval: ['flat'], test: ['fine'] }, '3 3 3 6');
    write(
      'bad/Annotations/fine.xml',
      '<annotation><size><width>12</width><height>8</height></size><object><name>cat</name><bndbox><xmin>2</xmin><ymin>2</ymin><xmax>13</xmax><ymax>5</ymax></bndbox></object></annotation>',
    );
    const where = join(root, 'bad', 'Annotations', 'flat.xml');
    const sentence = `${where}: line 2: expected a box with a width and a height, received corners 3, 3, 3, 6`;
    const hint = 'badBoxes=clip cuts such boxes to the picture, or drops them';
    await assert.rejects(voc('bad'), { name: 'InputError', message: `${sentence}; ${hint}` });
    const told: DataProgress[] = [];
    const { split, train, test } = await voc('bad', { badBoxes: 'clip', onProgress: (progress) => told.push(progress) });
    assert.equal(split, 'trainval / none / test: 1 / 0 / 1; 2 bad boxes: 1 cut to the picture, 1 dropped');
    assert.deepEqual([train.objects[0]?.classes.length, [...(test.objects[0]?.boxes ?? [])]], [0, [1, 1, 12, 5]]);
    assert.deepEqual([told[0]?.stage, told[0]?.item], ['notice', `${sentence}; dropped`]);
    assert.equal(told.length, 2);
  });

  test('refused', async () => {
    year('leak', { trainval: ['a', 'b'], test: ['b'] });
    year('doubled', { trainval: ['a'], test: ['b'] });
    write('doubled/JPEGImages/a.webp', picture);
    year('lists', { trainval: ['a'], all: ['a'] });
    mkdirSync(join(root, 'nothing'));
    const place = (...parts: string[]): string => join(root, ...parts);
    const cases: [string, DatasetOptions, string][] = [
      [
        'nothing',
        {},
        `${place('nothing')}: expected a folder with ImageSets/Main, or a VOCdevkit with such folders, received none`,
      ],
      [
        'missing',
        {},
        `${place('missing')}: expected a folder in VOC's layout, received no such file or folder (ENOENT); look at the path again`,
      ],
      [
        'leak',
        {},
        `leak: expected every picture in one part, received ${place('leak', 'JPEGImages', 'b.png')} in train and test`,
      ],
      ['doubled', {}, `${place('doubled', 'JPEGImages', 'a.webp')}: expected one picture of each id, received a.png of the same`],
      ['lists', {}, `${place('lists')}: expected a list test in ImageSets/Main, received all, trainval; see lists`],
      [
        'one',
        { classNames: ['dog'] },
        `${place('one', 'Annotations', 'p0.xml')}: line 2: name: expected one of the classes dog, received "cat"`,
      ],
      ['one', { classNames: ['cat', 'cat'] }, 'loadDataset: classNames: expected every class once, received "cat"'],
      ['one', { pixels: [3] as never }, 'loadDataset: pixels: expected a number, or [height, width], received [3]'],
      ['one', { badBoxes: 'drop' as never }, 'loadDataset: badBoxes: expected one of refuse, clip, received "drop"'],
      [
        'one',
        { augmentation: { expansion: 1, mirror: 'up' } as never },
        'loadDataset: augmentation: mirror: expected one of none, horizontal, both, received "up"',
      ],
    ];
    for (const [folder, options, message] of cases) await assert.rejects(voc(folder, options), { name: 'InputError', message });
  });

  test('classes of one’s own, of which nothing was said', async () => {
    year('own', { trainval: ['a'], test: ['b'] });
    const path = join(root, 'own', 'Annotations', 'a.xml');
    writeFileSync(path, readFileSync(path, 'utf8').replace('cat', 'RBC'));
    const text =
      "expected one of VOC's classes, as neither the option classNames nor a file classes.txt in the folder names others: ";
    await assert.rejects(voc('own'), {
      name: 'InputError',
      message: `${path}: line 2: name: ${text}${VOC_CLASSES.join(', ')}, received "RBC"`,
    });
    write('own/classes.txt', 'RBC\r\n\r\ncat\n');
    assert.deepEqual((await voc('own')).classNames, ['RBC', 'cat']);
  });

  test('options of other data sets are refused', async () => {
    const known = 'folder, cache, train, validation, test, seed, download, onProgress, signal';
    await assert.rejects(loadDataset('cifar10', { pixels: 32 }), {
      message: `loadDataset: expected options among ${known}, received "pixels"`,
    });
  });

  test('fingerprint and name of a run do not depend on where the folder lies, but on what is in it', async () => {
    cpSync(SAMPLE, join(root, 'copy'), { recursive: true });
    const config = (path: string): object => ({
      dataset: { name: `voc:${path}`, pixels: 64 },
      task: { name: 'detection' },
      student: { name: 'ssd-resnet8' },
      method: { name: 'supervised' },
      training: { epochs: 1, batch: 4 },
    });
    const [here, there] = await Promise.all(
      [SAMPLE, join(root, 'copy')].map((path) => loadDataset(`voc:${path}`, { pixels: 64 })),
    );
    assert.equal(here?.fingerprint, there?.fingerprint);
    const { hash } = parseRun(config(SAMPLE));
    assert.equal(parseRun(config(join(root, 'copy'))).hash, hash);
    assert.equal(planHash(config(SAMPLE) as Parameters<typeof planHash>[0]), hash);
    write('copy/ImageSets/Main/test.txt', 'BloodImage_00007\n');
    assert.notEqual(parseRun(config(join(root, 'copy'))).hash, hash);
  });
});

describe('coco:PATH', () => {
  const categories = [
    { id: 3, name: 'cat' },
    { id: 1, name: 'dog' },
  ];
  const file = (images: readonly number[], more: object = {}): string =>
    JSON.stringify({
      categories,
      images: images.map((id) => ({ id, file_name: `${id}.png`, height: 8, width: 12 })),
      annotations: images.map((id) => ({ id, image_id: id, category_id: 3, bbox: [1, 1, 4, 4], iscrowd: 0, area: 16 })),
      ...more,
    });

  test('as COCO lays it out: train and val, classes by their numbers', async () => {
    write('coco/annotations/instances_train2017.json', file([1, 2, 5]));
    write('coco/annotations/instances_val2017.json', file([7]));
    write('coco/annotations/captions_val2017.json', '{}');
    for (const id of [1, 2, 5]) write(`coco/train2017/${id}.png`, picture);
    write('coco/images/val2017/7.png', picture);
    const data = await coco('coco');
    assert.deepEqual([data.classNames, data.split], [['dog', 'cat'], 'train2017 / none / val2017: 3 / 0 / 1']);
    const sizes: number[] = [];
    for await (const { size } of batches(data.test, { batch: 1, normalisation: data })) sizes.push(size);
    for await (const { size } of batches(data.train, { batch: 2, normalisation: data })) sizes.push(size);
    assert.deepEqual(sizes, [1, 2, 1]);
  });

  test('as it is exported: a folder a part, with its pictures', async () => {
    for (const [part, id] of Object.entries({ train: 1, valid: 2, test: 3 })) {
      write(`export/${part}/_annotations.coco.json`, file([id]));
      write(`export/${part}/${id}.png`, picture);
    }
    assert.equal((await coco('export')).split, 'train / none / valid: 1 / 0 / 1');
    const listed = await coco('export', { lists: { validation: 'valid' } });
    assert.equal(listed.split, 'train / valid / test: 1 / 1 / 1');
    assert.equal((await listed.test.readObjects(Uint32Array.of(0))).bytes.length, 16 * 16 * 3);
  });

  test('refused', async () => {
    write('two/annotations/instances_train2014.json', file([1]));
    write('two/annotations/instances_train2017.json', file([2]));
    write('other/train/_annotations.coco.json', file([1]));
    for (const place of ['two/train2014/1', 'two/train2017/2', 'other/train/1', 'other/val/2']) write(`${place}.png`, picture);
    write('other/val/_annotations.coco.json', file([2], { categories: [{ id: 3, name: 'cat' }] }));
    mkdirSync(join(root, 'empty'));
    const cases: [string, DatasetOptions, string][] = [
      [
        'empty',
        {},
        ': expected a folder with annotations/instances_<name>.json or <name>/_annotations.coco.json, received none of them',
      ],
      ['two', {}, ': expected one list that begins with train, received train2014 and train2017; see lists'],
      [
        'two',
        { lists: { train: 'train2014' } },
        ': expected one list that begins with test, received train2014, train2017; see lists',
      ],
      [
        'two',
        { lists: { train: 'train2015', test: 'train2014' } },
        ': expected a list train2015, received train2014, train2017; see lists',
      ],
      ['other', {}, ': expected the categories of train (dog, cat) in every list, received "cat"'],
    ];
    for (const [folder, options, message] of cases) {
      await assert.rejects(coco(folder, options), (error: Error) => {
        assert.equal(error.message.slice(0, join(root, folder).length + message.length), `${join(root, folder)}${message}`);
        return error.name === 'InputError';
      });
    }
    write('gone/train/_annotations.coco.json', file([1, 2]));
    write('gone/train/1.png', picture);
    const gone = join(root, 'gone', 'train');
    await assert.rejects(coco('gone', { lists: { test: 'train' } }), {
      name: 'InputError',
      message: `${join(gone, '_annotations.coco.json')}: images[1]: file_name: expected a picture ${join(gone, '2.png')}, received none`,
    });
    await assert.rejects(coco('two', { classNames: ['a'] }), /expected options among .*workers, received "classNames"/);
  });
});
