/** Batches: what an epoch holds, resuming in the middle, arrays of their own, tensors without leaks, refusals. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { batches, stepsPerEpoch } from 'iekd/dist/data/batches';
import { toTensors } from 'iekd/dist/data/images/batchTensors';
import { imageSet } from 'iekd/dist/data/images/imageSet';
import type { Batch } from 'iekd/dist/data/types';
import { tf } from 'iekd/dist/engine/tf';
import { random } from 'iekd/dist/util/rng';
import { noiseSet } from '../fixtures/dataFiles';

before(() => tf.setBackend('cpu'));

/** 23 one-pixel images whose value is their number. */
const COUNT = 23;
const NUMBERED = imageSet(
  'numbered',
  Uint8Array.from({ length: COUNT }, (_, i) => i),
  Uint8Array.from({ length: COUNT }, (_, i) => i % 10),
  { height: 1, width: 1, channels: 1 },
);
const PLAIN = { mean: [0], std: [1 / 255] };
const IMAGES = noiseSet(
  Array.from({ length: 30 }, (_, i) => i % 10),
  { height: 8, width: 8, channels: 3 },
);
const RGB = { mean: [0.4, 0.5, 0.6], std: [0.2, 0.3, 0.4] };
const TRAINING = { batch: 8, normalisation: RGB, random: random(1), augmentation: { pad: 2, flip: true } };

const numbers = (list: readonly Batch[]): number[] => list.flatMap((b) => Array.from(b.images, Math.round));

test('evaluation: every image once, in order, a last smaller batch', () => {
  const list = [...batches(NUMBERED, { batch: 10, normalisation: PLAIN })];
  assert.deepEqual(
    list.map((b) => b.size),
    [10, 10, 3],
  );
  assert.deepEqual(
    list.map((b) => b.shape),
    [
      [10, 1, 1, 1],
      [10, 1, 1, 1],
      [3, 1, 1, 1],
    ],
  );
  assert.deepEqual(
    numbers(list),
    Array.from({ length: COUNT }, (_, i) => i),
  );
  assert.deepEqual(
    list.flatMap((b) => [...b.labels]),
    [...NUMBERED.labels],
  );
  assert.equal(list.length, stepsPerEpoch(COUNT, 10));
});

test('training: every image once an epoch, each with its label, another order each epoch and seed', () => {
  const epoch = (e: number, seed = 1) => [
    ...batches(NUMBERED, { batch: 10, normalisation: PLAIN, random: random(seed), epoch: e }),
  ];
  const order = numbers(epoch(0));
  assert.deepEqual(
    [...order].sort((a, b) => a - b),
    Array.from({ length: COUNT }, (_, i) => i),
  );
  assert.deepEqual(
    epoch(0).flatMap((b) => [...b.labels]),
    order.map((i) => i % 10),
  );
  assert.deepEqual(order, Array.from(random(1).stream('shuffle/0').permutation(COUNT)));
  assert.notDeepEqual(numbers(epoch(1)), order);
  assert.notDeepEqual(numbers(epoch(0, 2)), order);
});

test('an epoch taken up in the middle goes on bit for bit', () => {
  const whole = [...batches(IMAGES, { ...TRAINING, epoch: 5 })];
  for (let from = 0; from <= whole.length; from++) {
    assert.deepEqual([...batches(IMAGES, { ...TRAINING, epoch: 5, from })], whole.slice(from), `from step ${from}`);
  }
});

test('augmentation moves no other draw: order and labels stay', () => {
  const { augmentation: _, ...plain } = TRAINING;
  const [varied, same] = [[...batches(IMAGES, TRAINING)], [...batches(IMAGES, plain)]];
  assert.deepEqual(
    varied.map((b) => b.labels),
    same.map((b) => b.labels),
  );
  assert.notDeepEqual(varied[0]?.images, same[0]?.images);
});

test('a tensor of one batch is untouched by the batches after it, and nothing leaks', () => {
  const before = tf.memory().numTensors;
  const list: { images: tf.Tensor4D; labels: tf.Tensor1D; copy: Float32Array }[] = [];
  for (const batch of batches(IMAGES, TRAINING)) list.push({ ...toTensors(batch), copy: batch.images.slice() });
  assert.equal(list.length, 4);
  for (const { images, labels, copy } of list) {
    assert.deepEqual(images.dataSync(), copy);
    assert.deepEqual([images.dtype, labels.dtype], ['float32', 'int32']);
    assert.deepEqual(images.shape, [labels.size, 8, 8, 3]);
    tf.dispose([images, labels]);
  }
  assert.equal(tf.memory().numTensors, before);
});

test('an empty set has no batches', () => {
  const empty = imageSet('empty', new Uint8Array(0), new Uint8Array(0), NUMBERED);
  assert.deepEqual([...batches(empty, { batch: 4, normalisation: PLAIN, random: random(0) })], []);
});

test('options that make no sense are refused at the call', () => {
  const cases: [object, string][] = [
    [{ batch: 0 }, 'batches: batch: expected an integer from 1, received 0'],
    [{ from: 5 }, 'batches: from: expected an integer in [0, 4], received 5'],
    [{ epoch: -1 }, 'batches: epoch: expected an integer from 0, received -1'],
    [{ random: undefined }, 'batches: expected random where augmentation is given, received undefined'],
    [{ augmentation: { pad: 8, flip: true } }, 'batches: augmentation.pad: expected an integer in [0, 7], received 8'],
    [
      { shuffle: true },
      'batches: expected options among batch, normalisation, random, augmentation, epoch, from, received "shuffle"',
    ],
    [{ normalisation: PLAIN }, 'normalisation: mean: expected a number for each of 3 channels, received [0]'],
  ];
  for (const [change, message] of cases) {
    assert.throws(() => batches(IMAGES, { ...TRAINING, ...change }), { message });
  }
});
