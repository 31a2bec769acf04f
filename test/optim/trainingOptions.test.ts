/** Settings of a stage: defaults, overlays, the optimiser and the form in which it is written down, refusals. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { OPTIMIZERS } from 'iekd/dist/optim/optimizers/index';
import { SGD } from 'iekd/dist/optim/optimizers/sgd';
import { type StageTraining, trainingOptions, trainingRecord } from 'iekd/dist/optim/trainingOptions';

const sgd = { momentum: 0.9, nesterov: true, weightDecay: 5e-4 };
const defaults = { batch: 128, learningRate: 0.1, augment: true, optimizer: { name: 'sgd', ...sgd } };

/** The table with one more optimiser, as issue 20 will have. */
function withSecond<T>(work: () => T): T {
  const table = OPTIMIZERS as Record<string, unknown>;
  table.second = { ...SGD, defaults: { ...SGD.defaults, momentum: 0.5 } };
  try {
    return work();
  } finally {
    delete table.second;
  }
}

describe('trainingOptions', () => {
  test('defaults', () => assert.deepEqual(trainingOptions('x', { epochs: 3 }), { epochs: 3, ...defaults }));

  test('later layers win, undefined does not', () => {
    const unset = { momentum: undefined, batch: 16 } as unknown as { batch: number };
    const merged = trainingOptions('x', { epochs: 3, momentum: 0.5, batch: 8 }, unset, { epochs: 1 });
    assert.deepEqual(merged, { ...defaults, epochs: 1, batch: 16, optimizer: { name: 'sgd', ...sgd, momentum: 0.5 } });
  });

  const layers: readonly (readonly [string, readonly StageTraining[], object])[] = [
    ['by name', [{ optimizer: { name: 'sgd', momentum: 0.5 } }], { name: 'sgd', ...sgd, momentum: 0.5 }],
    [
      'by name, over what stands beside it in an earlier layer',
      [{ nesterov: false }, { optimizer: { name: 'sgd', momentum: 0.5 } }],
      { name: 'sgd', ...sgd, momentum: 0.5, nesterov: false },
    ],
    [
      'another one starts with its own defaults',
      [{ momentum: 0.1, nesterov: false }, { optimizer: { name: 'second' } }],
      { name: 'second', ...sgd, momentum: 0.5 },
    ],
    [
      'back to SGD',
      [{ optimizer: { name: 'second' } }, { optimizer: { name: 'sgd' }, momentum: 0.2 }],
      { name: 'sgd', ...sgd, momentum: 0.2 },
    ],
  ];
  for (const [name, given, expected] of layers) {
    test(`optimizer ${name}`, () =>
      withSecond(() => assert.deepEqual(trainingOptions('x', { epochs: 1 }, ...given).optimizer, expected)));
  }

  test('written down, SGD is what it was before optimisers had names, and reads back the same', () => {
    const options = trainingOptions('x', { epochs: 3, optimizer: { name: 'sgd', momentum: 0.5 } });
    const record = trainingRecord(options);
    const keys = ['epochs', 'batch', 'learningRate', 'momentum', 'nesterov', 'weightDecay', 'augment'];
    assert.deepEqual(Object.keys(record), keys);
    assert.deepEqual(record, { epochs: 3, batch: 128, learningRate: 0.1, ...sgd, momentum: 0.5, augment: true });
    assert.deepEqual(trainingOptions('x', record), options);
  });

  test('written down, another one stands under its name, and reads back the same', () =>
    withSecond(() => {
      const options = trainingOptions('x', { epochs: 3, optimizer: { name: 'second' } });
      const own = { epochs: 3, batch: 128, learningRate: 0.1, augment: true };
      assert.deepEqual(trainingRecord(options), { ...own, optimizer: { name: 'second', ...sgd, momentum: 0.5 } });
      assert.deepEqual(trainingOptions('x', trainingRecord(options)), options);
    }));

  test('an optimiser brings its usual learning rate, where none is given', () => {
    const rate = (...layers: readonly StageTraining[]): unknown => trainingOptions('x', { epochs: 1 }, ...layers).learningRate;
    assert.equal(rate({ optimizer: { name: 'adamw' } }), 1e-3);
    assert.equal(rate({ optimizer: { name: 'adamw' } }, { learningRate: 0.01 }), 0.01);
    assert.equal(rate({ optimizer: { name: 'adam' } }, { optimizer: { name: 'sgd' } }), 0.1);
  });

  test('settings that are not used are not written down', () => {
    const keys = (layer: StageTraining): string[] =>
      Object.keys(trainingRecord(trainingOptions('x', { epochs: 1 }, layer))).slice(7);
    assert.deepEqual(keys({}), []);
    assert.deepEqual(keys({ decay: 'all' }), []);
    assert.deepEqual(keys({ decay: 'weights' }), ['decay']);
  });

  const schedule = { kind: 'step', base: 1, every: 0, factor: 0.1 };
  const refusals: readonly (readonly [object, string])[] = [
    [{}, 'x: epochs: expected an integer from 1, received undefined'],
    [{ epochs: 0 }, 'x: epochs: expected an integer from 1, received 0'],
    [{ epochs: 1, batch: 1.5 }, 'x: batch: expected an integer from 1, received 1.5'],
    [{ epochs: 1, learningRate: -1 }, 'x: learningRate: expected a number from 0, received -1'],
    [{ epochs: 1, learningRate: schedule }, 'x: learningRate: every: expected an integer from 1, received 0'],
    [{ epochs: 1, momentum: 2 }, 'x: momentum: expected a number in [0, 1], received 2'],
    [{ epochs: 1, weightDecay: Number.NaN }, 'x: weightDecay: expected a number from 0, received NaN'],
    [{ epochs: 1, nesterov: 1 }, 'x: nesterov: expected true or false, received 1'],
    [{ epochs: 1, augment: 'yes' }, 'x: augment: expected true or false, received "yes"'],
    [
      { epochs: 1, lr: 1 },
      'x: expected options among epochs, batch, learningRate, momentum, nesterov, weightDecay, augment, optimizer, decay, clip, accumulate, ema, stopEarly, received "lr"',
    ],
    [{ epochs: 1, optimizer: { name: 'adma' } }, 'x: optimizer: name: expected one of sgd, adam, adamw, received "adma"'],
    [{ epochs: 1, optimizer: { name: 'adam', beta2: 1 } }, 'x: optimizer: beta2: expected a number below 1, received 1'],
    [
      { epochs: 1, optimizer: { name: 'adamw' }, weightDecay: 0.1 },
      'x: expected the options of adamw in optimizer, received weightDecay beside it',
    ],
    [{ epochs: 1, decay: 'none' }, 'x: decay: expected one of all, weights, received "none"'],
    [{ epochs: 1, optimizer: 'sgd' }, 'x: optimizer: expected an object with a name, received "sgd"'],
    [
      { epochs: 1, optimizer: { name: 'sgd', beta: 1 } },
      'x: optimizer: expected options among momentum, nesterov, weightDecay, received "beta"',
    ],
    [{ epochs: 1, optimizer: { name: 'sgd', momentum: 2 } }, 'x: optimizer: momentum: expected a number in [0, 1], received 2'],
  ];
  for (const [layer, message] of refusals) {
    test(message, () => assert.throws(() => trainingOptions('x', layer), { name: 'InputError', message }));
  }

  test('SGD’s options beside another optimiser are refused', () => {
    const message = 'x: expected the options of second in optimizer, received momentum beside it';
    const layer = { epochs: 1, optimizer: { name: 'second' }, momentum: 0.5 };
    withSecond(() => assert.throws(() => trainingOptions('x', layer), { name: 'InputError', message }));
  });
});
