/** `dataset`: each form of images and labels gives the same set; splits, statistics and notes; each mistake has its sentence. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { imageAt, imageSet } from 'iekd/dist/data/images/imageSet';
import { dataset, type OwnDatasetOptions } from 'iekd/dist/data/own/dataset';
import { tf } from 'iekd/dist/engine/tf';
import { supervised } from 'iekd/dist/methods/supervised';
import { evaluate } from 'iekd/dist/training/evaluate';
import { train } from 'iekd/dist/training/train';
import { random } from 'iekd/dist/util/rng';
import { tinyNetwork } from '../../fixtures/tinyNetworks';

before(() => tf.setBackend('cpu'));

const SIZE = 4 * 4;
const NAMES = ['cat', 'dog', 'owl'];

/** Bytes of 4×4×1 images, no two alike, every third of one class. */
function bytesOf(count: number, name = 'own'): Uint8Array {
  const stream = random(5).stream(name);
  return Uint8Array.from({ length: count * SIZE }, () => stream.below(256));
}

const BYTES = bytesOf(12);
const LABELS = Array.from({ length: 12 }, (_, i) => NAMES[i % 3] as string);
const image = (i: number, scale = 1): number[][] =>
  Array.from({ length: 4 }, (_, y) => Array.from({ length: 4 }, (_, x) => (BYTES[i * SIZE + y * 4 + x] as number) * scale));
const entries = (of: (i: number) => unknown): { image: never; label: string }[] =>
  LABELS.map((label, i) => ({ image: of(i) as never, label }));
const given = { test: 0, validation: 0 };

async function* later<T>(list: readonly T[]): AsyncGenerator<T, void, void> {
  for (const one of list) yield await Promise.resolve(one);
}

const tensor = (scale: number): tf.Tensor =>
  tf.tensor4d(
    Float32Array.from(BYTES, (p) => p * scale),
    [12, 4, 4, 1],
  );
const shape = [4, 4, 1] as const;
const numbers = LABELS.map((label) => NAMES.indexOf(label));

const FORMS: Readonly<Record<string, OwnDatasetOptions>> = {
  'an image set': { train: imageSet('x', BYTES, Uint8Array.from(numbers), { height: 4, width: 4, channels: 1 }), classes: NAMES },
  'a flat array': { train: { images: BYTES, labels: LABELS }, shape },
  'floats in [0, 1]': { train: { images: Float32Array.from(BYTES, (p) => p / 255), labels: LABELS }, shape },
  'floats in [0, 255]': {
    train: { images: Float64Array.from(BYTES, (p) => p + 0.25 * +(p > 0 && p < 255)), labels: LABELS },
    shape,
  },
  'a tensor of floats': { train: { images: tensor(1 / 255), labels: tf.tensor1d(numbers, 'int32') }, classes: NAMES },
  'a tensor of whole numbers': {
    train: { images: tf.cast(tensor(1), 'int32'), labels: Int32Array.from(numbers) },
    classes: NAMES,
  },
  'nested lists': { train: entries((i) => image(i)) },
  'nested lists of pixels in [0, 1]': { train: entries((i) => image(i, 1 / 255).map((row) => row.map((p) => [p]))) },
  'a list of tensors': { train: entries((i) => tf.tensor2d(image(i))) },
  'a list of images beside labels': { train: { images: LABELS.map((_, i) => image(i)), labels: LABELS } },
  'a list of flat arrays': { train: entries((i) => BYTES.slice(i * SIZE, (i + 1) * SIZE)), shape },
  'an iterator': { train: new Map(entries((i) => image(i)).entries()).values() },
  'an async iterator': { train: later(entries((i) => image(i))) },
};

describe('each form is the same data set', () => {
  for (const [form, options] of Object.entries(FORMS)) {
    test(form, async () => {
      const data = await dataset({ ...options, split: given });
      assert.deepEqual(data.classNames, NAMES);
      assert.deepEqual([...data.train.images], [...BYTES]);
      assert.deepEqual([...data.train.labels], numbers);
      assert.deepEqual([data.train.height, data.train.width, data.train.channels, data.test.count], [4, 4, 1, 0]);
      assert.deepEqual(data.notes, []);
      const first = await dataset({ train: { images: BYTES, labels: LABELS }, shape, split: given });
      assert.equal(data.fingerprint, first.fingerprint);
    });
  }
});

