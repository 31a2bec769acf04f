/**
 * VOC's mean average precision. Origins: rafaelpadilla/Object-Detection-Metrics samples/sample_2 (boxes; values by a script apart from this
 * code, its README has 24.56 % and 26.84 %); weiliu89/caffe branch ssd, test_bbox_util.cpp and test_detection_evaluate_layer.cpp; chainer/
 * chainercv tests/evaluations_tests/test_eval_detection_voc.py; tensorflow/models object_detection/utils/metrics_test.py.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { boxRows } from 'iekd/dist/detection/boxes';
import type { EvaluatedImage } from 'iekd/dist/detection/detections';
import { type HitOptions, imageOutcomes } from 'iekd/dist/detection/evaluation/imageOutcomes';
import {
  areaUnderPrecision,
  averagePrecisionAt,
  COCO_RECALLS,
  ELEVEN_RECALLS,
  precisionRecall,
} from 'iekd/dist/detection/evaluation/precisionRecall';
import { classOutcomes, type VocOptions, vocEvaluation } from 'iekd/dist/detection/evaluation/voc';
import { assertClose } from '../close';

const outcomesOf = (images: readonly EvaluatedImage[], ofClass: number, options?: HitOptions) =>
  classOutcomes(
    images,
    images.map((image) => imageOutcomes(image, options)),
    ofClass,
  );

/** [class, x1, y1, x2, y2, difficult?] */
type Truth = readonly [number, number, number, number, number, number?];
/** [class, score, x1, y1, x2, y2] */
type Found = readonly [number, number, number, number, number, number];

function imageOf(truths: readonly Truth[], found: readonly Found[]): EvaluatedImage {
  return {
    objects: {
      boxes: boxRows(truths.map(([, ...row]) => row.slice(0, 4) as number[])),
      classes: Int32Array.from(truths, ([c]) => c),
      difficult: Uint8Array.from(truths, ([, , , , , difficult = 0]) => difficult),
    },
    detections: {
      boxes: boxRows(found.map(([, , ...row]) => row)),
      classes: Int32Array.from(found, ([c]) => c),
      scores: Float64Array.from(found, ([, score]) => score),
    },
  };
}

/** x, y, width, height of objects; score and the same of detections. */
const PADILLA: readonly (readonly [readonly (readonly number[])[], readonly (readonly number[])[]])[] = [
  [
    [
      [25, 16, 38, 56],
      [129, 123, 41, 62],
    ],
    [
      [0.88, 5, 67, 31, 48],
      [0.7, 119, 111, 40, 67],
      [0.8, 124, 9, 49, 67],
    ],
  ],
  [
    [
      [123, 11, 43, 55],
      [38, 132, 59, 45],
    ],
    [
      [0.71, 64, 111, 64, 58],
      [0.54, 26, 140, 60, 47],
      [0.74, 19, 18, 43, 35],
    ],
  ],
  [
    [
      [16, 14, 35, 48],
      [123, 30, 49, 44],
      [99, 139, 47, 47],
    ],
    [
      [0.18, 109, 15, 77, 39],
      [0.67, 86, 63, 46, 45],
      [0.38, 160, 62, 36, 53],
      [0.91, 105, 131, 47, 47],
      [0.44, 18, 148, 40, 44],
    ],
  ],
  [
    [
      [53, 42, 40, 52],
      [154, 43, 31, 34],
    ],
    [
      [0.35, 83, 28, 28, 26],
      [0.78, 28, 68, 42, 67],
      [0.45, 87, 89, 25, 39],
      [0.14, 10, 155, 60, 26],
    ],
  ],
  [
    [
      [59, 31, 44, 51],
      [48, 128, 34, 52],
    ],
    [
      [0.62, 50, 38, 28, 46],
      [0.44, 95, 11, 53, 28],
      [0.95, 29, 131, 72, 29],
      [0.23, 29, 163, 72, 29],
    ],
  ],
  [
    [
      [36, 89, 52, 76],
      [62, 58, 44, 67],
    ],
    [
      [0.45, 43, 48, 74, 38],
      [0.84, 17, 155, 29, 35],
      [0.43, 95, 110, 25, 42],
    ],
  ],
  [
    [
      [28, 31, 55, 63],
      [58, 67, 50, 58],
    ],
    [
      [0.48, 16, 20, 101, 88],
      [0.95, 33, 116, 37, 49],
    ],
  ],
];

const cornersOf = ([x = 0, y = 0, w = 0, h = 0]: readonly number[]): [number, number, number, number] => [x, y, x + w, y + h];
const padilla = PADILLA.map(([truths, found]) =>
  imageOf(
    truths.map((row): Truth => [0, ...cornersOf(row)]),
    found.map(([score = 0, ...row]): Found => [0, score, ...cornersOf(row)]),
  ),
);
/** Image 7 first: of the two scores of 0.95 its own comes before image 5's. */
const swapped = [...padilla.slice(6), ...padilla.slice(0, 6)];

