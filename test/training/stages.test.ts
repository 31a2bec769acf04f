/** The student's objective, work off the tape, and how a run describes itself. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { detached, stopGradient } from 'iekd/dist/engine/detached';
import { tf } from 'iekd/dist/engine/tf';
import type { Network } from 'iekd/dist/models/types';
import { describeRun, describeTerms } from 'iekd/dist/training/describe';
import type { TrainingEvent } from 'iekd/dist/training/events';
import { studentObjective } from 'iekd/dist/training/studentObjective';
import { train } from 'iekd/dist/training/train';
import { random } from 'iekd/dist/util/rng';
import { tinyData, tinyMatch, tinyNetwork } from '../fixtures/tinyNetworks';

before(() => tf.setBackend('cpu'));

describe('detached', () => {
  test('no gradient flows through it, others are as they were', () => {
    const gradient = tf.grad((x) =>
      tf
        .mul(
          x,
          detached(() => tf.square(x)),
        )
        .sum(),
    );
    assert.deepEqual([...gradient(tf.tensor1d([2, 3])).dataSync()], [4, 9], 'd(x · [x²])/dx = [x²]');
    const whole = tf.grad((x) => tf.mul(x, tf.square(x)).sum());
    assert.deepEqual([...whole(tf.tensor1d([2, 3])).dataSync()], [12, 27]);
  });

  test('stopGradient: the same values, through which nothing flows back', () => {
    const gradient = tf.grad((x) => tf.mul(x, stopGradient(tf.square(x))).sum());
    assert.deepEqual([...gradient(tf.tensor2d([[2], [3]])).dataSync()], [4, 9]);
    assert.deepEqual(stopGradient(tf.scalar(2)).arraySync(), 2);
  });

  test('keeps nothing for a backward pass: inner tensors go at once', () => {
    let [inside, detachedInside] = [0, 0];
    const body = (x: tf.Tensor) => tf.tidy(() => tf.square(tf.square(tf.square(x))));
    tf.tidy(() =>
      tf.grad((x) => {
        const start = tf.memory().numTensors;
        detached(() => body(x)).dispose();
        detachedInside = tf.memory().numTensors - start;
        const y = body(x);
        inside = tf.memory().numTensors - start;
        return y.sum();
      })(tf.tensor1d([1, 2])),
    );
    assert.equal(detachedInside, 0);
    assert.ok(inside > 1, `${inside} tensors are kept on the tape`);
  });

  test('an error inside leaves the tape on', () => {
    assert.throws(() => detached(() => assert.fail('inside')), { message: 'inside' });
    assert.deepEqual(
      [
        ...tf
          .grad((x) => tf.square(x).sum())(tf.tensor1d([3]))
          .dataSync(),
      ],
      [6],
    );
  });
});

describe('studentObjective', () => {
  test('trains network and method, evaluates the network, and asks teachers for features only', () => {
    const [student, teacher] = [tinyNetwork('small', random(1)), tinyNetwork('large', random(2))];
    const distillation = tinyMatch().build({ student, teachers: [teacher], random: random(0) });
    const calls: unknown[] = [];
    const forward: Network['forward'] = (x, options) => {
      calls.push(options);
      return teacher.forward(x, options);
    };
    const spied = { ...teacher, forward };
    const objective = studentObjective([student], [spied], distillation);
    assert.deepEqual(objective.measured, [student]);
    const names = objective.variables.entries().map((v) => `${v.name}${v.trainable ? '' : ' (statistic)'}`);
    const own = ['network/weight', 'network/bias', 'network/scale', 'network/running_mean (statistic)'];
    assert.deepEqual(names, [...own, 'method/connector']);
    const batch = { images: tf.ones([2, 4, 4, 1]) as tf.Tensor4D, targets: [tf.tensor1d([0, 1], 'int32')] };
    const terms = tf.tidy(() => objective.terms(batch, { step: 0, epoch: 0, epochs: 1 }).map((t) => t.name));
    assert.deepEqual(terms, ['task', 'match']);
    assert.deepEqual(calls, [{ training: false, features: ['map'], random: undefined }]);
  });
});

test('a rate that is given to a stage ends with its epochs, wherever the two are said', async () => {
  const learningRate = { kind: 'multiStep', base: 0.1, at: [2], factor: 0.1 } as const;
  const run = train({
    student: tinyNetwork('small', random(1)),
    teachers: [tinyNetwork('large', random(2))],
    method: tinyMatch(),
    data: tinyData(),
    training: { epochs: 3, batch: 8, learningRate },
    stages: { code: { learningRate } },
  });
  const message = /^train: stage "code": learningRate: at: expected milestones before the end of \d epochs?, received \[2\]$/;
  await assert.rejects(run, { name: 'InputError', message });
});

describe('a run describes itself', () => {
  test('in sentences', async () => {
    const learningRate = { kind: 'cosine', base: 0.1 } as const;
    const terms: string[] = [];
    const listener = (event: TrainingEvent): void => {
      if (event.kind === 'terms') terms.push(...describeTerms(event.terms));
    };
    const { facts } = await train({
      student: tinyNetwork('small', random(1)),
      teachers: [tinyNetwork('large', random(2))],
      method: tinyMatch(),
      data: tinyData({ train: 1200 }),
      training: { epochs: 1, batch: 1200, learningRate },
      stages: { code: { epochs: 1, nesterov: false, augment: false } },
      listeners: [listener],
    });
    assert.deepEqual(describeRun({ ...facts, expected: { bound: 0.044194, unrelated: 0.019297 } }), [
      'Student small (52 parameters) is trained by tiny-match (weight 0.5).',
      'Teacher large (52 parameters) is frozen, in evaluation mode.',
      'Compared: map (teacher) with map (student).',
      'Data: tiny, 1,200 training, 9 validation, 12 test images.',
      'Stage "code": 256 parameters, 1 epoch of 1 step, SGD 0.05, momentum 0.9, weight decay 0.0005, batches of 1200.',
      'Stage "student": 308 parameters, 1 epoch of 1 step, SGD (0.1, falling to 0 as a cosine), Nesterov momentum 0.9, weight decay 0.0005, batches of 1200, images varied.',
      'Seed 0.',
      'The distance is 0.0193 for unrelated factors and at most 0.0442.',
    ]);
    const method = { name: 'ie-ft', options: { ratio: 0.5, features: ['stage1', 'stage2'], fit: { epochs: 2, learningRate } } };
    assert.equal(
      describeRun({ ...facts, method })[0],
      'Student small (52 parameters) is trained by ie-ft (ratio 0.5, features [stage1, stage2], fit (epochs 2, learningRate (0.1, falling to 0 as a cosine))).',
    );
    assert.equal(terms.length, 3);
    assert.match(terms[2] ?? '', /^match: 0\.\d+ · weight 0\.5 = 0\.\d+, \d+ % of the loss$/);
    assert.deepEqual(
      describeTerms([{ name: 'task', value: 2.3456, weight: 1, weighted: 2.3456, reduction: 'mean over batch' }]),
      ['task: 2.35 · weight 1 = 2.35 (mean over batch)'],
    );
  });
});
