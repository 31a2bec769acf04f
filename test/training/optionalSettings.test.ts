/**
 * Clipping, accumulation, averaged weights, early stopping and other optimisers in whole runs: what they compute, that a run goes on to
 * the same bits wherever it was stopped, and what is refused.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { Variables } from 'iekd/dist/engine/variables';
import { mutual } from 'iekd/dist/methods/mutual';
import { supervised } from 'iekd/dist/methods/supervised';
import type { Objective } from 'iekd/dist/optim/objective';
import { sgd } from 'iekd/dist/optim/optimizers/sgd';
import { measuredStep } from 'iekd/dist/optim/step';
import type { TrainingSettings } from 'iekd/dist/optim/trainingOptions';
import { weightAverage } from 'iekd/dist/optim/weightAverage';
import { describeRun } from 'iekd/dist/training/describe';
import type { EpochEvent, StepEvent, TrainingEvent } from 'iekd/dist/training/events';
import { random } from 'iekd/dist/util/rng';
import { stopSignal } from 'iekd/dist/util/stopSignal';
import { tinyData, tinyNetwork } from '../fixtures/tinyNetworks';
import { type RunSettings, tinyRun } from '../fixtures/trainingRuns';

const root = mkdtempSync(join(tmpdir(), 'iekd-settings-'));
let folders = 0;
const folder = (): string => join(root, String(folders++));
before(() => tf.setBackend('cpu'));
after(() => rmSync(root, { recursive: true }));

const base: TrainingSettings = { epochs: 3, batch: 8, learningRate: 0.05 };
const peers = (): RunSettings => ({
  method: mutual(supervised()),
  networks: () => [tinyNetwork('one', random(1)), tinyNetwork('two', random(2))],
});

describe('a run goes on to the same bits', () => {
  const rows: readonly (readonly [string, RunSettings])[] = [
    ['adamw, clipped', { training: { ...base, optimizer: { name: 'adamw' }, decay: 'weights', clip: 0.5 } }],
    ['two batches a step, averaged', { training: { ...base, accumulate: 2, ema: 0.99 } }],
    ['ended early', { training: { ...base, epochs: 8, learningRate: 0, stopEarly: { patience: 2 }, ema: 0.9 } }],
    ['peers', { ...peers(), training: { ...base, optimizer: { name: 'adam' }, clip: 0.5, accumulate: 2, ema: 0.99 } }],
  ];
  for (const [name, settings] of rows) {
    test(name, async () => {
      const steps: number[] = [];
      const noting = (event: TrainingEvent): void => {
        if (event.kind === 'step') steps.push(event.step);
      };
      const count = tf.memory().numTensors;
      const whole = await tinyRun(folder(), { ...settings, listeners: [noting] });
      assert.ok(whole.complete);
      assert.equal(tf.memory().numTensors, count, 'tensors');
      for (const at of steps.slice(0, -1).filter((step) => step % 2 === 1)) {
        const where = folder();
        const stop = stopSignal();
        const stopping = (event: TrainingEvent): void => {
          if (event.kind === 'step' && event.step === at) stop.request('asked to');
        };
        const first = await tinyRun(where, { ...settings, stop, listeners: [stopping] });
        assert.equal(first.complete, false, `complete at ${at}`);
        const { outcome, complete } = await tinyRun(where, { ...settings, resume: true });
        assert.ok(complete);
        assert.deepEqual(outcome, whole.outcome, `stopped after step ${at}`);
      }
    });
  }
});

describe('what they do', () => {
  test('a stage that is not the student’s has neither an average nor an early end', async () => {
    const training: TrainingSettings = { ...base, ema: 0.9, stopEarly: { patience: 3 }, clip: 2, optimizer: { name: 'adamw' } };
    const { result } = await tinyRun(folder(), { training });
    const [code, student] = result.facts.stages.map((stage) => stage.training);
    assert.deepEqual([code?.ema, code?.stopEarly, code?.clip], [undefined, undefined, 2]);
    assert.deepEqual([student?.ema, student?.stopEarly], [0.9, { patience: 3 }]);
    const said = describeRun(result.facts).find((line) => line.startsWith('Stage "student"'));
    assert.equal(
      said,
      'Stage "student": 308 parameters, 3 epochs of 3 steps, AdamW 0.05, betas 0.9 and 0.999, decoupled weight decay 0.01, batches of 8, ' +
        'images varied, gradients clipped at norm 2, weights averaged with decay 0.9, ended when 3 epochs do not improve the validation part.',
    );
  });

  test('two batches a step: half the steps, the mean over all images', async () => {
    const events: StepEvent[] = [];
    const listeners = [(event: TrainingEvent) => void (event.kind === 'step' && event.stage === 'student' && events.push(event))];
    await tinyRun(folder(), { training: { ...base, epochs: 1, accumulate: 2 }, listeners });
    assert.deepEqual(
      events.map(({ images, total }) => [images, total]),
      [
        [16, 2],
        [6, 2],
      ],
    );
  });

  test('an epoch that ends a stage says so; last and best are kept', async () => {
    const training = { ...base, epochs: 8, learningRate: 0, stopEarly: { patience: 2, metric: 'loss', minDelta: 10 } };
    const { result, complete } = await tinyRun(folder(), { training });
    const epochs = result.history.filter(({ stage }) => stage === 'student');
    assert.ok(complete);
    assert.deepEqual(
      epochs.map(({ epoch, endedEarly = false }) => [epoch, endedEarly]),
      [
        [1, false],
        [2, false],
        [3, true],
      ],
    );
    assert.equal(result.last?.epoch, 3);
    assert.ok(result.best);
  });

  test('the gradient norm is in the events of steps, averaged weights in those of epochs', async () => {
    const seen: TrainingEvent[] = [];
    const training = { ...base, epochs: 2, clip: 0.1, ema: 0.9 };
    const { result } = await tinyRun(folder(), { training, listeners: [(event) => seen.push(event)] });
    const steps = seen.filter((event): event is StepEvent => event.kind === 'step');
    assert.ok(steps.every(({ gradientNorm = 0 }) => gradientNorm > 0));
    const epochs = seen.filter((event): event is EpochEvent => event.kind === 'epoch' && event.stage === 'student');
    assert.deepEqual(
      epochs.map(({ ema }) => ema?.evaluations.map(({ split }) => split)),
      [
        ['validation', 'test'],
        ['validation', 'test'],
      ],
    );
    assert.deepEqual(Object.keys(result.ema ?? {}), ['weight', 'bias', 'scale', 'running_mean']);
  });

  const refusals: readonly (readonly [RunSettings, string])[] = [
    [
      { training: { ...base, stopEarly: { patience: 1 } }, data: tinyData({ validation: 0 }) },
      'train: training.stopEarly: expected a validation part of tiny, received none; keep some of the training images for it (validation: 5000, --validation 5000): the test part must not decide when training ends',
    ],
    [
      { training: { ...base, stopEarly: { patience: 1, metric: 'top5' } } },
      'train: training.stopEarly: metric: expected top1 or loss, received "top5"',
    ],
    [
      { training: base, stages: { code: { ema: 0.9 } } },
      'train: stages: code: ema: expected none but in the stage "student", received 0.9',
    ],
    [{ training: { ...base, ema: 1 } }, 'train: stage "student": ema: expected a number between 0 and 1, received 1'],
    [{ training: { ...base, clip: 0 } }, 'train: stage "code": clip: expected a number above 0, received 0'],
    [{ training: { ...base, accumulate: 1.5 } }, 'train: stage "code": accumulate: expected an integer from 1, received 1.5'],
  ];
  for (const [settings, message] of refusals) {
    test(message, () => assert.rejects(tinyRun(folder(), settings), { name: 'InputError', message }));
  }
});

describe('steps of several batches', () => {
  /** Loss mean of (w · x)² over a batch; its gradient is 2 · w · mean(x²). */
  test('weigh each batch by its images, and leave out nothing that one of them reaches', () => {
    const variables = new Variables();
    const w = variables.add('w', { shape: [], data: Float32Array.of(2) });
    const objective: Objective = {
      variables,
      terms: ({ images }) => [{ name: 'a', value: tf.mean(tf.square(tf.mul(w, images))) as tf.Scalar, weight: 1 }],
    };
    const batch = [[1, 2, 3], [5]].map((values) => ({ images: tf.tensor4d(values, [values.length, 1, 1, 1]), targets: [] }));
    const optimizer = sgd(variables, { momentum: 0, weightDecay: 0, nesterov: false });
    const clock = { step: 0, epoch: 0, epochs: 1 };
    const count = tf.memory().numTensors;
    const { terms } = measuredStep({ stage: 'x', objective, optimizer, batch, clock, learningRate: 0.01 });
    assert.equal(tf.memory().numTensors, count);
    const mean = (1 + 4 + 9 + 25) / 4;
    assert.ok(Math.abs((terms[0]?.value ?? 0) - 4 * mean) < 1e-4);
    assert.ok(Math.abs((w.dataSync()[0] ?? 0) - (2 - 0.01 * 4 * mean)) < 1e-6);
  });
});

describe('weightAverage', () => {
  test('copies the first weights, then moves as its formula says; networks have their own back to the bit', async () => {
    const variables = new Variables();
    const w = variables.add('w', { shape: [2], data: Float32Array.of(1, -1) });
    const average = weightAverage([{ role: 'student', variables }], 0.3);
    let want = 0;
    for (let step = 0; step < 8; step++) {
      w.assign(tf.tensor1d([step * 1.1, 0.7]));
      average.update(step);
      const decay = step === 0 ? 0 : Math.min(0.3, step / (9 + step));
      want = decay * want + (1 - decay) * step * 1.1;
      assert.ok(Math.abs((average.of(0)['w']?.data[0] ?? 0) - want) < 1e-6 * (1 + want), `step ${step}`);
    }
    const own = [...w.dataSync()];
    await average.during(async () => assert.deepEqual([...w.dataSync()], [...(average.of(0)['w']?.data ?? [])]));
    assert.deepEqual([...w.dataSync()], own);
    await assert.rejects(
      average.during(() => Promise.reject(new Error('broken off'))),
      { message: 'broken off' },
    );
    assert.deepEqual([...w.dataSync()], own);
  });
});
