/** What evaluations refuse. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { EvaluatedImage } from 'iekd/dist/detection/detections';
import { cocoEvaluation } from 'iekd/dist/detection/evaluation/coco';
import { vocEvaluation } from 'iekd/dist/detection/evaluation/voc';

const objects = { boxes: Float64Array.of(0, 0, 1, 1), classes: Int32Array.of(0) };
const detections = { ...objects, scores: Float64Array.of(0.5) };
const image: EvaluatedImage = { objects, detections };
const at = 'vocEvaluation: number 1';

describe('refused', () => {
  const cases: readonly (readonly [() => unknown, string])[] = [
    [() => cocoEvaluation([image], 0), 'cocoEvaluation: classes: expected an integer in [1, 1000000], received 0'],
    [
      () => vocEvaluation([{ ...image, objects: undefined as never }], 1),
      `${at}: expected one of the images, received {"detections":{"boxes":Float64Array of 4 values,"classes":Int32Array of 1 val...`,
    ],
    [() => vocEvaluation([{ ...image, objects: {} as never }], 1), `${at}: objects: expected boxes and classes, received {}`],
    [
      () => vocEvaluation([{ objects: { ...objects, classes: Int32Array.of(0, 1) }, detections }], 2),
      `${at}: objects: expected 8 numbers of 2 boxes, received 4`,
    ],
    [
      () => vocEvaluation([{ objects, detections: { ...detections, scores: Float64Array.of(Number.NaN) } }], 1),
      `${at}: detections: scores: expected a finite number a box, received NaN`,
    ],
    [
      () => vocEvaluation([{ objects, detections: { ...detections, scores: Float64Array.of() } }], 1),
      `${at}: detections: scores: expected a finite number a box, received Float64Array of 0 values`,
    ],
    [
      () => vocEvaluation([image], 1, { rule: 'mean' as never }),
      'vocEvaluation: rule: expected one of eleven-point, area, received "mean"',
    ],
    [
      () => vocEvaluation([image], 1, { iou: 0.3 } as never),
      'vocEvaluation: expected options among rule, overlap, pixelInclusive, received "iou"',
    ],
  ];
  for (const [f, message] of cases) test(message, () => assert.throws(f, { name: 'InputError', message }));
  test('what is right is not', () => assert.doesNotThrow(() => vocEvaluation([image], 1)));
});
