import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Contested, type ContestedOptions, contested, type Predictions } from 'iekd';

const LABELS = [0, 0, 1, 2, 0];

/** From rows of probabilities. */
function saying(rows: readonly (readonly [number, number, number])[], labels: readonly number[] = LABELS): Predictions {
  const predicted = rows.map((row) => row.indexOf(Math.max(...row)));
  return { classes: 3, count: rows.length, probabilities: Float32Array.from(rows.flat()), predicted, labels };
}

const given = {
  teacher: saying([
    [0.25, 0.5, 0.25],
    [0.25, 0.625, 0.125],
    [0, 1, 0],
    [1, 0, 0],
    [0, 0.75, 0.25],
  ]),
  distilled: saying([
    [0.125, 0.75, 0.125],
    [0.25, 0.25, 0.5],
    [1, 0, 0],
    [0.5, 0, 0.5],
    [0.125, 0.625, 0.25],
  ]),
  ie: saying([
    [0.5, 0.25, 0.25],
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
    [0.75, 0.25, 0],
  ]),
};
const found = (options: ContestedOptions): (readonly [number, number])[] =>
  contested(given, options).map(({ image, score }) => [image, score]);
const both = { wrong: ['teacher', 'distilled'], right: ['ie'] };

describe('images that some networks get wrong and others right', () => {
  const rows: readonly (readonly [string, ContestedOptions, (readonly [number, number])[]])[] = [
    [
      'by the margin of the right one',
      both,
      [
        [1, 1],
        [3, 1],
        [4, 0.5],
        [0, 0.25],
      ],
    ],
    [
      'the same mistake',
      { ...both, sameMistake: true },
      [
        [3, 1],
        [4, 0.5],
        [0, 0.25],
      ],
    ],
    [
      'by the mistake of the least sure',
      { ...both, score: 'mistake' },
      [
        [4, 0.5],
        [0, 0.25],
        [1, 0.25],
        [3, 0],
      ],
    ],
    [
      'by both',
      { ...both, score: 'contrast' },
      [
        [1, 1.25],
        [3, 1],
        [4, 1],
        [0, 0.5],
      ],
    ],
    [
      'the first two',
      { ...both, limit: 2 },
      [
        [1, 1],
        [3, 1],
      ],
    ],
    ['the least of two right ones', { wrong: ['distilled'], right: ['teacher', 'ie'] }, [[2, 1]]],
    [
      'wrong ones only',
      { wrong: ['distilled'], right: [], score: 'mistake' },
      [
        [2, 1],
        [0, 0.625],
        [4, 0.5],
        [1, 0.25],
        [3, 0],
      ],
    ],
    ['a network that is asked to be both', { wrong: ['ie'], right: ['ie'] }, []],
  ];
  for (const [what, options, expected] of rows) test(what, () => assert.deepEqual(found(options), expected));

  test('each with its label and what every network says', () => {
    const [first] = contested(given, { ...both, limit: 1 });
    assert.deepEqual(first, { image: 1, label: 0, score: 1, predicted: { teacher: 1, distilled: 2, ie: 0 } } satisfies Contested);
  });
});

test('refuses unknown names and predictions of other images', () => {
  const other = { ...given, plain: saying([[1, 0, 0]], [0]) };
  const rows: readonly (readonly [() => unknown, string])[] = [
    [
      () => contested(given, { ...both, wrong: ['student'] }),
      'contested: wrong: expected one of teacher, distilled, ie, received "student"',
    ],
    [
      () => contested(given, { ...both, right: ['student'] }),
      'contested: right: expected one of teacher, distilled, ie, received "student"',
    ],
    [
      () => contested(given, { ...both, score: 'odds' as 'margin' }),
      'contested: score: expected one of margin, mistake, contrast, received "odds"',
    ],
    [() => contested(given, { ...both, limit: 0 }), `contested: limit: expected an integer from 1, received 0`],
    [
      () => contested(given, { ...both, top: 3 } as ContestedOptions),
      'contested: expected options among wrong, right, sameMistake, score, limit, received "top"',
    ],
    [
      () => contested(other, both),
      'contested: expected predictions of the same images, with the labels of teacher, received "plain"',
    ],
  ];
  for (const [run, message] of rows) assert.throws(run, { name: 'InputError', message });
});
