/** One step: which terms are differentiated, what is measured, what stops a run, and that nothing leaks. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { Variables } from 'iekd/dist/engine/variables';
import type { LossTerm, MeasuredTerm, Objective } from 'iekd/dist/optim/objective';
import { sgd } from 'iekd/dist/optim/optimizers/sgd';
import { trainStep, weightedLoss } from 'iekd/dist/optim/step';

before(() => tf.setBackend('cpu'));

const plain = { momentum: 0, weightDecay: 0, nesterov: false };
const clock = { step: 11, epoch: 2.5, epochs: 4 };

interface World {
  readonly variables: Variables;
  readonly w: tf.Variable;
  step(terms: () => LossTerm[]): MeasuredTerm[];
}

/** One parameter w = 2, one statistic; SGD of rate 1, so that w moves by the gradient. */
function world(): World {
  const variables = new Variables();
  const w = variables.add('w', { shape: [], data: Float32Array.of(2) });
  variables.add('statistic', { shape: [], data: Float32Array.of(5) }, false);
  const optimizer = sgd(variables, plain);
  const batch = { images: tf.zeros([1, 1, 1, 1]) as tf.Tensor4D, targets: [] };
  return {
    variables,
    w,
    step: (terms) => {
      const objective: Objective = { variables, terms };
      return trainStep({ stage: 'student', objective, optimizer, batch, clock, learningRate: 1 });
    },
  };
}

const scalar = (x: number): tf.Scalar => tf.scalar(x);
const square = (x: tf.Tensor): tf.Scalar => tf.square(x) as tf.Scalar;
/** Its value is NaN and so is its gradient. */
const nan = (x: tf.Tensor): tf.Scalar => tf.sqrt(tf.sub(x, 100)) as tf.Scalar;

describe('trainStep', () => {
  // w² has gradient 4 at 2, w gradient 1.
  const rows: readonly (readonly [string, (w: tf.Variable) => LossTerm[], number, number])[] = [
    ['one term', (w) => [{ name: 'a', value: square(w), weight: 1 }], 2 - 4, 4],
    [
      'weights and signs',
      (w) => [
        { name: 'a', value: square(w), weight: 0.5 },
        { name: 'b', value: tf.mul(w, 1), weight: -3 },
      ],
      2 - (2 - 3),
      2 - 6,
    ],
    [
      'a term of weight 0 adds no gradient',
      (w) => [
        { name: 'a', value: square(w), weight: 1 },
        { name: 'b', value: square(w), weight: 0 },
      ],
      -2,
      4,
    ],
    [
      'not even where it is NaN',
      (w) => [
        { name: 'a', value: square(w), weight: 1 },
        { name: 'b', value: nan(w), weight: 0 },
      ],
      -2,
      4,
    ],
    [
      'a constant term moves nothing',
      (w) => [
        { name: 'a', value: square(w), weight: 1 },
        { name: 'b', value: scalar(7), weight: 1 },
      ],
      -2,
      11,
    ],
  ];
  for (const [name, terms, moved, loss] of rows) {
    test(name, () => {
      const { variables, w, step } = world();
      const count = tf.memory().numTensors;
      const measured = step(() => terms(w));
      assert.equal(tf.memory().numTensors, count, 'tensors');
      assert.deepEqual([...w.dataSync()], [moved]);
      assert.deepEqual([...variables.get('statistic').dataSync()], [5]);
      assert.equal(weightedLoss(measured), loss);
    });
  }

  test('measures every term before the step, reductions included', () => {
    const { w, step } = world();
    const measured = step(() => [
      { name: 'a', value: square(w), weight: 0.5, reduction: 'sum' },
      { name: 'off', value: nan(w), weight: 0 },
    ]);
    assert.deepEqual(measured, [
      { name: 'a', value: 4, weight: 0.5, weighted: 2, reduction: 'sum' },
      { name: 'off', value: Number.NaN, weight: 0, weighted: Number.NaN },
    ]);
  });

  test('the variables of others are not moved, whatever the loss reads', () => {
    const { w, step } = world();
    const other = tf.variable(tf.scalar(3));
    step(() => [{ name: 'a', value: tf.mul(square(w), other), weight: 1 }]);
    assert.deepEqual([...w.dataSync(), ...other.dataSync()], [2 - 12, 3]);
  });

  test('a loss that is not finite names term, step, epoch, stage and all terms, and leaves the parameters', () => {
    const { w, step } = world();
    const message =
      'training: expected a finite loss, received b NaN with weight 2 at step 12 in epoch 3 of stage "student" ' +
      '(terms: a 4 · 1, b NaN · 2, c 8 · -1); lower the learning rate or the weight of that term';
    const terms = (): LossTerm[] => [
      { name: 'a', value: square(w), weight: 1 },
      { name: 'b', value: nan(w), weight: 2 },
      { name: 'c', value: tf.mul(square(w), 2), weight: -1 },
    ];
    const count = tf.memory().numTensors;
    assert.throws(() => step(terms), { name: 'InputError', message });
    assert.equal(tf.memory().numTensors, count, 'tensors');
    assert.deepEqual([...w.dataSync()], [2]);
  });

  const refusals: readonly (readonly [string, (w: tf.Variable) => LossTerm[], string])[] = [
    [
      'an infinite weight',
      (w) => [{ name: 'a', value: square(w), weight: Infinity }],
      'training: expected a finite loss, received a 4 with weight Infinity at step 12 in epoch 3 of stage "student" (terms: a 4 · Infinity); lower the learning rate or the weight of that term',
    ],
    ['no terms', () => [], 'stage "student": expected at least one loss term, received none'],
    [
      'weights that are all 0',
      (w) => [{ name: 'a', value: square(w), weight: 0 }],
      'stage "student": expected a loss term with a weight other than 0, received a',
    ],
    [
      'a name used twice',
      (w) => [
        { name: 'a', value: square(w), weight: 1 },
        { name: 'a', value: square(w), weight: 1 },
      ],
      'stage "student": expected loss terms with distinct names, received "a"',
    ],
    [
      'a term that is no scalar',
      (w) => [{ name: 'a', value: tf.stack([w, w]) as tf.Scalar, weight: 1 }],
      'stage "student": a: expected a scalar, received [2]',
    ],
  ];
  for (const [name, terms, message] of refusals) {
    test(`refuses ${name}`, () => {
      const { w, step } = world();
      assert.throws(() => step(() => terms(w)), { name: 'InputError', message });
      assert.deepEqual([...w.dataSync()], [2]);
    });
  }
});
