/** COCO's numbers against those of pycocotools (coco.json, made by coco_reference.py), to 1e-6; NaN where it has nothing to measure. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { boxRows } from 'iekd/dist/detection/boxes';
import type { EvaluatedImage } from 'iekd/dist/detection/detections';
import { type CocoResult, cocoEvaluation } from 'iekd/dist/detection/evaluation/coco';
import { assertClose } from '../close';

type Numbers = readonly (number | null)[];

/** A box is x, y, width and height. */
interface Scene {
  readonly objects: readonly (readonly [box: readonly number[], category: number, crowd: number, area: number])[];
  readonly detections: readonly (readonly [box: readonly number[], category: number, score: number])[];
}

interface Case {
  readonly name: string;
  readonly classes: number;
  readonly images: readonly Scene[];
  readonly expected: { readonly stats: Numbers; readonly classes: Numbers };
}

const corners = (boxes: readonly (readonly number[])[]): Float64Array =>
  boxRows(boxes.map(([x = 0, y = 0, width = 0, height = 0]) => [x, y, x + width, y + height]));

const imageOf = ({ objects, detections }: Scene): EvaluatedImage => ({
  objects: {
    boxes: corners(objects.map(([box]) => box)),
    classes: Int32Array.from(objects, ([, category]) => category),
    crowd: Uint8Array.from(objects, ([, , crowd]) => crowd),
    areas: Float64Array.from(objects, ([, , , area]) => area),
  },
  detections: {
    boxes: corners(detections.map(([box]) => box)),
    classes: Int32Array.from(detections, ([, category]) => category),
    scores: Float64Array.from(detections, ([, , score]) => score),
  },
});

const statsOf = (result: CocoResult): number[] => [
  ...[result.ap, result.ap50, result.ap75, result.apSmall, result.apMedium, result.apLarge],
  ...[result.ar1, result.ar10, result.ar100, result.arSmall, result.arMedium, result.arLarge],
];

const numbers = (list: Numbers): number[] => list.map((value) => value ?? Number.NaN);

const { cases } = JSON.parse(readFileSync(join(__dirname, 'coco.json'), 'utf8')) as { readonly cases: readonly Case[] };

describe('cocoEvaluation', () => {
  for (const { name, classes, images, expected } of cases) {
    test(name, () => {
      const result = cocoEvaluation(images.map(imageOf), classes);
      assertClose(statsOf(result), numbers(expected.stats), 1e-6, 'number');
      const own = result.classes.map(({ ap }) => ap);
      assertClose(own, numbers(expected.classes), 1e-6, 'class');
    });
  }

  test('the golden numbers differ from case to case', () => {
    const ap = cases.map(({ expected }) => expected.stats[0]);
    assert.ok(new Set(ap).size >= cases.length - 2, `${ap}`);
  });

  test('areas that are not given are those of the boxes', () => {
    const image = imageOf({ objects: [[[0, 0, 40, 40], 0, 0, 100]], detections: [[[0, 0, 40, 40], 0, 0.5]] });
    const { boxes, classes } = image.objects;
    assertClose([cocoEvaluation([image], 1).apSmall, cocoEvaluation([image], 1).apMedium], [1, Number.NaN], 1e-6);
    assertClose([cocoEvaluation([{ ...image, objects: { boxes, classes } }], 1).apMedium], [1], 1e-6);
  });

  test('nothing to measure is not a number', () => {
    assert.deepEqual(new Set(statsOf(cocoEvaluation([], 2))), new Set([Number.NaN]));
  });
});
