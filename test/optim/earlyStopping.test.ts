/** When a stage ends early: a table over scores of epochs, and what is refused. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkEarlyStopping, type EarlyStopping, endsEarly } from 'iekd/dist/optim/earlyStopping';

describe('endsEarly', () => {
  const rows: readonly (readonly [readonly number[], EarlyStopping, boolean])[] = [
    [[], { patience: 1 }, false],
    [[0.5], { patience: 1 }, false],
    [[0.5, 0.5], { patience: 1 }, true],
    [[0.5, 0.6, 0.7], { patience: 1 }, false],
    [[0.5, 0.4, 0.45], { patience: 2 }, true],
    [[0.5, 0.4, 0.6], { patience: 2 }, false],
    [[0.5, 0.505, 0.509], { patience: 2, minDelta: 0.01 }, true],
    [[0.5, 0.505, 0.511], { patience: 2, minDelta: 0.01 }, false],
    [[-2, -1, -1.5], { patience: 1 }, true],
    [[Number.NaN, 0.1], { patience: 2 }, false],
    [[Number.NaN, Number.NaN], { patience: 2 }, true],
    [[0.5, Number.NaN], { patience: 1 }, true],
  ];
  for (const [scores, options, expected] of rows) {
    test(`${JSON.stringify(options)} after ${scores.join(', ') || 'none'}`, () =>
      assert.equal(endsEarly(scores, options), expected));
  }

  const refusals: readonly (readonly [unknown, string])[] = [
    [{}, 'x: patience: expected an integer from 1, received undefined'],
    [{ patience: 0 }, 'x: patience: expected an integer from 1, received 0'],
    [{ patience: 1, minDelta: -1 }, 'x: minDelta: expected a number from 0, received -1'],
    [{ patience: 1, after: 2 }, 'x: expected options among patience, minDelta, metric, received "after"'],
  ];
  for (const [value, message] of refusals) {
    test(message, () => assert.throws(() => checkEarlyStopping('x', value), { name: 'InputError', message }));
  }
});
