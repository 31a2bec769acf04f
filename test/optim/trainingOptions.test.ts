/** Settings of a stage: defaults, overlays, refusals. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { trainingOptions } from 'iekd/dist/optim/trainingOptions';

const defaults = { batch: 128, learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 5e-4, augment: true };

describe('trainingOptions', () => {
  test('defaults', () => assert.deepEqual(trainingOptions('x', { epochs: 3 }), { epochs: 3, ...defaults }));

  test('later layers win, undefined does not', () => {
    const unset = { momentum: undefined, batch: 16 } as unknown as { batch: number };
    const merged = trainingOptions('x', { epochs: 3, momentum: 0.5, batch: 8 }, unset, { epochs: 1 });
    assert.deepEqual(merged, { ...defaults, epochs: 1, momentum: 0.5, batch: 16 });
  });

  const schedule = { kind: 'step', base: 1, every: 0, factor: 0.1 };
  const refusals: readonly (readonly [object, string])[] = [
    [{}, 'x: epochs: expected an integer in [1, 9007199254740991], received undefined'],
    [{ epochs: 0 }, 'x: epochs: expected an integer in [1, 9007199254740991], received 0'],
    [{ epochs: 1, batch: 1.5 }, 'x: batch: expected an integer in [1, 9007199254740991], received 1.5'],
    [{ epochs: 1, learningRate: -1 }, 'x: learningRate: expected a number in [0, Infinity], received -1'],
    [{ epochs: 1, learningRate: schedule }, 'x: learningRate: every: expected an integer in [1, 9007199254740991], received 0'],
    [{ epochs: 1, momentum: 2 }, 'x: momentum: expected a number in [0, 1], received 2'],
    [{ epochs: 1, weightDecay: Number.NaN }, 'x: weightDecay: expected a number in [0, Infinity], received NaN'],
    [{ epochs: 1, nesterov: 1 }, 'x: nesterov: expected true or false, received 1'],
    [{ epochs: 1, augment: 'yes' }, 'x: augment: expected true or false, received "yes"'],
    [
      { epochs: 1, lr: 1 },
      'x: expected options among epochs, batch, learningRate, momentum, nesterov, weightDecay, augment, received "lr"',
    ],
  ];
  for (const [layer, message] of refusals) {
    test(message, () => assert.throws(() => trainingOptions('x', layer), { name: 'InputError', message }));
  }
});