describe("Padilla's sample", () => {
  const cases: readonly (readonly [string, EvaluatedImage[], VocOptions, readonly [number, number], readonly number[]])[] = [
    ['with + 1', padilla, { overlap: 0.3, pixelInclusive: true }, [7, 17], [0.24568668, 0.26839827, 0.24816022]],
    ['without', padilla, { overlap: 0.3 }, [6, 18], [0.22539683, 0.26839827, 0.23008015]],
    ['with + 1, ties swapped', swapped, { overlap: 0.3, pixelInclusive: true }, [7, 17], [0.22346446, 0.23809524, 0.22505791]],
    ['without, ties swapped', swapped, { overlap: 0.3 }, [6, 18], [0.2031746, 0.23809524, 0.20697784]],
    ['with + 1, overlap 0.5', padilla, { overlap: 0.5, pixelInclusive: true }, [1, 23], [0.02222222, 0.03030303, 0.02310231]],
  ];
  for (const [name, images, options, [hits, misses], [area = 0, eleven = 0, coco = 0]] of cases) {
    test(`${name}: ${hits} hits, ${misses} misses`, () => {
      const found = outcomesOf(images, 0, options);
      assert.deepEqual(
        [found.outcomes.filter((o) => o === 1).length, found.outcomes.filter((o) => o === 0).length],
        [hits, misses],
      );
      const mean = (rule: VocOptions['rule']): number =>
        vocEvaluation(images, 1, { ...options, ...(rule ? { rule } : {}) }).meanAveragePrecision;
      const at101 = averagePrecisionAt(precisionRecall(found), COCO_RECALLS);
      assertClose([mean('area'), mean('eleven-point'), mean(undefined), at101], [area, eleven, eleven, coco], 1e-8);
    });
  }
});

describe('average precision of a curve', () => {
  const nan = Number.NaN;
  const caffe = precisionRecall({
    scores: Float64Array.of(1, 1, 0.9, 0.9, 0.8, 0.7, 0.7, 0.6, 0.5, 0.4, 0.4),
    outcomes: Int8Array.of(0, 1, 1, 0, 1, 0, 1, 0, 0, 0, 1),
    objects: 5,
  });
  const ten = precisionRecall({ scores: Float64Array.of(3, 2, 1), outcomes: Int8Array.of(1, 1, 1), objects: 10 });
  const curves: readonly (readonly [string, readonly number[], readonly number[], number | undefined, number | undefined])[] = [
    ['Caffe', [...caffe.precision], [...caffe.recall], 0.591861, 0.598662],
    ['chainercv', [0, 0.5, 1 / 3], [0, 0.5, 0.5], 0.25, (0.5 * 6) / 11],
    ['chainercv, a precision that is no number', [nan, 0.5], [0, 1], 0.5, 0.5],
    ['TensorFlow', [0.8, 0.76, 0.9, 0.65, 0.7, 0.5, 0.55, 0], [0.3, 0.3, 0.4, 0.4, 0.45, 0.45, 0.5, 0.5], 0.4225, undefined],
    ['three of ten: recall 0.3 counts', [...ten.precision], [...ten.recall], 0.3, 4 / 11],
    ['nothing found', [], [], 0, 0],
  ];
  for (const [name, precision, recall, area, eleven] of curves) {
    test(name, () => {
      const curve = { precision: Float64Array.from(precision), recall: Float64Array.from(recall) };
      if (area !== undefined) assertClose([areaUnderPrecision(curve)], [area], 1e-6);
      if (eleven !== undefined) assertClose([averagePrecisionAt(curve, ELEVEN_RECALLS)], [eleven], 1e-6);
    });
  }
});

/** Classes 0, 1 and 2 are Caffe's 1, 2 and 3. */
const caffe = [
  imageOf(
    [
      [0, 0.1, 0.1, 0.3, 0.3],
      [0, 0.6, 0.6, 0.8, 0.8, 1],
    ],
    [
      [0, 0.3, 0.1, 0, 0.4, 0.3],
      [0, 0.7, 0, 0.1, 0.2, 0.3],
      [0, 0.9, 0.7, 0.6, 0.8, 0.8],
    ],
  ),
  imageOf(
    [
      [1, 0.3, 0.3, 0.6, 0.5],
      [0, 0.7, 0.1, 0.9, 0.3],
    ],
    [
      [1, 0.8, 0.2, 0.1, 0.4, 0.4],
      [1, 0.1, 0.4, 0.3, 0.7, 0.5],
      [0, 0.2, 0.8, 0.1, 1, 0.3],
      [2, 0.2, 0.8, 0.1, 1, 0.3],
    ],
  ),
  imageOf([], [[0, 0.2, 0.8, 0.1, 1, 0.3]]),
];

