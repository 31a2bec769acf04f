/** Data sets that are not what training takes them for: each mistake has its sentence, and what is unusual but right passes. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkDataset, datasetIn } from 'iekd/dist/data/images/checkDataset';
import { imageSet, sampleImages } from 'iekd/dist/data/images/imageSet';
import { readImages } from 'iekd/dist/data/images/imageSource';
import { stratifiedSplit } from 'iekd/dist/data/images/split';
import type { Dataset, ImageSet, Images, Labels } from 'iekd/dist/data/types';
import { classification } from 'iekd/dist/tasks/classification/classification';
import { random } from 'iekd/dist/util/rng';
import { tinyData } from '../../fixtures/tinyNetworks';

const DATA = tinyData();
const SHAPE = { height: 4, width: 4, channels: 1 };
const train = (change: object): Dataset => ({ ...DATA, train: { ...DATA.train, ...change } as ImageSet });
const labelled = (labels: unknown): Dataset => train({ labels });
const last = (label: number, array: Labels | Float32Array = new Int32Array(22)): unknown =>
  array.fill(1).fill(0, 3, 9).fill(label, 21);

function check(data: Dataset): void {
  const given = datasetIn('data', data);
  checkDataset(given.name, given);
  classification().checkTargets?.(given.name, given);
}

describe('a data set is refused', () => {
  const pixels = Float32Array.from(DATA.train.images, (p) => p / 255);
  const rows: readonly (readonly [string, unknown, string])[] = [
    ['not awaited', Promise.resolve(DATA), 'data: expected a data set, received a promise; await it: await loadDataset(…)'],
    ['as a name', 'cifar10', 'data: expected a data set, received "cifar10"; await loadDataset("cifar10") loads one'],
    ['not given', undefined, 'data: expected a data set, received undefined; await loadDataset(…) loads one'],
    ['as images', DATA.train, 'data: expected a data set with the parts train, validation and test, received images alone'],
    [
      'without a part',
      { ...DATA, validation: undefined },
      'data: validation: expected images with labels; imageSet makes them, of none too, received undefined',
    ],
    ['without deviations', { ...DATA, std: undefined }, 'data: std: expected a list with a number a channel, received undefined'],
    [
      'without a fingerprint',
      { ...DATA, fingerprint: undefined },
      'data: fingerprint: expected a text that another content changes, as the SHA-256 of all bytes, received undefined',
    ],
    [
      'of numbered classes',
      { ...DATA, classNames: [0, 1, 2] },
      'data: classNames: expected a list of the classes’ names, received [0,1,2]',
    ],
    ['with a class twice', { ...DATA, classNames: ['a', 'b', 'a'] }, 'tiny: classNames: expected every class once, received "a"'],
    ['of one class', { ...DATA, classNames: ['a'] }, 'tiny: classNames: expected at least two classes, received 1'],
    ['without images', tinyData({ train: 0 }), 'tiny: expected training images, received none'],
    [
      'of pixels in [0, 1]',
      train({ images: DATA.train.images.map((p) => p / 255) }),
      'tiny: train: images: expected bytes from 0 to 255, received none above 1; pixels in [0, 1] are multiplied by 255 and rounded first',
    ],
    [
      'of fractions',
      train({ images: pixels }),
      'tiny: train: images: expected bytes from 0 to 255 in a Uint8Array, received Float32Array of 352 values; Uint8Array.from(pixels, (p) => Math.round(255 * p))',
    ],
    [
      'of larger numbers',
      train({ images: Array.from(DATA.train.images) }),
      `tiny: train: images: expected bytes from 0 to 255 in a Uint8Array, received [${Array.from(DATA.train.images.slice(0, 30)).join(',').slice(0, 76)}...; Uint8Array.from(pixels)`,
    ],
    [
      'of clamped bytes',
      train({ images: new Uint8ClampedArray(DATA.train.images) }),
      'tiny: train: images: expected bytes from 0 to 255 in a Uint8Array, received Uint8ClampedArray of 352 values; Uint8Array.from(pixels)',
    ],
    [
      'with too few bytes',
      train({ images: DATA.train.images.slice(1) }),
      'tiny: train: images: expected 352 bytes, received 351',
    ],
    [
      'with a part of another size',
      { ...DATA, test: { ...DATA.test, height: 2, width: 8 } },
      'tiny: test: expected images of 4×4×1 as the training images, received 2×8×1',
    ],
    ['with a size of 0', train({ height: 0 }), 'tiny: train: height: expected an integer in [1, 65536], received 0'],
    ['with too few labels', train({ count: 23 }), 'tiny: train: labels: expected 23 labels, received 22'],
    [
      'with labels in a list',
      labelled(Array.from(DATA.train.labels)),
      `tiny: train: labels: expected a Uint8Array, Uint16Array or Int32Array, received [${Array.from(DATA.train.labels).join(',')}]; Int32Array.from(labels) makes one`,
    ],
    [
      'with texts for labels',
      labelled(Array.from(DATA.train.labels, () => 'cat')),
      'tiny: train: labels: image 0: expected a class number, whole and from 0, received "cat"',
    ],
    [
      'with no labels',
      labelled(undefined),
      'tiny: train: labels: expected a Uint8Array, Uint16Array or Int32Array of class numbers, received undefined',
    ],
    [
      'with a label NaN',
      labelled(last(Number.NaN, new Float32Array(22))),
      'tiny: train: labels: image 21: expected a class number, whole and from 0, received NaN',
    ],
    [
      'with half a label',
      labelled(last(0.5, new Float32Array(22))),
      'tiny: train: labels: image 21: expected a class number, whole and from 0, received 0.5',
    ],
    [
      'with a label below 0',
      labelled(last(-1)),
      'tiny: train: labels: image 21: expected a class number, whole and from 0, received -1',
    ],
    [
      'with labels from 1',
      labelled(DATA.train.labels.map((label) => label + 1)),
      'tiny: train: labels: expected classes from 0 to 2, received 3 of image 2; labels count from 0: subtract 1 from each',
    ],
    [
      'with a label that is no class',
      labelled(last(7)),
      'tiny: train: labels: expected classes from 0 to 2, received 7 of image 21',
    ],
    [
      'with one label alone',
      labelled(new Uint8Array(22)),
      'tiny: train: labels: expected at least two classes, received class 0 22 times; texts in an array of numbers become 0',
    ],
    [
      'with more classes than a byte has',
      { ...DATA, classNames: Array.from({ length: 300 }, (_, i) => `c${i}`) },
      'tiny: train: labels: expected a Uint16Array or Int32Array for 300 classes, received a Uint8Array, which holds no label above 255',
    ],
    [
      'with a mean in 0..255',
      { ...DATA, mean: [125.3] },
      'tiny: mean: expected numbers in [0, 1], of pixels in [0, 1], received [125.3]; divide them by 255',
    ],
    [
      'with a mean below 0',
      { ...DATA, mean: [-0.5] },
      'tiny: mean: expected numbers in [0, 1], of pixels in [0, 1], received [-0.5]',
    ],
    [
      'with a deviation in 0..255',
      { ...DATA, std: [63] },
      'tiny: std: expected numbers above 0, at most 1, of pixels in [0, 1], received [63]; divide them by 255',
    ],
    [
      'with a deviation divided twice',
      { ...DATA, std: [0.3 / 255] },
      'tiny: std: expected a deviation near 0.21, that of the first training images’ channel 0, received 0.001176470588235294; it is of pixel values in [0, 1], not divided by 255 again',
    ],
    ...[0, -0.2, Number.NaN].map((std) => {
      return [
        `with a deviation of ${std}`,
        { ...DATA, std: [std] },
        `tiny: std: expected numbers above 0, at most 1, of pixels in [0, 1], received [${std}]`,
      ] as const;
    }),
    [
      'with a channel too many',
      { ...DATA, std: [0.3, 0.3] },
      'tiny: std: expected a number for each of 1 channels, received [0.3,0.3]',
    ],
    [
      'padded by more than it has',
      { ...DATA, augmentation: { pad: 4, flip: true } },
      'tiny: augmentation: pad: expected an integer in [0, 3], received 4',
    ],
  ];
  for (const [name, data, message] of rows) {
    test(name, () => assert.throws(() => check(data as Dataset), { name: 'InputError', message }));
  }
});

describe('a data set passes', () => {
  const wide = Uint16Array.from({ length: 22 }, (_, i) => 13 * i);
  const source: Images = { ...SHAPE, count: 22, labels: DATA.train.labels, read: () => assert.fail('not read') };
  const rows: readonly (readonly [string, Dataset])[] = [
    ['as it should be', DATA],
    ['of one image', tinyData({ train: 1, validation: 0, test: 0 })],
    ['with classes that no image has', { ...DATA, classNames: ['a', 'b', 'c', 'd'] }],
    [
      'with more classes than a byte has, in a wider array',
      { ...DATA, classNames: Array.from({ length: 300 }, (_, i) => `c${i}`), ...parts(wide) },
    ],
    ['without normalisation', { ...DATA, mean: [0], std: [1] }],
    ['from a source, unread', { ...DATA, train: source }],
  ];
  for (const [name, data] of rows) test(name, () => check(data));
});

/** The same labels in every part, with as many images. */
function parts(labels: Labels): Pick<Dataset<ImageSet>, 'train' | 'validation' | 'test'> {
  const set = { ...DATA.train, labels };
  return { train: set, validation: set, test: set };
}

