/** Boxes, their overlap and their coding. Origin of each value: weiliu89/caffe branch ssd, test_bbox_util.cpp, or worked out by hand. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { boxRows, clipBoxes, iou, ious, selectBoxes, toCentres, toCorners } from 'iekd/dist/detection/boxes';
import { decodeBoxes, encodeBox } from 'iekd/dist/detection/coding';
import { random } from 'iekd/dist/util/rng';
import { assertClose } from './close';

type Row = readonly [number, number, number, number];

describe('iou', () => {
  const cases: readonly (readonly [string, Row, Row, number])[] = [
    ['Caffe', [0.2, 0.3, 0.3, 0.5], [0.1, 0.1, 0.3, 0.4], 1 / 7],
    ['Caffe', [0.2, 0.3, 0.3, 0.5], [0.1, 0.1, 0.4, 0.6], 2 / 15],
    ['a box with itself', [1, 2, 5, 9], [1, 2, 5, 9], 1],
    ['boxes that touch share nothing', [0, 0, 1, 1], [1, 0, 2, 1], 0],
    ['boxes apart in both directions', [0, 0, 1, 1], [2, 2, 3, 3], 0],
    ['a box without area', [1, 1, 1, 5], [0, 0, 9, 9], 0],
    ['two boxes without area', [1, 1, 1, 1], [1, 1, 1, 1], 0],
    ['torchmetrics, as corners', [0.5, 0.5, 1, 1], [0, 0, 1, 1], 0.25],
  ];
  for (const [name, a, b, expected] of cases) {
    test(`${name}: ${expected}`, () => {
      assertClose([iou(boxRows([a]), 0, boxRows([b]), 0), iou(boxRows([b]), 0, boxRows([a]), 0)], [expected, expected], 1e-12);
    });
  }

  test('with corners that are pixels, a box of one pixel has an area', () => {
    const one = boxRows([
      [3, 3, 3, 3],
      [3, 3, 4, 3],
    ]);
    assertClose([iou(one, 0, one, 0, 1), iou(one, 0, one, 1, 1)], [1, 0.5], 1e-12);
  });

  test('torchmetrics, as centre forms: 1/7', () => {
    const [a, b] = [toCorners(boxRows([[0.5, 0.5, 1, 1]])), toCorners(boxRows([[0, 0, 1, 1]]))];
    assertClose([iou(a, 0, b, 0)], [1 / 7], 1e-12);
  });

  test('of every box with every other, row by row', () => {
    const a = boxRows([
      [0, 0, 2, 2],
      [1, 1, 3, 3],
    ]);
    assertClose(ious(a, boxRows([[0, 0, 2, 1]])), [0.5, 0], 1e-12);
  });
});

test('corners and centre forms, there and back', () => {
  const corners = boxRows([[0.1, 0.2, 0.5, 0.9]]);
  assertClose(toCentres(corners), [0.3, 0.55, 0.4, 0.7], 1e-12);
  assertClose(toCorners(toCentres(corners)), corners, 1e-12);
});

test('what reaches over the edge is cut off, the rest selected', () => {
  const boxes = boxRows([
    [-1, 2, 30, 50],
    [3, 4, 5, 6],
  ]);
  assert.deepEqual([...clipBoxes(boxes, 20, 10)], [0, 2, 20, 10, 3, 4, 5, 6]);
  assert.deepEqual([...selectBoxes(boxes, [1])], [3, 4, 5, 6]);
});

test('a row of three numbers is no box', () => {
  assert.throws(
    () =>
      boxRows([
        [0, 0, 1, 1],
        [1, 2, 3],
      ]),
    {
      name: 'InputError',
      message: 'boxRows: row 1: expected four numbers, received 3',
    },
  );
});

describe('coding', () => {
  const ln = Math.log;
  const cases: readonly (readonly [string, prior: Row, box: Row, readonly [number, number], Row])[] = [
    ['Caffe, without variances', [0.2, 0.2, 0.2, 0.2], [0, 0.2, 0.4, 0.5], [1, 1], [0, 0.75, ln(2), ln(1.5)]],
    ['Caffe, with variances', [0.2, 0.2, 0.2, 0.2], [0, 0.2, 0.4, 0.5], [0.1, 0.2], [0, 7.5, ln(2) / 0.2, ln(1.5) / 0.2]],
    ['by hand', [0.5, 0.5, 0.4, 0.2], [0.3, 0.35, 0.9, 0.75], [0.1, 0.2], [2.5, 2.5, 2.0273255, 3.4657359]],
    ['the prior itself', [0.5, 0.5, 0.4, 0.2], [0.3, 0.4, 0.7, 0.6], [0.1, 0.2], [0, 0, 0, 0]],
  ];
  for (const [name, prior, box, variances, expected] of cases) {
    test(`${name}, and back`, () => {
      const [priors, boxes, out] = [boxRows([prior]), boxRows([box]), new Float32Array(4)];
      encodeBox(boxes, 0, priors, 0, out, variances);
      assertClose(out, expected, 1e-5, 'offset');
      assertClose(decodeBoxes(out, priors, variances), box, 1e-6, 'corner');
    });
  }

  test('what was encoded is decoded, for boxes of any size', () => {
    const stream = random(3).stream('boxes');
    const rows = Array.from({ length: 200 }, () => [stream.uniform(), stream.uniform(), 0.05 + stream.uniform(), 0.02]);
    const [priors, boxes] = [boxRows(rows), toCorners(boxRows([...rows].reverse()))];
    const offsets = new Float32Array(priors.length);
    for (let i = 0; i < 200; i++) encodeBox(boxes, i, priors, i, offsets);
    assertClose(decodeBoxes(offsets, priors), boxes, 2e-6, 'corner'); // offsets are float32
  });

  test('an offset that overflows is a large box', () => {
    assertClose(
      decodeBoxes(Float32Array.of(0, 0, 1e9, 1e9), boxRows([[0.5, 0.5, 0.1, 0.2]])),
      [-2.625, -5.75, 3.625, 6.75],
      1e-9,
    );
  });

  const flat: readonly (readonly [Row, string])[] = [
    [[0.5, 0.2, 0.5, 0.4], '0.5, 0.2, 0.5, 0.4'],
    [[0.1, 0.4, 0.5, 0.3], '0.1, 0.4, 0.5, 0.3'],
    [[0.1, 0.1, Number.NaN, 0.3], '0.1, 0.1, NaN, 0.3'],
  ];
  for (const [box, corners] of flat) {
    test(`a box of corners ${corners} is refused`, () => {
      assert.throws(() => encodeBox(boxRows([box]), 0, boxRows([[0.5, 0.5, 1, 1]]), 0, new Float32Array(4)), {
        name: 'InputError',
        message: `encodeBox: box 0: expected a width and a height above 0, received corners ${corners}`,
      });
    });
  }
});
