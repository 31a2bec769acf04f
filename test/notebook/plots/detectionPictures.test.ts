/** Pictures of detections: what each box is drawn as, in lines, signs and words. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { imageSet, showDetections } from 'iekd';
import { boxRows } from 'iekd/dist/detection/boxes';
import type { EvaluatedImage } from 'iekd/dist/detection/detections';
import { type DetectionPicturesOptions, detectionPictures } from 'iekd/dist/notebook/plots/detectionPictures';
import { shown } from '../shown';

const images = imageSet('test', new Uint8Array(20 * 20 * 3).fill(255), new Uint8Array(1), { height: 20, width: 20, channels: 3 });
const objects = {
  boxes: boxRows([
    [1, 1, 9, 9],
    [11, 1, 19, 9],
    [1, 11, 9, 19],
  ]),
  classes: Int32Array.of(0, 1, 1),
  difficult: Uint8Array.of(0, 0, 1),
};
const found = (rows: readonly (readonly [number, number, number[]])[]): EvaluatedImage[] => [
  {
    objects,
    detections: {
      boxes: boxRows(rows.map(([, , box]) => box)),
      classes: Int32Array.from(rows, ([c]) => c),
      scores: Float64Array.from(rows, ([, score]) => score),
    },
  },
];
const teacher = found([
  [0, 0.91, [1, 1, 9, 9]],
  [1, 0.7, [11, 1, 19, 8]],
  [1, 0.6, [1, 11, 9, 19]],
]);
const student = found([
  [0, 0.8, [1, 1, 9, 9]],
  [0, 0.55, [11, 11, 19, 19]],
  [1, 0.49, [11, 1, 19, 9]],
]);
const classNames = ['RBC', 'a<b>'];

test('found, missed, false and what does not count are told apart by line, sign and colour', () => {
  const { svg, text } = detectionPictures(images, { teacher, student }, { classNames, scale: 4, rowTitles: ['first'] });
  const boxes = [
    ...svg.matchAll(
      /<rect x="([\d.]+)" y="([\d.]+)"[^>]*stroke="(#\w+)" stroke-width="1.5"(?: stroke-dasharray="([^"]*)")?\/>(?:<text[^>]*>([^<]*))/g,
    ),
  ].map(([, x, y, colour, dash = '', label]) => [Number(x), Number(y), colour, dash, label]);
  assert.deepEqual(boxes, [
    [4, 4, '#1f2328', '', 'RBC'],
    [44, 4, '#1f2328', '', 'a&lt;b&gt;'],
    [4, 44, '#1f2328', '', 'a&lt;b&gt;'],
    [4, 4, '#00704f', '', '✓ RBC 91 %'],
    [44, 4, '#00704f', '', '✓ a&lt;b&gt; 70 %'],
    [4, 44, '#6b6b6b', '1.5 2', '· a&lt;b&gt; 60 %'],
    [44, 4, '#0072b2', '4 2', '– a&lt;b&gt;'],
    [4, 4, '#00704f', '', '✓ RBC 80 %'],
    [44, 44, '#b04000', '1.5 2', '✗ RBC 55 %'],
  ]);
  assert.equal(text, 'Detections\nfirst: 3 objects; teacher 2 found, 0 missed, 0 false; student 1 found, 1 missed, 1 false');
  for (const words of [
    'truth',
    'teacher',
    'student',
    '✓ found',
    '– missed: there, but not found',
    '✗ false: nothing of this class is there',
  ])
    assert.ok(svg.includes(`>${words}<`), words);
});

test('from another score on, other detections are drawn and judged', () => {
  const { text } = detectionPictures(images, { student }, { classNames, score: 0.4 });
  assert.equal(text, 'Detections\n1: 3 objects; student 2 found, 0 missed, 1 false');
});

test('is shown as a PNG, with its words for those who do not see it', async () => {
  const [message] = await shown(() => showDetections(images, { student }, { classNames, title: 'Cells' }));
  assert.ok(message);
  assert.equal(message.data['text/plain'], 'Cells\n1: 3 objects; student 1 found, 1 missed, 1 false');
  const png = Buffer.from(message.data['image/png'] as string, 'base64');
  const { width, height } = message.metadata['image/png'] as { width: number; height: number };
  assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [2 * width, 2 * height]);
});

describe('refuses', () => {
  const known = 'classNames, title, rowTitles, score, overlap, scale';
  const rows: readonly (readonly [Record<string, EvaluatedImage[]>, object, string])[] = [
    [{}, { classNames }, 'showDetections: expected one column at least, received {}'],
    [{ student }, {}, 'showDetections: expected the options classNames, received no classNames'],
    [{ student }, { classNames, names: 1 }, `showDetections: expected options among ${known}, received "names"`],
    [{ student }, { classNames, score: 2 }, 'showDetections: score: expected a number in [0, 1], received 2'],
    [{ student: [] }, { classNames }, 'showDetections: student: expected 1 image, received 0'],
  ];
  for (const [columns, options, message] of rows) {
    test(message, () =>
      assert.throws(() => detectionPictures(images, columns, options as DetectionPicturesOptions), {
        name: 'InputError',
        message,
      }),
    );
  }
});
