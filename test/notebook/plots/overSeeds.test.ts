/** Curves of several seeds: mean and band, place by place. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { overSeeds, type RunCurve } from 'iekd';

const X = [1, 2, 5];

describe('overSeeds', () => {
  it('gives the mean and one sample standard deviation to each side', () => {
    const runs = [
      { x: X, y: [1, 0, 7] },
      { x: X, y: [2, 0, 7] },
      { x: X, y: [3, 6, 7] },
    ];
    const { x, y, band } = overSeeds(runs);
    const sd = Math.sqrt(12); // of 0, 0, 6: (4 + 4 + 16) / 2
    assert.deepEqual([x, y], [X, [2, 2, 7]]);
    assert.deepEqual(band, { lower: [1, 2 - sd, 7], upper: [3, 2 + sd, 7] });
  });
  it('has no band for a single run, and hands out no list of the caller’s', () => {
    const curve = overSeeds([{ x: X, y: [4, 5, 6] }]);
    assert.deepEqual(curve, { x: X, y: [4, 5, 6] });
    assert.notEqual(curve.x, X);
  });

  const refused: readonly (readonly [readonly RunCurve[], string])[] = [
    [[], 'overSeeds: expected at least 1 run, received 0'],
    [[{ x: X, y: [1, 2] }], 'overSeeds: run 0: expected 3 values, as many as x has, received 2'],
    [
      [
        { x: X, y: X },
        { x: [1, 2], y: [1, 2] },
      ],
      'overSeeds: run 1: expected 3 points, as run 0 has, received 2',
    ],
    [
      [
        { x: X, y: X },
        { x: [1, 3, 5], y: X },
      ],
      'overSeeds: run 1: expected x = 2 at point 1, as run 0 has, received 3',
    ],
    [[{ x: X, y: [1, Number.NaN, 2] }], 'mean: value 0: expected a finite number, received NaN'],
  ];
  for (const [runs, message] of refused) {
    it(`refuses: ${message}`, () => assert.throws(() => overSeeds(runs), { name: 'InputError', message }));
  }
});
