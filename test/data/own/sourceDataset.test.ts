/** `dataset` of a function that reads images one by one: the parts, bytes and classes of the same images in memory; and what it is told is wrong, and when. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { batches } from 'iekd/dist/data/batches';
import { readImages } from 'iekd/dist/data/images/imageSource';
import { dataset } from 'iekd/dist/data/own/dataset';
import type { OwnImage } from 'iekd/dist/data/own/pixelValues';
import type { SourceDatasetOptions } from 'iekd/dist/data/own/sourceDataset';
import type { Images } from 'iekd/dist/data/types';
import { tf } from 'iekd/dist/engine/tf';
import { random } from 'iekd/dist/util/rng';

before(() => tf.setBackend('cpu'));

const labels = Array.from({ length: 30 }, (_, i) => (i % 3 ? 'dog' : 'cat'));
/** Grey of 2×3 pixels, from 0 to 255. */
const grey = (i: number): number[][] => [
  [i, 2 * i, 255 - i],
  [i + 1, 0, 100],
];
const unit = (i: number): number[][] => grey(i).map((row) => row.map((value) => value / 255));
const all = (images: Images): Promise<{ images: Uint8Array; labels: ArrayLike<number> }> =>
  readImages(
    images,
    Uint32Array.from({ length: images.count }, (_, i) => i),
  );

const FORMS: Readonly<Record<string, (i: number) => OwnImage | Promise<OwnImage>>> = {
  'lists of numbers to 255': grey,
  'lists in [0, 1], later': async (i) => unit(i),
  tensors: (i) => tf.tensor2d(grey(i)),
  pictures: (i) => ({ height: 2, width: 3, bytes: Uint8Array.from(grey(i).flat()) }),
};

describe('as the same images in memory', () => {
  for (const [form, read] of Object.entries(FORMS)) {
    test(form, async () => {
      const split = { test: 0.2, validation: 0.25, seed: 4 };
      const memory = await dataset({ train: labels.map((label, i) => ({ image: grey(i), label })), split });
      const tensors = tf.memory().numTensors;
      const data = await dataset({ train: { labels, read }, split });
      assert.deepEqual([data.classNames, data.split], [memory.classNames, memory.split]);
      for (const part of ['train', 'validation', 'test'] as const) {
        const [own, same] = [await all(data[part]), await all(memory[part])];
        assert.deepEqual([own.images, Array.from(own.labels)], [same.images, Array.from(same.labels)]);
      }
      assert.deepEqual([data.mean, data.std], [memory.mean, memory.std], 'the sample is all of so few');
      assert.equal(tf.memory().numTensors, tensors, 'tensors are disposed of');
    });
  }

  test('parts of their own, flat arrays, classes in an order', async () => {
    const flat = (i: number): Uint8Array => Uint8Array.from([...grey(i).flat(), ...grey(i + 1).flat(), 0, 0, 0, 0, 0, 0]);
    const few = { labels: Uint8Array.of(1, 0), read: (i: number) => flat(20 + i), length: 2 };
    const data = await dataset({
      ...{ train: { labels, read: flat }, test: few, classes: ['dog', 'cat'], shape: [2, 3, 3], name: 'mine' },
    });
    assert.deepEqual([data.name, data.train.count, data.test.count, data.train.channels], ['mine', 30, 2, 3]);
    assert.deepEqual([data.split, [...data.test.labels], data.train.labels[0]], ['as given: 30 / 0 / 2', [1, 0], 1]);
    assert.deepEqual((await all(data.test)).images.slice(0, 18), flat(20));
  });
});

test('only a sample is read at once, and of a batch its images alone; the fingerprint is that of labels and sample', async () => {
  const read: number[] = [];
  const train = {
    labels: Array.from({ length: 5000 }, (_, i) => i % 2),
    read: (i: number) => {
      read.push(i);
      return grey(i % 100);
    },
  };
  const data = await dataset({ train });
  assert.equal(read.length, 1000);
  const [first] = [batches(data.train, { batch: 4, normalisation: data, random: random(0), augmentation: data.augmentation })];
  const { value } = (await first.next()) as { value: { size: number } };
  await first.return();
  assert.equal(value.size, 4);
  assert.ok(read.length <= 1000 + 8, 'a batch, and the next ahead of it');
  assert.equal((await dataset({ train })).fingerprint, data.fingerprint);
  for (const other of [{ train, name: 'other' }, { train: { ...train, read: (i: number) => grey((i + 1) % 100) } }]) {
    assert.notEqual((await dataset(other)).fingerprint, data.fingerprint);
  }
});

