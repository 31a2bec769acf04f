/** Augmentation against tfjs's own padding, slicing and reversing; its draws; its cost. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { writeImages } from 'iekd/dist/data/images/augment';
import { imageAt, imageSet } from 'iekd/dist/data/images/imageSet';
import { channelStatistics, normalisationTable } from 'iekd/dist/data/images/normalisation';
import type { Augmentation, ImageSet, ImageShape } from 'iekd/dist/data/types';
import { tf } from 'iekd/dist/engine/tf';
import { random } from 'iekd/dist/util/rng';
import { noiseSet } from '../../fixtures/dataFiles';

before(() => tf.setBackend('cpu'));
after(() => assert.equal(tf.memory().numTensors, 0, 'tensors left'));

/** Absolute: the reference divides in float32, the table in float64. */
const TOLERANCE = 2e-6;

/** Mean 0.1, 0.2, … and deviation 0.2, 0.3, … for each channel. */
const normalisation = (channels: number) => ({
  mean: Array.from({ length: channels }, (_, c) => 0.1 + c / 10),
  std: Array.from({ length: channels }, (_, c) => 0.2 + c / 10),
});

/** The slow definition: mirror-pad, crop at the shifts drawn, reverse, then normalise. */
function reference(set: ImageSet, index: number, shifts: [number, number], pad: number, flip: boolean): Float32Array {
  const { height, width, channels } = set;
  const { mean, std } = normalisation(channels);
  return tf.tidy(() => {
    const image = tf.tensor3d(Float32Array.from(imageAt(set, index)), [height, width, channels]);
    const padded = tf.mirrorPad(
      image,
      [
        [pad, pad],
        [pad, pad],
        [0, 0],
      ],
      'reflect',
    );
    const cropped = tf.slice(padded, [pad + shifts[0], pad + shifts[1], 0], [height, width, channels]);
    const turned = flip ? tf.reverse(cropped, 1) : cropped;
    return turned.div(255).sub(mean).div(std).dataSync() as Float32Array;
  });
}

const CASES: [string, ImageShape, Augmentation][] = [
  ['CIFAR', { height: 32, width: 32, channels: 3 }, { pad: 4, flip: true }],
  ['one channel', { height: 32, width: 32, channels: 1 }, { pad: 2, flip: true }],
  ['no flip', { height: 8, width: 8, channels: 3 }, { pad: 3, flip: false }],
  ['no pad', { height: 8, width: 8, channels: 2 }, { pad: 0, flip: true }],
  ['not square, pad up to the border', { height: 4, width: 7, channels: 1 }, { pad: 3, flip: true }],
];

for (const [name, shape, augmentation] of CASES) {
  test(`crop, flip and normalisation equal the slow definition: ${name} (abs ${TOLERANCE})`, () => {
    const set = noiseSet(Array(40).fill(0), shape);
    const indices = Uint32Array.from({ length: 40 }, (_, i) => 39 - i);
    const size = shape.height * shape.width * shape.channels;
    const out = new Float32Array(40 * size);
    const table = normalisationTable(normalisation(shape.channels), shape.channels);
    writeImages(set, indices, table, out, { augmentation, stream: random(2).stream('augment/0/0') });

    const draws = random(2).stream('augment/0/0');
    const seen = new Set<string>();
    for (const [i, index] of indices.entries()) {
      const range = 2 * augmentation.pad + 1;
      const shifts: [number, number] = [draws.below(range) - augmentation.pad, draws.below(range) - augmentation.pad];
      const flip = augmentation.flip && draws.uint32() >= 2 ** 31;
      seen.add(`${shifts} ${flip}`);
      const expected = reference(set, index, shifts, augmentation.pad, flip);
      for (const [k, value] of expected.entries()) {
        const received = out[i * size + k] as number;
        assert.ok(Math.abs(received - value) <= TOLERANCE, `image ${i}, value ${k}: expected ${value}, received ${received}`);
      }
    }
    assert.ok(seen.size >= 2, 'draws differ');
  });
}

test('shifts are uniform over the padding and half of the images are flipped (3 standard errors)', () => {
  const n = 20_000;
  // Three rows 0 … 8: the centre of a row shows the column shift, its right neighbour the flip.
  const images = Uint8Array.from({ length: 27 }, (_, i) => i % 9);
  const set = imageSet('ramp', images, new Uint8Array(1), { height: 3, width: 9, channels: 1 });
  const out = new Float32Array(n * 27);
  const draws = { augmentation: { pad: 2, flip: true }, stream: random(0).stream('a') };
  writeImages(set, new Uint32Array(n), normalisationTable({ mean: [0], std: [1 / 255] }, 1), out, draws);
  const shifts = new Array<number>(5).fill(0);
  let flips = 0;
  for (let i = 0; i < n; i++) {
    const centre = Math.round(out[i * 27 + 4] as number);
    if (Math.round(out[i * 27 + 5] as number) < centre) flips++;
    shifts[centre - 2] = (shifts[centre - 2] as number) + 1;
  }
  const within = (count: number, p: number) => Math.abs(count - n * p) <= 3 * Math.sqrt(n * p * (1 - p));
  assert.ok(within(flips, 0.5), `flips ${flips}`);
  assert.ok(shifts.length === 5 && shifts.every((count) => within(count, 0.2)), `shifts ${shifts}`);
});

test('statistics are those of the pixels, and normalising with them gives mean 0 and deviation 1 (abs 1e-4)', () => {
  const set = noiseSet(Array(64).fill(0), { height: 16, width: 16, channels: 3 });
  const statistics = channelStatistics(set);
  const out = new Float32Array(set.images.length);
  const all = Uint32Array.from({ length: 64 }, (_, i) => i);
  writeImages(set, all, normalisationTable(statistics, 3), out);
  for (let c = 0; c < 3; c++) {
    const values = out.filter((_, i) => i % 3 === c);
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
    assert.ok(Math.abs(mean) < 1e-4 && Math.abs(variance - 1) < 1e-4, `channel ${c}: ${mean}, ${variance}`);
  }
});

test('normalisations that do not fit are refused', () => {
  const cases: [number[], number[], string][] = [
    [[0.5], [0.2], 'normalisation: mean: expected a number for each of 3 channels, received [0.5]'],
    [[0, 0, 0], [1, 0, 1], 'normalisation: std: expected numbers above 0, at most 1, of pixels in [0, 1], received [1,0,1]'],
    [[0, 0, Number.NaN], [1, 1, 1], 'normalisation: mean: expected numbers in [0, 1], of pixels in [0, 1], received [0,0,NaN]'],
  ];
  for (const [mean, std, message] of cases) assert.throws(() => normalisationTable({ mean, std }, 3), { message });
});

test('a batch of 128 images of 32×32×3 costs less than 6 ms, 3 % of a step of 200 ms (best of 40)', () => {
  const set = noiseSet(Array(512).fill(0), { height: 32, width: 32, channels: 3 });
  const table = normalisationTable(normalisation(3), 3);
  const out = new Float32Array(128 * 3072);
  let best = Infinity;
  for (let step = 0; step < 40; step++) {
    const indices = random(step).stream('order').permutation(512).subarray(0, 128);
    const start = performance.now();
    writeImages(set, indices, table, out, {
      augmentation: { pad: 4, flip: true },
      stream: random(0).stream(`augment/0/${step}`),
    });
    best = Math.min(best, performance.now() - start);
  }
  assert.ok(best < 6, `${best.toFixed(2)} ms`);
});
