/** Matching of priors with objects: Caffe's vector (weiliu89/caffe branch ssd, test_bbox_util.cpp), and cases worked out by hand. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { boxRows, iou, ious, toCorners } from 'iekd/dist/detection/boxes';
import { type MatchOptions, matchPriors } from 'iekd/dist/detection/matching';
import { ssd300Priors } from 'iekd/dist/detection/priors/priorSets';
import { priorBoxes } from 'iekd/dist/detection/priors/priors';
import { random } from 'iekd/dist/util/rng';
import { assertClose } from './close';

type Rows = readonly (readonly number[])[];

const caffeObjects: Rows = [
  [0.1, 0.1, 0.3, 0.3],
  [0.3, 0.3, 0.6, 0.5],
];
const caffePriors: Rows = [
  [0.1, 0, 0.4, 0.3],
  [0, 0.1, 0.2, 0.3],
  [0.2, 0.1, 0.4, 0.4],
  [0.4, 0.3, 0.7, 0.5],
  [0.5, 0.4, 0.7, 0.7],
  [0.7, 0.7, 0.8, 0.8],
];
/** The four quarters of the image, and its middle; two objects have the middle as their best prior. */
const quarters: Rows = [
  [0, 0, 0.5, 0.5],
  [0.5, 0, 1, 0.5],
  [0, 0.5, 0.5, 1],
  [0.5, 0.5, 1, 1],
  [0.25, 0.25, 0.75, 0.75],
];
const rivals: Rows = [
  [0.2, 0.2, 0.7, 0.7],
  [0.3, 0.3, 0.85, 0.85],
  [0, 0, 0.1, 0.1],
];
const whole = [0, 0, 1, 1];

describe('matchPriors', () => {
  const cases: readonly (readonly [string, Rows, Rows, MatchOptions, readonly number[]])[] = [
    ['Caffe, bipartite only', caffeObjects, caffePriors, { threshold: 2 }, [0, -1, -1, 1, -1, -1]],
    ['Caffe, and all above 0.3', caffeObjects, caffePriors, { threshold: 0.3 }, [0, 0, -1, 1, -1, -1]],
    ['two objects of one best prior: each has one', rivals, quarters, {}, [2, -1, -1, 1, 0]],
    ['no object', [], quarters, {}, [-1, -1, -1, -1, -1]],
    ['an object that touches no prior', [[5, 5, 6, 6]], quarters, {}, [-1, -1, -1, -1, -1]],
    ['more objects than priors: the better ones', [[0, 0, 0.9, 1], whole, [0, 0, 0.8, 1]], [whole], {}, [1]],
    ['equal objects: the first', [whole, whole], [whole], {}, [0]],
    ['an overlap of the threshold itself', [whole], [whole, [0, 0, 0.5, 1]], {}, [0, 0]],
  ];
  for (const [name, objects, priors, options, expected] of cases) {
    test(name, () => assert.deepEqual([...matchPriors(boxRows(objects), boxRows(priors), options)], expected));
  }

  test('overlaps of many boxes are those of each pair, to the bit', () => {
    const stream = random(3).stream('pairs');
    const rows = (): Rows =>
      Array.from({ length: 40 }, () => {
        const [x, y] = [stream.uniform(), stream.uniform()];
        return [x, y, x + 0.5 * stream.uniform(), y + 0.5 * stream.uniform()];
      });
    const [a, b] = [boxRows([...rows(), whole, [0.5, 0.5, 0.5, 0.5]]), boxRows([...rows(), [0.2, 0.3, 0.2, 0.9]])];
    const all = ious(a, b);
    const pairs = Array.from({ length: 42 * 41 }, (_, k) => iou(a, Math.floor(k / 41), b, k % 41));
    assert.deepEqual([...all], pairs);
    assert.ok(pairs.some((value) => value === 0) && pairs.some((value) => value > 0.5));
  });

  test("overlaps of Caffe's case", () => {
    const all = ious(boxRows(caffeObjects), boxRows(caffePriors));
    const best = Array.from({ length: 6 }, (_, j) => Math.max(all[j] as number, all[6 + j] as number));
    assertClose(best, [4 / 9, 2 / 6, 2 / 8, 4 / 8, 1 / 11, 0], 1e-12);
  });
});

test('every object that a prior touches has a prior, in crowds too', () => {
  const stream = random(5).stream('crowd');
  const objects = boxRows(
    Array.from({ length: 100 }, () => {
      const [x, y] = [0.4 + 0.1 * stream.uniform(), 0.4 + 0.1 * stream.uniform()];
      return [x, y, x + 0.05 + 0.1 * stream.uniform(), y + 0.05 + 0.1 * stream.uniform()];
    }),
  );
  const matched = matchPriors(objects, toCorners(priorBoxes(ssd300Priors())));
  assert.equal(new Set(matched.filter((object) => object >= 0)).size, 100);
});
