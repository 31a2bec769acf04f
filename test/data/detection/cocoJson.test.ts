/** Annotations in COCO's format, made here: what is read, and what is refused by which sentence. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { type CocoJsonOptions, type CocoSamples, cocoJson } from 'iekd/dist/data/detection/cocoJson';

const root = mkdtempSync(join(tmpdir(), 'iekd-coco-'));
after(() => rmSync(root, { recursive: true }));
const path = join(root, 'instances.json');

type Entries = Readonly<Record<string, unknown>>;

const image = { id: 7, file_name: 'train/a.jpg', height: 48, width: 64 };
const annotation = { id: 0, image_id: 7, category_id: 90, bbox: [1, 2, 10, 20], area: 150, iscrowd: 0 };
const categories = [
  { id: 90, name: 'toothbrush' },
  { id: 1, name: 'person' },
];

function read(entries: Entries, options: CocoJsonOptions = {}): CocoSamples {
  writeFileSync(path, JSON.stringify({ images: [image], annotations: [annotation], categories, ...entries }));
  return cocoJson(path, options);
}

test('numbers of categories have gaps: classes are in their order', () => {
  const { classNames, categoryIds, samples } = read({});
  assert.deepEqual(
    [classNames, categoryIds],
    [
      ['person', 'toothbrush'],
      [1, 90],
    ],
  );
  const [{ id, picture, size, objects } = assert.fail()] = samples;
  assert.deepEqual([id, picture, size], ['7', join(root, 'images', 'train', 'a.jpg'), [48, 64]]);
  assert.deepEqual([[...objects.boxes], [...objects.classes], [...(objects.areas ?? [])]], [[1, 2, 11, 22], [1], [150]]);
});

test('crowds are marked, areas that are missing are those of the boxes, pictures without objects are kept', () => {
  const { area: _, ...plain } = annotation;
  const images = [image, { ...image, id: 3, file_name: 'b.jpg' }];
  const { samples } = read(
    { images, annotations: [{ ...plain, id: 5, iscrowd: 1, segmentation: { counts: [5, 9], size: [48, 64] } }, annotation] },
    { pictures: join(root, 'pictures') },
  );
  assert.deepEqual(
    samples.map(({ objects }) => [[...(objects.crowd ?? [])], [...(objects.areas ?? [])]]),
    [
      [
        [1, 0],
        [200, 150],
      ],
      [[], []],
    ],
  );
  assert.equal(samples[1]?.picture, join(root, 'pictures', 'b.jpg'));
});

test('annotations without ids of their own', () => {
  const { id: _, ...plain } = annotation;
  assert.equal(read({ annotations: [plain, plain] }).samples[0]?.objects.classes.length, 2);
});

test('a box without height, as COCO has one: told and left out', () => {
  const told: string[] = [];
  const { samples } = read(
    { annotations: [{ ...annotation, bbox: [5, 5, 8, 0] }] },
    { badBoxes: (sentence) => told.push(sentence) },
  );
  assert.equal(samples[0]?.objects.classes.length, 0);
  assert.deepEqual(told, [
    `${path}: annotations[0]: bbox: expected a box with a width and a height, received corners 5, 5, 13, 5`,
  ]);
});

describe('refused', () => {
  const one = (changes: Entries): Entries => ({ annotations: [annotation, { ...annotation, id: 5, ...changes }] });
  const at = 'annotations[1]';
  const cases: readonly (readonly [string, Entries, string])[] = [
    ['no list', { images: undefined }, 'images: expected a list, received undefined'],
    ['an entry that is no object', { annotations: [3] }, 'annotations[0]: expected an object, received 3'],
    [
      'an id in quotes',
      one({ image_id: '7' }),
      `${at}: image_id: expected a number that is an id, received "7"; write it without quotes`,
    ],
    ['an unknown picture', one({ image_id: 8 }), `${at}: image_id: expected an id of one of the images, received 8`],
    ['an unknown category', one({ category_id: 2 }), `${at}: category_id: expected an id of one of the categories, received 2`],
    ['an empty box', one({ bbox: [] }), `${at}: bbox: expected [x, y, width, height], received []`],
    [
      'a box without size',
      one({ bbox: [1, 1, 0, 5] }),
      `${at}: bbox: expected a box with a width and a height, received corners 1, 1, 1, 6`,
    ],
    [
      'a box outside',
      one({ bbox: [60, 1, 10, 5] }),
      `${at}: bbox: expected a box inside the picture of 64×48 pixels, received corners 60, 1, 70, 6`,
    ],
    [
      'an absurd box',
      one({ bbox: [0, 0, 1e300, 5] }),
      `${at}: bbox: expected corners of at most 65536 pixels, received corners 0, 0, 1e+300, 5`,
    ],
    ['a picture that is there twice', { images: [image, image] }, 'images[1]: id: expected every id once, received 7 again'],
    ['an annotation that is there twice', one({ id: 0 }), `${at}: id: expected every id once, received 0 again`],
    [
      'a category that is there twice',
      { categories: [categories[0], categories[0]] },
      'categories[1]: name: expected every name once, received "toothbrush" again',
    ],
    [
      'two categories of one number',
      { categories: [...categories, { id: 1, name: 'bicycle' }] },
      'categories[2]: id: expected every id once, received 1 again',
    ],
    [
      'a mark that is none',
      { annotations: [{ ...annotation, iscrowd: true }] },
      'annotations[0]: iscrowd: expected 0 or 1, received true',
    ],
    [
      'a size of 0',
      { images: [{ ...image, width: 0 }] },
      'images[0]: height and width: expected numbers of pixels, received [48,0]',
    ],
    ['no name', { categories: [{ id: 90, name: '' }] }, 'categories[0]: name: expected a text, received ""'],
  ];
  for (const [name, entries, message] of cases) {
    test(name, () => assert.throws(() => read(entries), { name: 'InputError', message: `${path}: ${message}` }));
  }

  test('a file name that leads out', () => {
    const expected = `inside: expected a path inside ${join(root, 'images')}, received "../../etc/passwd"`;
    assert.throws(() => read({ images: [{ ...image, file_name: '../../etc/passwd' }] }), {
      name: 'InputError',
      message: `${expected}; it is the file_name of ${path}: images[0]`,
    });
  });

  test('a million objects, of many pictures or of one, in less than a second', () => {
    const { id: _, ...plain } = annotation;
    const text = JSON.stringify(plain);
    for (const count of [1_000_000, 10_001]) {
      writeFileSync(
        path,
        `{"images":[${JSON.stringify(image)}],"categories":${JSON.stringify(categories)},"annotations":[${`${text},`.repeat(count - 1)}${text}]}`,
      );
      const before = process.cpuUsage();
      assert.throws(
        () => cocoJson(path),
        (error: Error) => /of at most 32 MiB|at most 10000 objects of a picture/.test(error.message),
      );
      const { user, system } = process.cpuUsage(before);
      assert.ok(user + system < 1e6, `${count}: ${(user + system) / 1e6} s`);
    }
  });
});
