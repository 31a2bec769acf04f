/** Loss and accuracy against values worked out by hand; ties, few classes, bad input. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { scoreLogits } from 'iekd/dist/tasks/classification/accuracy';

type Row = readonly [string, readonly (readonly number[])[], readonly number[], number, number, number];

const ln = Math.log;
const rows: readonly Row[] = [
  [
    'right and wrong',
    [
      [0, ln(3)],
      [ln(3), 0],
    ],
    [1, 1],
    ln(4 / 3) + ln(4),
    1,
    2,
  ],
  ['large logits do not overflow', [[1000, 0]], [0], 0, 1, 1],
  ['nor small ones', [[-1000, -1000]], [0], ln(2), 1, 1],
  [
    'of equal logits the first class wins',
    [
      [1, 1, 1],
      [1, 1, 1],
    ],
    [0, 2],
    2 * ln(3),
    1,
    2,
  ],
  [
    'seven classes: sixth place is no top-5 hit',
    [[7, 6, 5, 4, 3, 2, 1]],
    [5],
    ln([5, 4, 3, 2, 1, 0, -1].reduce((s, x) => s + Math.exp(x), 0)),
    0,
    0,
  ],
  [
    'seven classes: fifth place is one',
    [[7, 6, 5, 4, 3, 2, 1]],
    [4],
    ln([4, 3, 2, 1, 0, -1, -2].reduce((s, x) => s + Math.exp(x), 0)),
    0,
    1,
  ],
  [
    'a tie around the fifth place goes to the lower number',
    [
      [1, 1, 1, 1, 1, 1],
      [1, 1, 1, 1, 1, 1],
    ],
    [4, 5],
    2 * ln(6),
    0,
    1,
  ],
];

describe('scoreLogits', () => {
  for (const [name, logits, labels, loss, top1, top5] of rows) {
    test(name, () => {
      const classes = logits[0]?.length ?? 0;
      const score = scoreLogits(Float32Array.from(logits.flat()), Int32Array.from(labels), classes, 'here');
      assert.deepEqual([score.top1, score.top5], [top1, top5]);
      assert.ok(Math.abs(score.loss - loss) < 1e-6, `${score.loss} for ${loss}`);
    });
  }

  const refusals: readonly (readonly [readonly number[], number, string])[] = [
    [[0, Number.NaN], 0, 'here, image 7: expected finite logits, received NaN for class 1'],
    [[Infinity, 0], 1, 'here, image 7: expected finite logits, received Infinity for class 0'],
    [[0, -Infinity], 1, 'here, image 7: expected finite logits, received -Infinity for class 1'],
    [[0, 1], 2, 'here, image 7: expected a label in [0, 2), received 2'],
    [[0, 1], -1, 'here, image 7: expected a label in [0, 2), received -1'],
  ];
  for (const [logits, label, message] of refusals) {
    test(message, () => {
      const call = () => scoreLogits(Float32Array.from(logits), Int32Array.of(label), 2, 'here', 7);
      assert.throws(call, { name: 'InputError', message });
    });
  }
});