describe('sets of images are refused', () => {
  const set = imageSet('own', new Uint8Array(48).fill(9), Uint8Array.from([0, 2, 2]), SHAPE);
  const make = (images: unknown, labels: unknown, shape = SHAPE) =>
    imageSet('own', images as Uint8Array, labels as Uint8Array, shape);
  const rows: readonly (readonly [string, () => unknown, string])[] = [
    [
      'of fractions',
      () => make(new Float32Array(16), new Uint8Array(1)),
      'own: images: expected bytes from 0 to 255 in a Uint8Array, received Float32Array of 16 values; Uint8Array.from(pixels, (p) => Math.round(255 * p))',
    ],
    [
      'of labels NaN',
      () => make(new Uint8Array(16), [Number.NaN]),
      'own: labels: image 0: expected a class number, whole and from 0, received NaN',
    ],
    [
      'of too few bytes',
      () => make(new Uint8Array(15), new Uint8Array(1)),
      'own: expected 16 bytes for 1 images of 4×4×1, received 15 bytes',
    ],
    [
      'of no channels',
      () => make(new Uint8Array(0), new Uint8Array(1), { ...SHAPE, channels: 0 }),
      'own: channels: expected an integer from 1, received 0',
    ],
    [
      'as a sample with a class without images',
      () => sampleImages(set, { perClass: 1 }),
      'sampleImages: expected images of every class, received none of class 1; select takes images by their numbers',
    ],
    [
      'as a sample of too many',
      () => sampleImages({ ...set, labels: Uint8Array.from([0, 1, 1]) }, { perClass: 2 }),
      'sampleImages: perClass (class 0 has 1 images): expected an integer in [1, 1], received 2',
    ],
    [
      'as a split by labels below 0',
      () => stratifiedSplit('s', Int32Array.from([0, -1]), { random: random(0) }),
      'labels: image 1: expected an integer in [0, 999999], received -1',
    ],
    [
      'as a split by huge labels',
      () => stratifiedSplit('s', Int32Array.from([2 ** 31 - 1]), { random: random(0) }),
      'labels: image 0: expected an integer in [0, 999999], received 2147483647',
    ],
  ];
  for (const [name, act, message] of rows) test(name, () => void assert.throws(act, { name: 'InputError', message }));

  test('a source that answers with fractions', async () => {
    const read = () => new Float32Array(16) as unknown as Uint8Array;
    const message =
      'ImageSource.read: expected bytes from 0 to 255 in a Uint8Array, received Float32Array of 16 values; Uint8Array.from(pixels, (p) => Math.round(255 * p))';
    await assert.rejects(readImages({ ...SHAPE, count: 1, labels: new Uint8Array(1), read }, Uint32Array.of(0)), { message });
  });
});