describe('what is found', () => {
  test('a fifth of each class is tested on, by seed; nothing is in both parts', async () => {
    const train = { images: bytesOf(60), labels: Array.from({ length: 60 }, (_, i) => i % 3) };
    const data = await dataset({ train, shape });
    assert.deepEqual([data.train.count, data.validation.count, data.test.count], [48, 0, 12]);
    assert.deepEqual(
      [...data.test.labels].sort(),
      [0, 1, 2].flatMap((label) => [label, label, label, label]),
    );
    assert.equal(data.split, '0.2 of each class for test, stratified, seed 0: 48 / 0 / 12');
    const [same, other] = await Promise.all([0, 1].map((seed) => dataset({ train, shape, split: { seed } })));
    assert.equal(same?.fingerprint, data.fingerprint);
    assert.notEqual(other?.fingerprint, data.fingerprint);
    const held = await dataset({ train, shape, split: { validation: 0.25 } });
    assert.deepEqual([held.train.count, held.validation.count, held.test.count], [36, 12, 12]);
    assert.deepEqual(held.test.images, data.test.images, 'the validation part moves no test image');
  });

  test('mean and deviation are those of the training images', async () => {
    const data = await dataset({ train: { images: BYTES, labels: LABELS }, shape, split: given });
    const values = Array.from(BYTES, (p) => p / 255);
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const std = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
    assert.ok(Math.abs((data.mean[0] as number) - mean) < 1e-12 && Math.abs((data.std[0] as number) - std) < 1e-12);
    const own = { mean: [0.5], std: [0.25] };
    assert.deepEqual((await dataset({ train: { images: BYTES, labels: LABELS }, shape, normalisation: own })).std, [0.25]);
  });

  test('images of zeros and ones are black and white, and black among others', async () => {
    const black = [
      [
        [0, 1],
        [1, 0],
      ],
      [
        [0, 0],
        [0, 1],
      ],
    ] as const;
    const binary = await dataset({ train: black.map((image, label) => ({ image, label })), split: given });
    assert.deepEqual([...binary.train.images], [0, 255, 255, 0, 0, 0, 0, 255]);
    const mixed = [
      ...black,
      [
        [0, 200],
        [7, 9],
      ],
    ].map((image, label) => ({ image, label }));
    assert.deepEqual([...imageAt((await dataset({ train: mixed, split: given })).train, 0)], [0, 1, 1, 0]);
  });

  test('300 classes', async () => {
    const labels = Array.from({ length: 600 }, (_, i) => i % 300);
    const data = await dataset({ train: { images: bytesOf(600), labels }, shape, split: { test: 0.5 } });
    assert.equal(data.classNames.length, 300);
    assert.ok(data.train.labels instanceof Uint16Array && data.train.count === 300);
    const largest = [data.train, data.test].map((set) => Array.from(set.labels).reduce((a, b) => Math.max(a, b)));
    assert.deepEqual(largest, [299, 299]);
  });

  test('leaking images, images of two classes, empty and small classes are noted', async () => {
    const images = bytesOf(33);
    images.set(images.subarray(0, SIZE), 2 * SIZE); // 2 is 0, of another class
    const labels = Array.from({ length: 33 }, (_, i) => (i === 2 ? 1 : i === 5 ? 2 : 0));
    const test = { images: images.slice(3 * SIZE, 5 * SIZE), labels: [0, 0] };
    const options = { train: { images, labels }, test, shape, classes: ['a', 'b', 'c', 'd'] };
    const { notes } = await dataset(options);
    assert.deepEqual(notes, [
      'no image of d in train',
      'no image of b, c, d in test',
      '2 images of test are in train, too: train 3 is test 0',
      '1 image of more than one class: train 0 is "a", and the same image train 2 is "b"',
    ]);
    const unbalanced = await dataset({
      ...options,
      test: { images: bytesOf(2, 'test'), labels: [0, 1] },
      classes: ['a', 'b', 'c'],
    });
    assert.equal(unbalanced.notes[1], 'unbalanced: 31 training images of a, 1 of b');
    await assert.rejects(dataset({ ...options, leaking: 'refuse' }), {
      message: 'dataset: expected every image in one part, received 2 images of test are in train, too: train 3 is test 0',
    });
  });

  test('it is trained on and measured, and leaks no tensor', async () => {
    const data = await dataset({ train: { images: bytesOf(30), labels: Array.from({ length: 30 }, (_, i) => i % 3) }, shape });
    const before = tf.memory().numTensors;
    const student = tinyNetwork('own', random(0));
    const { last, dispose } = await train({ student, method: supervised(), data, training: { epochs: 1, batch: 8 } });
    assert.deepEqual(last?.evaluations[0], await evaluate(student, data, 'test'));
    dispose();
    student.dispose();
    assert.equal(tf.memory().numTensors, before);
  });
});

