import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Relevance, relevanceMaps, relevanceSimilarity } from 'iekd';

/** Two images of one row of two positions and two colours. */
const map = (...relevance: number[]): Relevance => ({
  ...{ count: relevance.length / 4, height: 1, width: 2, channels: 2, relevance: Float32Array.from(relevance) },
  ...{ classes: 2, logits: new Float32Array(), predicted: [], explained: [], priors: [], sums: [] },
});
const a = map(1, 3, -1, -1, 0, 0, 0, 0); // sums 4, −2; 0, 0
const b = map(4, 4, 1, -1, -0.5, 0, 0.25, 0); // sums 8, 0; −0.5, 0.25
const values = (maps: ReturnType<typeof relevanceMaps>): number[][][] =>
  maps.map((images) => images.map((one) => [...one.values]));

test('colours are summed; every map by its own largest value, or all maps of an image by one', () => {
  const own = relevanceMaps([a, b]);
  assert.deepEqual(values(own), [
    [
      [1, -0.5],
      [0, 0],
    ],
    [
      [1, 0],
      [-1, 0.5],
    ],
  ]);
  assert.deepEqual(
    own.map((images) => images.map(({ scale }) => scale)),
    [
      [4, 0],
      [8, 0.5],
    ],
  );
  const joint = relevanceMaps([a, b], { scale: 'joint' });
  assert.deepEqual(values(joint), [
    [
      [0.5, -0.25],
      [0, 0],
    ],
    [
      [1, 0],
      [-1, 0.5],
    ],
  ]);
  assert.deepEqual(
    joint.map((images) => images.map(({ scale }) => scale)),
    [
      [8, 0.5],
      [8, 0.5],
    ],
  );
  assert.deepEqual([own[0]?.[0]?.height, own[0]?.[0]?.width], [1, 2]);
  assert.deepEqual([...a.relevance.subarray(0, 4)], [1, 3, -1, -1]);
  assert.deepEqual(relevanceMaps([]), []);
});

test('refuses unknown scales and maps of other numbers of images', () => {
  const rows: readonly (readonly [() => unknown, string])[] = [
    [
      () => relevanceMaps([a], { scale: 'each' as 'image' }),
      'relevanceMaps: scale: expected one of image, joint, received "each"',
    ],
    [
      () => relevanceMaps([a], { scales: 1 } as object),
      'relevanceMaps: expected options among scale, received "scales"; did you mean "scale"?',
    ],
    [() => relevanceMaps([a, map(1, 2, 3, 4)]), 'relevanceMaps: expected maps of 2 images, as the first has, received 1'],
  ];
  for (const [run, message] of rows) assert.throws(run, { name: 'InputError', message });
});

test('the cosine between sums over colours, whatever their scales', () => {
  // (4, −2) · (8, 0) over their lengths, √20 · 8; the second image of a has no relevance
  const rows: readonly (readonly [Relevance, Relevance, readonly number[]])[] = [
    [a, a, [1, 0]],
    [b, b, [1, 1]],
    [a, b, [(1 * (4 * 8)) / (Math.sqrt(20) * 8), 0]],
  ];
  for (const [one, other, expected] of rows) {
    const seen = relevanceSimilarity(one, other);
    for (const [i, cosine] of seen.entries()) assert.ok(Math.abs(cosine - (expected[i] as number)) < 1e-6, `${seen} ${expected}`);
  }
  assert.throws(() => relevanceSimilarity(a, map(1, 2, 3, 4)), {
    message: 'relevanceSimilarity: expected maps of 2 images, as the first has, received 1',
  });
});