describe("Caffe's evaluation, difficult objects skipped", () => {
  // Scores fall; the two of 0.2 are of images 1 and 2.
  const cases: readonly (readonly [number, readonly number[], readonly number[], number])[] = [
    [0, [0.9, 0.7, 0.3, 0.2, 0.2], [-1, 1, 0, 1, 0], 2],
    [1, [0.8, 0.1], [0, 1], 1],
    [2, [0.2], [0], 0],
  ];
  for (const [ofClass, scores, outcomes, objects] of cases) {
    test(`class ${ofClass}`, () => {
      const found = outcomesOf(caffe, ofClass, { overlap: 0.3 });
      assert.deepEqual([[...found.scores], [...found.outcomes], found.objects], [scores, outcomes, objects]);
    });
  }

  test('where they are not difficult, all three count', () => {
    const plain = caffe.map(({ objects, detections }) => ({ objects: { ...objects, difficult: new Uint8Array(2) }, detections }));
    const found = outcomesOf(plain, 0, { overlap: 0.3 });
    assert.deepEqual([[...found.outcomes], found.objects], [[1, 1, 0, 1, 0], 3]);
  });

  test('classes without objects are left out of the mean and named', () => {
    const { meanAveragePrecision, withoutObjects, classes } = vocEvaluation(caffe, 3, { overlap: 0.3 });
    assert.deepEqual(withoutObjects, [2]);
    assert.equal(classes[2]?.averagePrecision, Number.NaN);
    // Class 0: precision 1 up to recall 0.5 (six of eleven), then 2/3 (five); class 1: 1/2.
    assertClose([meanAveragePrecision], [((6 + 10 / 3) / 11 + 0.5) / 2], 1e-12);
    assert.deepEqual([classes[0]?.objects, [...(classes[0]?.curve.precision ?? [])]], [2, [1, 1 / 2, 2 / 3, 1 / 2]]);
  });
});

describe('rules by hand', () => {
  const square: Truth = [0, 0, 0, 10, 10];
  const cases: readonly (readonly [string, readonly Truth[], readonly Found[], VocOptions, readonly number[]])[] = [
    ['an overlap of the threshold itself is enough', [square], [[0, 1, 0, 0, 10, 5]], {}, [1]],
    [
      'the second detection of an object is a miss',
      [square],
      [
        [0, 0.8, 0, 0, 10, 9],
        [0, 0.9, 0, 0, 10, 8],
      ],
      {},
      [1, 0],
    ],
    [
      'a duplicate does not fall back to the second-best object',
      [square, [0, 0, 0, 10, 9]],
      [
        [0, 0.9, 0, 0, 10, 10],
        [0, 0.8, 0, 0, 10, 10],
      ],
      {},
      [1, 0],
    ],
    ['an object of another class is none', [[1, 0, 0, 10, 10]], [[0, 1, 0, 0, 10, 10]], {}, [0]],
    [
      'a difficult object may be found twice',
      [[0, 0, 0, 10, 10, 1]],
      [
        [0, 1, 0, 0, 10, 10],
        [0, 0.9, 0, 0, 10, 10],
      ],
      {},
      [-1, -1],
    ],
    ['of equal overlaps the first object', [square, [0, 0, 0, 10, 10, 1]], [[0, 1, 0, 0, 10, 10]], {}, [1]],
    // chainercv: with + 1 an edge of 1 is one of 2, and (0, 0, 1, 0.9) has 3.8 of 4 pixels
    [
      'chainercv',
      [[0, 0, 0, 1, 0.9]],
      [
        [0, 0.8, 0, 0, 1, 1],
        [0, 0.9, 0, 0, 2, 2],
        [0, 1, 0.3, 0.3, 0.5, 0.5],
      ],
      { pixelInclusive: true },
      [0, 0, 1],
    ],
    [
      'chainercv, overlap 0.97',
      [[0, 0, 0, 1, 0.9]],
      [
        [0, 0.8, 0, 0, 1, 1],
        [0, 0.9, 0, 0, 2, 2],
      ],
      { pixelInclusive: true, overlap: 0.97 },
      [0, 0],
    ],
  ];
  for (const [name, truths, found, options, expected] of cases) {
    test(name, () => assert.deepEqual([...outcomesOf([imageOf(truths, found)], 0, options).outcomes], expected));
  }

  test('a class of difficult objects only has none to be found', () => {
    const { classes } = vocEvaluation([imageOf([[0, 0, 0, 10, 10, 1]], [])], 1);
    assert.deepEqual([classes[0]?.objects, classes[0]?.averagePrecision], [0, Number.NaN]);
  });

  test('a crowd is neither to be found nor wrong to find', () => {
    const { objects, detections } = imageOf([[0, 0, 0, 10, 10]], [[0, 1, 0, 0, 10, 10]]);
    const found = outcomesOf([{ objects: { ...objects, crowd: Uint8Array.of(1) }, detections }], 0);
    assert.deepEqual([[...found.outcomes], found.objects], [[-1], 0]);
  });
});