describe('mistakes', () => {
  const whole = { images: BYTES, labels: LABELS };
  const labelled = (labels: unknown): OwnDatasetOptions => ({ train: { images: BYTES, labels } as never, shape });
  const one = (image: unknown): OwnDatasetOptions => ({ train: [{ image: image as never, label: 0 }] });
  const rows: readonly (readonly [unknown, string | RegExp])[] = [
    [undefined, 'dataset: expected an object of options, received undefined'],
    [{}, 'dataset: expected the options train, received no train'],
    [
      { train: whole, shape, tests: 1 },
      /^dataset: did you mean "test"\? expected options among train, validation, test, .*received "tests"$/,
    ],
    [{ train: 'cats' }, 'dataset: train: expected images with labels, or folder:PATH, csv:PATH, jsonl:PATH, received "cats"'],
    [{ train: [] }, 'dataset: train: expected images, received none'],
    [{ train: [[[1]]] }, 'dataset: train: image 0: expected { image, label }, received [[1]]'],
    [
      { train: whole },
      'dataset: train: expected the shape of flat images, received none; shape: [height, width, channels] says it',
    ],
    [
      { train: whole, shape: [4, 5, 1] },
      'dataset: train: images: expected 240 numbers for 12 labels and images of 4×5×1, received 192',
    ],
    [labelled(LABELS.slice(1)), 'dataset: train: images: expected 176 numbers for 11 labels and images of 4×4×1, received 192'],
    [
      { train: { images: [image(0), image(1)], labels: ['a'] } },
      'dataset: train: labels: expected 2 labels, one an image, received 1',
    ],
    [
      labelled(tf.tensor2d([[0, 1]])),
      'dataset: train: labels: expected class numbers [count], received [1,2], one-hot; tf.argMax(labels, 1)',
    ],
    [
      labelled([[0, 1, 0]]),
      'dataset: train: label 0: expected the name of a class or its number, whole and from 0, received [0,1,0]; of a one-hot label: label.indexOf(1)',
    ],
    [
      labelled(numbers.map((n) => n + 0.5)),
      'dataset: train: label 0: expected the name of a class or its number, whole and from 0, received 0.5',
    ],
    [
      labelled(numbers.map((n) => n + 1)),
      'dataset: labels: expected class numbers from 0 that leave none out, received 3 numbers up to 3, and not 0; labels count from 0: subtract 1 from each',
    ],
    [
      labelled(numbers.map((n) => 2 * n)),
      'dataset: labels: expected class numbers from 0 that leave none out, received 3 numbers up to 4, and not 1; give classes, a name for each number, or names as labels',
    ],
    [
      labelled(['a', ...numbers.slice(1)]),
      'dataset: labels: expected names alone or numbers alone where classes are not given, received "a" and 1',
    ],
    [
      { ...labelled(LABELS), classes: ['cat', 'dog', 'cow'] },
      'dataset: train: label 2: expected one of the classes cat, dog, cow, received "owl"',
    ],
    [
      { ...labelled(numbers.map((n) => n + 1)), classes: NAMES },
      'dataset: train: label 2: expected a class from 0 to 2, received 3; labels count from 0: subtract 1 from each',
    ],
    [{ ...labelled(LABELS), classes: ['cat', 'cat'] }, 'dataset: classes: expected every class once, received "cat"'],
    [
      { ...labelled(LABELS), test: { images: BYTES, labels: LABELS.map(() => 'cow') } },
      'dataset: train: expected images of every class, received none of "cow", which other parts have; give classes where that is meant',
    ],
    [one([[0, Number.NaN]]), 'dataset: train: image 0: expected numbers in [0, 255] or all in [0, 1], received NaN'],
    [
      one([[0, -0.5]]),
      'dataset: train: image 0: expected numbers in [0, 255] or all in [0, 1], received -0.5; images are given as they are before mean and deviation, which are computed here',
    ],
    [
      one([[0, 65_535]]),
      'dataset: train: image 0: expected numbers in [0, 255] or all in [0, 1], received 65535; divide those of 16 bits by 257',
    ],
    [one([[0, 1], [2]]), 'dataset: train: image 0: row 1: expected 2 numbers, as in the first, received 1'],
    [
      one(3),
      'dataset: train: image 0: expected an image: a tensor [height, width, channels], nested lists, or a flat array with shape, received 3',
    ],
    [one(tf.zeros([2, 2, 2, 2])), 'dataset: train: image 0: expected a tensor [height, width, channels], received [2,2,2,2]'],
    [
      { train: [image(0), [[1, 2]]].map((image) => ({ image, label: 'a' })) },
      'dataset: train: image 1: expected 4×4×1, as image 0, received 1×2×1; bring all to one size first, or give files, which are resized: { file, label }',
    ],
    [
      { train: [image(0), image(1, 1 / 255)].map((image) => ({ image, label: 'a' })) },
      'dataset: train: expected images of one scale, received image 1 in [0, 1] and image 0 in [0, 255]; multiply the former by 255',
    ],
    [
      { train: entries((i) => image(i)), mostBytes: 100 },
      'dataset: train: expected at most 1 MB of images in memory, received more; give files, which are read as they are needed, or mostBytes',
    ],
    [
      { train: { images: BYTES.map((p) => p & 1), labels: LABELS }, shape },
      'dataset: train: images: expected bytes from 0 to 255, received none above 1; pixels in [0, 1] are multiplied by 255 and rounded first',
    ],
    [
      { train: { images: new Uint8Array(192).fill(9), labels: LABELS }, shape },
      'dataset: train: expected images that differ, received channel 0 with one value everywhere; give normalisation where that is meant',
    ],
    [
      {
        train: whole,
        shape,
        test: { images: bytesOf(3).subarray(0, 27), labels: ['cat', 'dog', 'owl'], height: 3, width: 3, channels: 1 },
      },
      'dataset: test: expected images of 4×4×1 as the training images, received 3×3×1',
    ],
    [
      { train: whole, shape, test: whole, split: { test: 0.5 } },
      'dataset: split: test: expected none where test is given, received 0.5',
    ],
  ];
  for (const [options, message] of rows) {
    test(String(message), () => assert.rejects(dataset(options as never), { name: 'InputError', message }));
  }
});