describe('refused', () => {
  const bad = async (image: unknown, at = 3): Promise<unknown> =>
    dataset({ train: { labels, read: (i) => (i === at ? (image as OwnImage) : grey(i)) } });
  const cases: readonly (readonly [string, () => Promise<unknown>, string | RegExp])[] = [
    [
      'no labels',
      () => dataset({ train: { read: grey } as never }),
      'dataset: train: labels: expected a list of class names or numbers, received undefined; a source knows its labels before images are read: { labels, read }',
    ],
    [
      'another length',
      () => dataset({ train: { labels, read: grey, length: 31 } }),
      'dataset: train: labels: expected 31 labels, one an image, received 30',
    ],
    ['no images', () => dataset({ train: { labels: [], read: grey } }), 'dataset: train: expected images, received none'],
    [
      'test images in memory',
      () => dataset({ train: { labels, read: grey }, test: [{ image: grey(1), label: 'cat' }] as never }),
      /^dataset: test: expected a source as the training images: \{ labels, read \}, received .*; of images in memory: \{ labels, read: \(i\) => images\[i\] \}$/,
    ],
    [
      'options of images in memory',
      () => dataset({ train: { labels, read: grey }, mostBytes: 3 } as SourceDatasetOptions),
      /^dataset: .*mostBytes/,
    ],
    ['no image', () => bad(undefined), /^dataset: train: image 3: expected an image: a tensor .*, received undefined$/],
    [
      'not a number',
      () =>
        bad([
          [1, 2, Number.NaN],
          [4, 5, 6],
        ]),
      /^dataset: train: image 3: expected numbers in \[0, 255\] .*, received NaN/,
    ],
    [
      'above 255',
      () =>
        bad([
          [1, 2, 300],
          [4, 5, 6],
        ]),
      /^dataset: train: image 3: expected .*, received 300; divide those of 16 bits by 257$/,
    ],
    [
      'normalised',
      () =>
        bad([
          [-1, 0, 1],
          [0, 0, 0],
        ]),
      /^dataset: train: image 3: .* received -1; images are given as they are/,
    ],
    [
      'another size',
      () =>
        bad(
          [
            [1, 2],
            [4, 5],
          ],
          labels.length - 1,
        ),
      /^dataset: train: image \d+: expected \d×\d×1, as image \d+, received/,
    ],
    [
      'two scales',
      () => bad(unit(3)),
      /^dataset: train: expected images of one scale, received image 3 in \[0, 1\] and image \d+ in \[0, 255\]/,
    ],
    [
      'a class of no training image',
      () => dataset({ train: { labels: [...labels, 'one'], read: grey }, split: { test: 0.9 } }),
      /^dataset: train: expected images of every class, received none of "one", which other parts have; give classes/,
    ],
  ];
  for (const [name, run, message] of cases) {
    test(name, () => assert.rejects(run, { name: 'InputError', message }));
  }

  test('what the source throws comes through, of a batch that of its first image', async () => {
    const failing = new Error('the database is gone');
    await assert.rejects(dataset({ train: { labels, read: () => Promise.reject(failing) } }), failing);
  });

  /** Of 1,100 images the sample leaves some out: these are wrong, and found when they are read. */
  for (const [name, image, message] of [
    [
      'another size later',
      [[1]],
      /^dataset: train: image \d+: expected 2×3×1, as the others, received 1×1×1; bring all to one size/,
    ],
    [
      'another scale later',
      unit(7),
      /^dataset: train: image \d+: expected numbers in \[0, 255\], as the others, received none above 1$/,
    ],
  ] as const) {
    test(name, async () => {
      const seen = new Set<number>();
      const many = Array.from({ length: 1500 }, (_, i) => i % 2);
      let sampled = false;
      const read = (i: number): number[][] => {
        if (sampled && !seen.has(i)) return image as unknown as number[][];
        seen.add(i);
        return grey(i % 100);
      };
      const data = await dataset({ train: { labels: many, read } });
      sampled = true;
      await assert.rejects(all(data.train), { name: 'InputError', message });
    });
  }

  test('of images in [0, 1], one to 255, and one of zeros and ones that is white', async () => {
    const many = Array.from({ length: 1500 }, (_, i) => i % 2);
    let image: number[][] | undefined;
    const data = await dataset({ train: { labels: many, read: (i) => image ?? unit(i % 100) } });
    image = [
      [0, 1, 1],
      [0, 0, 1],
    ];
    assert.deepEqual([...(await readImages(data.train, Uint32Array.of(0))).images], [0, 255, 255, 0, 0, 255]);
    image = grey(9);
    const message = /^dataset: train: image \d+: expected numbers in \[0, 1\], as the others, received numbers above 1$/;
    await assert.rejects(readImages(data.train, Uint32Array.of(0)), { name: 'InputError', message });
  });
});
