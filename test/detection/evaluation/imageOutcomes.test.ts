/** What became of the detections and objects of one image. What is judged over images is in voc.test.ts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boxRows } from 'iekd/dist/detection/boxes';
import { imageOutcomes } from 'iekd/dist/detection/evaluation/imageOutcomes';

test('of one image: which detections are right, and which objects were found', () => {
  const objects = {
    boxes: boxRows([
      [0, 0, 10, 10],
      [20, 0, 30, 10],
      [0, 0, 10, 10],
      [40, 0, 50, 10],
    ]),
    classes: Int32Array.of(0, 0, 1, 0),
    difficult: Uint8Array.of(0, 0, 0, 1),
  };
  const detections = {
    boxes: boxRows([
      [0, 0, 10, 9],
      [0, 0, 10, 10],
      [40, 0, 50, 10],
      [20, 0, 30, 10],
      [40, 0, 50, 9],
    ]),
    classes: Int32Array.of(0, 0, 0, 1, 0),
    scores: Float64Array.of(0.5, 0.9, 0.7, 0.6, 0.1),
  };
  const judged = imageOutcomes({ objects, detections });
  // The fainter of two is a duplicate, another class is none there, and what is difficult may be found twice.
  assert.deepEqual([...judged.detections], [0, 1, -1, 0, -1]);
  assert.deepEqual([...judged.objects], [1, 0, 0, -1]);
  assert.deepEqual([...imageOutcomes({ objects, detections }, { overlap: 0.95 }).detections], [0, 1, -1, 0, 0]);
});
