/** What an evaluation says class by class, of two pictures that can be worked out by hand. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { boxRows } from 'iekd/dist/detection/boxes';
import type { EvaluatedImage } from 'iekd/dist/detection/detections';
import { precisionReport } from 'iekd/dist/tasks/detection/precisionReport';

const box = (left: number): number[] => [left, 0, left + 40, 40];

/** One object of class 0 is found, one is not; a detection of class 1 finds nothing; class 2 has no object. */
const images: readonly EvaluatedImage[] = [
  {
    objects: { boxes: boxRows([box(0), box(100)]), classes: Int32Array.of(0, 1) },
    detections: { boxes: boxRows([box(0), box(200)]), classes: Int32Array.of(0, 1), scores: Float64Array.of(0.9, 0.4) },
  },
  {
    objects: { boxes: boxRows([box(0)]), classes: Int32Array.of(0) },
    detections: { boxes: boxRows([box(300)]), classes: Int32Array.of(0), scores: Float64Array.of(0.3) },
  },
];
const names = ['a', 'b', 'c'];

describe('the report of detections', () => {
  const { values, tables, curves } = precisionReport(images, names);

  test('by class: average precisions, and precision and recall from a score on', () => {
    // One of two objects at rank 1: recalls 0 to 0.5 of eleven are reached; the area is a half; of COCO's 101 recalls 51.
    const rows = (values['classes'] as { apCoco: number | null }[]).map((row) => {
      return { ...row, apCoco: row.apCoco && Number(row.apCoco.toFixed(12)) }; // a sum of 101 precisions
    });
    assert.deepEqual(rows, [
      { class: 'a', objects: 2, ap2007: 6 / 11, ap2010: 0.5, apCoco: Number((51 / 101).toFixed(12)), precision: 1, recall: 0.5 },
      { class: 'b', objects: 1, ap2007: 0, ap2010: 0, apCoco: 0, precision: null, recall: 0 },
      { class: 'c', objects: 0, ap2007: null, ap2010: null, apCoco: null, precision: null, recall: null },
    ]);
    assert.deepEqual(values['map'], { voc2007: 3 / 11, voc2010: 0.25 });
    assert.deepEqual([values['images'], values['score']], [2, 0.5]);
  });

  test('from another score on', () => {
    const { values: lower } = precisionReport(images, names, { score: 0.3 });
    const [a, b] = lower['classes'] as [{ precision: number; recall: number }, { precision: number; recall: number }];
    assert.deepEqual([a.precision, a.recall, b.precision, b.recall], [0.5, 0.5, 0, 0]);
  });

  test('as tables: a class without objects is named and has no numbers', () => {
    const [classes, coco] = tables as [(typeof tables)[number], (typeof tables)[number]];
    assert.equal(classes.caption, 'by class; precision and recall of scores from 0.5; without objects, so in no mean: c');
    assert.deepEqual(
      classes.rows.map((row) => Object.values(row)),
      [
        ['a', 2, '54.55', '50.00', '50.50', '100.00', '50.00'],
        ['b', 1, '0.00', '0.00', '0.00', '–', '0.00'],
        ['c', 0, '–', '–', '–', '–', '–'],
        ['mean', 3, '27.27', '25.00', '–', '–', '–'],
      ],
    );
    assert.equal(coco.rows.length, 12);
    assert.deepEqual(coco.rows[0], { number: 'AP, overlaps 0.5 to 0.95', '%': '25.25' });
    assert.deepEqual(coco.rows[5], { number: 'AP of large objects, above 96² pixels', '%': '–' });
  });

  test('curves of the classes that have objects, point by point', () => {
    assert.deepEqual(curves, [
      { name: 'a', columns: { recall: [0.5, 0.5], precision: [1, 0.5], score: [0.9, 0.3] } },
      { name: 'b', columns: { recall: [0], precision: [0], score: [0.4] } },
    ]);
  });

  test('unknown options and scores are refused', () => {
    assert.throws(() => precisionReport(images, names, { least: 1 } as object), {
      name: 'InputError',
      message: 'report: expected options among score, received "least"',
    });
    assert.throws(() => precisionReport(images, names, { score: 2 }), {
      name: 'InputError',
      message: 'report: score: expected a number in [0, 1], received 2',
    });
  });
});
