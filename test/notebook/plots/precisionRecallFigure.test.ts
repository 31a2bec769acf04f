/** Precision over recall as a figure and average precision as a table: where each number stands. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { showAveragePrecision, showPrecisionRecall, vocEvaluation } from 'iekd';
import { boxRows } from 'iekd/dist/detection/boxes';
import type { EvaluatedImage } from 'iekd/dist/detection/detections';
import { type PrecisionRecallOptions, precisionRecallFigure } from 'iekd/dist/notebook/plots/precisionRecallFigure';
import { shown } from '../shown';

const box = [0, 0, 10, 10];
const image = (scores: readonly number[], boxes: readonly number[][]): EvaluatedImage => ({
  objects: { boxes: boxRows([box, [20, 0, 30, 10]]), classes: Int32Array.of(0, 0) },
  detections: { boxes: boxRows(boxes), classes: new Int32Array(scores.length), scores: Float64Array.from(scores) },
});
const classNames = ['RBC', 'WBC'];
const teacher = vocEvaluation([image([0.9, 0.8], [box, [20, 0, 30, 10]])], 2);
const student = vocEvaluation([image([0.9, 0.8], [[50, 50, 60, 60], box])], 2);

test('a panel a class, a curve a network: the same colour, line and name in every panel', () => {
  const { data, layout = {} } = precisionRecallFigure({ teacher, student }, { classNames, title: 'Curves' });
  const traces = data.map(({ name, xaxis, x, y, showlegend, line }) => [
    name,
    xaxis,
    x,
    y,
    showlegend,
    (line as { dash: string }).dash,
  ]);
  assert.deepEqual(traces, [
    ['teacher', 'x', [0.5, 1], [1, 1], true, 'solid'],
    ['teacher', 'x2', [], [], false, 'solid'],
    ['student', 'x', [0, 0.5], [0, 0.5], true, 'dash'],
    ['student', 'x2', [], [], false, 'dash'],
  ]);
  assert.deepEqual((layout['xaxis2'] as { title: object }).title, { text: 'recall, WBC' });
  assert.equal((layout['yaxis2'] as { anchor: string }).anchor, 'x2');
});

test('is shown as a figure', async () => {
  const [message] = await shown(() => showPrecisionRecall({ teacher, student }, { classNames, title: 'Curves' }));
  assert.equal(message?.data['text/plain'], 'Figure: Curves (teacher, teacher, student, student)');
  assert.ok(message?.data['image/png']);
});

test('the table: a row a class, its objects, per cent of each network; a class without objects has a dash', async () => {
  const [message] = await shown(() => showAveragePrecision({ teacher, student }, { classNames }));
  const cells = message?.data['text/plain'].split('\n').map((line) => line.trim().split(/\s+/));
  assert.deepEqual(cells, [
    ['average', 'precision', '(%)'],
    [''],
    ['class', 'objects', 'teacher', 'student'],
    ['─────', '───────', '───────', '───────'],
    ['RBC', '2', '100.0', '27.3'], // precision ½ up to recall ½: six of eleven points
    ['WBC', '0', '–', '–'],
    ['mean', '2', '100.0', '27.3'],
  ]);
});

describe('refuses', () => {
  const rows: readonly (readonly [object, object, string])[] = [
    [{}, { classNames }, 'showPrecisionRecall: expected one result and one class at least, received {}'],
    [{ teacher }, {}, 'showPrecisionRecall: expected the options classNames, received no classNames'],
    [{ teacher }, { classNames, names: [] }, 'showPrecisionRecall: expected options among classNames, title, received "names"'],
    [{ teacher }, { classNames: ['RBC'] }, 'showPrecisionRecall: teacher: expected 1 classes, as named, received 2'],
    [{ teacher: [] }, { classNames }, 'showPrecisionRecall: teacher: expected a result of vocEvaluation, received []'],
  ];
  for (const [results, options, message] of rows) {
    test(message, () =>
      assert.throws(() => precisionRecallFigure(results as never, options as PrecisionRecallOptions), {
        name: 'InputError',
        message,
      }),
    );
  }
});
