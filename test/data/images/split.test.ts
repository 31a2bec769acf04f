/** Stratified splits: sizes, shares, disjointness, determinism, nesting, and refusals. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byClass, imageAt, imageSet, sampleImages, select } from 'iekd/dist/data/images/imageSet';
import { shares, stratifiedSplit } from 'iekd/dist/data/images/split';
import { random } from 'iekd/dist/util/rng';
import { noiseSet } from '../../fixtures/dataFiles';

const SHAPE = { height: 2, width: 3, channels: 2 };
const labelsOf = (counts: readonly number[]): Uint8Array =>
  Uint8Array.from(counts.flatMap((n, label) => Array<number>(n).fill(label)));
const countsOf = (labels: Uint8Array, indices: Uint32Array): number[] =>
  byClass(Uint8Array.from(indices, (i) => labels[i] as number)).map((members) => members.length);

test('shares follow the counts by largest remainder', () => {
  const cases: [number[], number, number[]][] = [
    [[10, 10, 10], 6, [2, 2, 2]],
    [[10, 10, 10], 7, [3, 2, 2]],
    [[10, 10, 10], 8, [3, 3, 2]],
    [[30, 10], 4, [3, 1]],
    [[1, 99], 50, [1, 49]], // 0.5 and 49.5: the tie goes to the lower class
    [[5, 0, 5], 10, [5, 0, 5]],
    [[5, 5], 0, [0, 0]],
    [[], 0, []],
  ];
  for (const [counts, total, expected] of cases) assert.deepEqual(shares(counts, total), expected, `${counts} → ${total}`);
});

test('a split is stratified, disjoint, ascending, and complete by default', () => {
  const labels = labelsOf([60, 60, 60]);
  const { train, validation } = stratifiedSplit('t', labels, { validation: 30, random: random(1) });
  assert.deepEqual(countsOf(labels, train), [50, 50, 50]);
  assert.deepEqual(countsOf(labels, validation), [10, 10, 10]);
  assert.deepEqual(
    [...train, ...validation].sort((a, b) => a - b),
    Array.from(labels, (_, i) => i),
  );
  for (const part of [train, validation]) assert.deepEqual(part, part.slice().sort());
});

test('the same seed gives the same split, another seed another, and sizes nest', () => {
  const labels = labelsOf([40, 40]);
  const split = (seed: number, train: number) => stratifiedSplit('t', labels, { train, validation: 8, random: random(seed) });
  const [small, large, other] = [split(3, 10), split(3, 40), split(4, 40)];
  assert.deepEqual(split(3, 40), large);
  assert.deepEqual(small.validation, large.validation);
  assert.ok(small.train.every((i) => large.train.includes(i)));
  assert.notDeepEqual(other.train, large.train);
  assert.notDeepEqual(other.validation, large.validation);
});

test('impossible sizes are refused', () => {
  const labels = labelsOf([10, 10]);
  const cases: [{ train?: number; validation?: number }, string][] = [
    [{ train: 21 }, 'cats: train: expected an integer in [0, 20], received 21'],
    [{ train: 16, validation: 5 }, 'cats: train: expected an integer in [0, 15], received 16'],
    [{ validation: 21 }, 'cats: validation: expected an integer in [0, 20], received 21'],
    [{ validation: -1 }, 'cats: validation: expected an integer in [0, 20], received -1'],
    [{ train: 1.5 }, 'cats: train: expected an integer in [0, 20], received 1.5'],
  ];
  for (const [sizes, message] of cases) {
    assert.throws(() => stratifiedSplit('cats', labels, { ...sizes, random: random(0) }), { message });
  }
});

test('selecting copies images and labels in the order asked for', () => {
  const set = noiseSet([0, 1, 2, 3], SHAPE);
  const two = select(set, [3, 1]);
  assert.deepEqual([...two.labels], [3, 1]);
  assert.deepEqual(imageAt(two, 0), imageAt(set, 3));
  assert.deepEqual(imageAt(two, 1), imageAt(set, 1));
  assert.equal(two.count, 2);
  assert.notEqual(two.images.buffer, set.images.buffer);
});

test('an image set and its images are within bounds', () => {
  const message = 'cats: expected 24 bytes for 2 images of 2×3×2, received 23 bytes';
  assert.throws(() => imageSet('cats', new Uint8Array(23), new Uint8Array(2), SHAPE), { message });
  assert.throws(() => imageSet({ images: 1 } as never, new Uint8Array(0), [] as never, SHAPE), {
    message:
      'imageSet: where: expected a text that names the set in errors, received {"images":1}; imageSet("mine", images, labels, { height, width, channels })',
  });
  assert.throws(() => imageAt(noiseSet([0, 1], SHAPE), 2), {
    message: 'imageAt: expected an integer in [0, 1], received 2',
  });
});

test('sample images come class by class, by seed', () => {
  const set = noiseSet([0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2], SHAPE);
  const sample = sampleImages(set, { perClass: 2, seed: 5 });
  assert.deepEqual([...sample.labels], [0, 0, 1, 1, 2, 2]);
  assert.deepEqual(sampleImages(set, { perClass: 2, seed: 5 }), sample);
  assert.notDeepEqual(sampleImages(set, { perClass: 2, seed: 6 }).images, sample.images);
  assert.throws(() => sampleImages(set, { perClass: 5 }), {
    message: 'sampleImages: perClass (class 0 has 4 images): expected an integer in [1, 4], received 5',
  });
});
