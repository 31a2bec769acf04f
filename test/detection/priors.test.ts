/**
 * Sets of priors. Values of SSD300 and of the small set were computed by a script apart from this code (unclipped, centre form); those of
 * the first prior layer are of weiliu89/caffe branch ssd, test_prior_box_layer.cpp.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { boxAt, boxCount, boxRows, type CentreBoxes, clipBoxes, toCorners } from 'iekd/dist/detection/boxes';
import { priorCoverage } from 'iekd/dist/detection/priors/priorCoverage';
import { smallPriors, ssd300Priors, ssdLitePriors, ssdShapes } from 'iekd/dist/detection/priors/priorSets';
import { type PriorSpec, priorBoxes, priorCount } from 'iekd/dist/detection/priors/priors';
import { assertClose } from './close';

const columnSums = (boxes: Float64Array): number[] => {
  const sums = [0, 0, 0, 0];
  for (const [i, value] of boxes.entries()) sums[i % 4] = (sums[i % 4] as number) + value;
  return sums;
};

type Known = readonly (readonly [number, number, number, number, number])[];

/** [number, cx, cy, width, height] */
const SSD300: Known = [
  [0, 0.0133333, 0.0133333, 0.1, 0.1],
  [1, 0.0133333, 0.0133333, 0.1414214, 0.1414214],
  [2, 0.0133333, 0.0133333, 0.1414214, 0.0707107],
  [3, 0.0133333, 0.0133333, 0.0707107, 0.1414214],
  [4, 0.04, 0.0133333, 0.1, 0.1],
  [5776, 0.0266667, 0.0266667, 0.2, 0.2],
  [5781, 0.0266667, 0.0266667, 0.1154701, 0.3464102],
  [8728, 0.5, 0.5, 0.88, 0.88],
  [8729, 0.5, 0.5, 0.961249, 0.961249],
  [8730, 0.5, 0.5, 1.244508, 0.622254],
  [8731, 0.5, 0.5, 0.622254, 1.244508],
];
const SMALL: Known = [
  [0, 0.0125, 0.0125, 0.062, 0.082],
  [1600, 0.025, 0.025, 0.145, 0.185],
  [2800, 0.05, 0.05, 0.25, 0.32],
  [3099, 0.95, 0.95, 0.4, 0.4],
];

const sets: readonly (readonly [string, PriorSpec, number, readonly number[] | undefined, Known])[] = [
  ['SSD300 (VOC)', ssd300Priors(), 8732, [4443.9467, 4443.9467, 1510.4293, 1510.4293], SSD300],
  ['SSD300, clipped centre forms', { ...ssd300Priors(), clip: 'centres' }, 8732, [4443.1467, 4443.1467, 1510.148, 1510.148], []],
  ['SSD300 (COCO)', ssd300Priors('coco'), 8732, undefined, [[0, 0.0133333, 0.0133333, 0.07, 0.07]]],
  ['small, 160 pixels', smallPriors(160, 160), 3100, [1550, 1550, 404.2, 489.2], SMALL],
  // 6 shapes on 20², 10², 5², 3², 2² and 1 cells; a side of 60 pixels of 320
  ['SSDLite', ssdLitePriors(), 3234, undefined, [[0, 0.025, 0.025, 0.1875, 0.1875]]],
];

describe('sets', () => {
  for (const [name, spec, count, sums, known] of sets) {
    test(`${name}: ${count} priors`, () => {
      const boxes: CentreBoxes = priorBoxes(spec);
      assert.deepEqual([boxCount(boxes), priorCount(spec)], [count, count]);
      if (sums) assertClose(columnSums(boxes), sums, 6e-5, 'column sum'); // given with four digits
      for (const [i, ...row] of known) assertClose(boxAt(boxes, i), row, 6e-8 * 10, `prior ${i}`);
    });
  }

  test('SSD300 as corners, plain and clipped', () => {
    const corners = toCorners(priorBoxes(ssd300Priors()));
    const sums = (boxes: Float64Array): number[] => {
      const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = columnSums(boxes);
      assertClose([x1, x2], [y1, y2], 1e-6);
      return [x1, x2];
    };
    assertClose(sums(corners), [3688.732, 5199.1613], 6e-5);
    assertClose(sums(clipBoxes(corners)), [3736.0414, 5131.7236], 6e-5);
    assertClose(columnSums(priorBoxes({ ...ssd300Priors(), clip: 'corners' })).slice(0, 2), [4433.8825, 4433.8825], 6e-5);
    const out = Array.from({ length: 8732 }, (_, i) => boxAt(corners, i)).filter((row) => row.some((v) => v < 0 || v > 1));
    assert.equal(out.length, 2869);
  });
});

test("Caffe's prior layer: 10 × 10 cells of 100 pixels, sizes 4 and 9", () => {
  const corners = toCorners(
    priorBoxes({ maps: [{ rows: 10, columns: 10, step: [0.1, 0.1], shapes: ssdShapes(0.04, 0.09, []) }] }),
  );
  assertClose(boxAt(corners, 0), [0.03, 0.03, 0.07, 0.07], 1e-12);
  assertClose(boxAt(corners, 1), [0.02, 0.02, 0.08, 0.08], 1e-12);
  assertClose(boxAt(corners, (4 * 10 + 4) * 2), [0.43, 0.43, 0.47, 0.47], 1e-12);
});

test('a set is data', () => assert.deepEqual(JSON.parse(JSON.stringify(ssdLitePriors())), ssdLitePriors()));

test('rows and columns of a picture that is not square', () => {
  const boxes = priorBoxes({ maps: [{ rows: 1, columns: 2, step: [1, 0.5], shapes: [[0.3, 0.6]] }] });
  assert.deepEqual([...boxes], [0.25, 0.5, 0.3, 0.6, 0.75, 0.5, 0.3, 0.6]);
});

test('coverage says which class no prior fits', () => {
  const spec: PriorSpec = { maps: [{ rows: 1, columns: 2, step: [1, 0.5], shapes: [[0.5, 1]] }] };
  const boxes = boxRows([
    [0, 0, 0.5, 1], // a prior itself
    [0, 0, 0.5, 0.6], // 0.6 of one
    [0.2, 0.2, 0.25, 0.25], // 0.0025 / 0.5
  ]);
  const [large, small, none] = priorCoverage(spec, boxes, [0, 0, 1], 3);
  assertClose([large?.boxes ?? 0, large?.covered ?? 0, large?.meanBest ?? 0], [2, 1, 0.8], 1e-12);
  assertClose([small?.boxes ?? 0, small?.covered ?? 0, small?.meanBest ?? 0], [1, 0, 0.005], 1e-12);
  assert.deepEqual(none, { boxes: 0, covered: Number.NaN, meanBest: Number.NaN });
});
