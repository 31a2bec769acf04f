/** `train` as its caller sees it: who moves and who does not, what is told and returned, what is refused. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { ImageSet } from 'iekd/dist/data/types';
import { tf } from 'iekd/dist/engine/tf';
import { variablesHash } from 'iekd/dist/training/checkpoint/runDescription';
import type { EpochEvent, StepEvent, TrainingEvent } from 'iekd/dist/training/events';
import { train } from 'iekd/dist/training/train';
import type { TrainOptions } from 'iekd/dist/training/trainOptions';
import { random } from 'iekd/dist/util/rng';
import { interruptSignal } from 'iekd/dist/util/stopSignal';
import { tinyData, tinyMatch, tinyNetwork, tinyTask } from '../fixtures/tinyNetworks';

before(() => tf.setBackend('cpu'));

const training = { epochs: 2, batch: 8, learningRate: 0.05 };
const small = (seed = 1) => tinyNetwork('small', random(seed));
const supervised = (extra: Partial<TrainOptions> = {}): TrainOptions => ({
  student: small(),
  method: tinyTask(),
  data: tinyData(),
  training,
  ...extra,
});

describe('train', () => {
  test('moves the student, its statistics and the method, and nothing else', async () => {
    const [student, teacher] = [small(), tinyNetwork('large', random(2))];
    const [studentBefore, teacherBefore] = [student.variables.snapshot(), variablesHash(teacher.variables)];
    const result = await train({ student, teachers: [teacher], method: tinyMatch(), data: tinyData(), training });
    assert.equal(variablesHash(teacher.variables), teacherBefore);
    for (const [name, { data }] of Object.entries(student.variables.snapshot())) {
      assert.notDeepEqual(data, studentBefore[name]?.data, name);
    }
    assert.deepEqual(result.facts.student, { name: 'small', spec: student.spec, parameters: 52 });
    assert.equal(result.facts.teachers[0]?.sha256, teacherBefore);
  });

  test('leaks no tensor: the distillation is the caller’s to dispose of', async () => {
    const options = { ...supervised({ method: tinyMatch() }), teachers: [tinyNetwork('large', random(2))] };
    const before = tf.memory().numTensors;
    const result = await train(options);
    assert.equal(tf.memory().numTensors - before, 2, 'the method’s two variables');
    result.dispose();
    assert.equal(tf.memory().numTensors, before);
  });

  test('events of a run, in order', async () => {
    const events: TrainingEvent[] = [];
    await train({ ...supervised({ method: tinyMatch() }), teachers: [small(2)], listeners: [(e) => events.push(e)] });
    const step = ['step', 'step', 'step'];
    const fresh = ['stage', 'terms', ...step, 'epoch', ...step, 'epoch'];
    assert.deepEqual(
      events.map((e) => e.kind),
      ['start', ...fresh, ...fresh, 'done'],
    );
    const steps = events.filter((e): e is StepEvent => e.kind === 'step');
    assert.deepEqual(
      steps.map((e) => [e.stage, e.step, e.done, e.total, e.epoch]),
      [
        ['code', 1, 1, 6, 1 / 3],
        ['code', 2, 2, 6, 2 / 3],
        ['code', 3, 3, 6, 1],
        ['code', 4, 4, 6, 4 / 3],
        ['code', 5, 5, 6, 5 / 3],
        ['code', 6, 6, 6, 2],
        ['student', 7, 1, 6, 1 / 3],
        ['student', 8, 2, 6, 2 / 3],
        ['student', 9, 3, 6, 1],
        ['student', 10, 4, 6, 4 / 3],
        ['student', 11, 5, 6, 5 / 3],
        ['student', 12, 6, 6, 2],
      ],
    );
    assert.ok(steps.every((e) => e.etaSeconds >= 0 && e.imagesPerSecond > 0));
    assert.equal(steps.at(-1)?.etaSeconds, 0);
    const stages = events.filter((e) => e.kind === 'stage');
    assert.deepEqual(stages, [
      { kind: 'stage', stage: 'code', index: 0, stages: 2, epochs: 2, stepsPerEpoch: 3, parameters: 256, step: 0 },
      { kind: 'stage', stage: 'student', index: 1, stages: 2, epochs: 2, stepsPerEpoch: 3, parameters: 308, step: 6 },
    ]);
  });

  test('the mean of an epoch is that of its steps, by images', async () => {
    const events: TrainingEvent[] = [];
    await train({ ...supervised(), listeners: [(e) => events.push(e)] });
    const losses = events.flatMap((e) => (e.kind === 'step' ? [e.loss] : [])).slice(0, 3);
    const [a = 0, b = 0, c = 0] = losses;
    const epoch = events.find((e): e is EpochEvent => e.kind === 'epoch');
    assert.equal(epoch?.loss, (8 * a + 8 * b + 6 * c) / 22, '22 images in batches of 8');
    assert.equal(epoch?.terms.task?.value, epoch?.loss);
  });

  test('settings of stages: the run’s, then the method’s, then those by name', async () => {
    const stages = { code: { epochs: 1, momentum: 0.5 }, student: { weightDecay: 0 } };
    const options = { ...supervised({ method: tinyMatch() }), teachers: [small(2)], stages };
    const { facts } = await train(options);
    const common = { batch: 8, momentum: 0.9, nesterov: true, weightDecay: 5e-4, augment: true, learningRate: 0.05 };
    assert.deepEqual(
      facts.stages.map((s) => s.training),
      [
        { ...common, epochs: 1, momentum: 0.5 },
        { ...common, epochs: 2, weightDecay: 0 },
      ],
    );
  });

  test('learns: the mean loss falls by half in thirty epochs', async () => {
    const { history } = await train(supervised({ training: { ...training, epochs: 30, augment: false } }));
    const [first, last] = [history[0]?.loss ?? 0, history.at(-1)?.loss ?? 1];
    assert.ok(last < first / 2, `${first} to ${last}`);
  });

  const parts = [
    ['validation', tinyData(), ['validation', 'test']],
    ['test', tinyData({ validation: 0 }), ['test']],
  ] as const;
  for (const [selectedOn, data, splits] of parts) {
    test(`best on ${selectedOn}, first of equals, with its weights`, async () => {
      const student = small();
      const { best, last, history } = await train(supervised({ student, data, training: { ...training, epochs: 6 } }));
      assert.ok(best && last);
      const scores = history.map((e) => e.evaluations.find((v) => v.split === selectedOn)?.metrics.top1 ?? Number.NaN);
      assert.equal(best.epoch, 1 + scores.indexOf(Math.max(...scores)));
      assert.equal(best.selectedOn, selectedOn);
      assert.deepEqual(
        best.evaluations.map((e) => e.split),
        splits,
      );
      assert.deepEqual(last, history.at(-1));
      const lastWeights = student.variables.snapshot();
      assert.equal(
        best.epoch === 6,
        lastWeights.weight?.data.every((x, i) => x === best.weights.weight?.data[i]),
      );
    });
  }

  test('without validation and test parts there is no best', async () => {
    const { best, last } = await train(supervised({ data: tinyData({ validation: 0, test: 0 }) }));
    assert.equal(best, undefined);
    assert.deepEqual(last?.evaluations, []);
  });

  test('stops when the process was interrupted, without a checkpoint where no folder is given', async () => {
    const events: TrainingEvent[] = [];
    interruptSignal().request('interrupted');
    const { complete, stopped, best } = await train(supervised({ listeners: [(e) => events.push(e)] }));
    interruptSignal().reset();
    assert.deepEqual([complete, stopped, best], [false, 'interrupted', undefined]);
    assert.deepEqual(events.at(-1), { kind: 'stopped', stage: 'student', step: 1, reason: 'interrupted' });
  });

  test('an engine that counts fallbacks has them told, epoch by epoch', async () => {
    const totals = [5, 7, 12, 3];
    const engine = { fallbacks: () => [{ kernel: 'Cos', calls: 1, ms: totals.shift() ?? 0 }] };
    const { history } = await train(supervised({ engine, training: { ...training, epochs: 3 } }));
    assert.deepEqual(
      history.map((e) => e.fallbackMs),
      [2, 5, 3],
      'the counter was reset before the last',
    );
  });

  test('lets timers run while it trains', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await train(supervised({ training: { ...training, epochs: 20 } })).finally(() => clearInterval(timer));
    assert.ok(turns >= 5, `${turns} turns`);
  });
});

describe('train refuses', () => {
  const folder = mkdtempSync(join(tmpdir(), 'iekd-train-'));
  after(() => rmSync(folder, { recursive: true }));
  const wide = tinyData();
  const parts = (f: (set: ImageSet) => ImageSet) => ({
    train: f(wide.train),
    validation: f(wide.validation),
    test: f(wide.test),
  });
  const rows: readonly (readonly [string, () => TrainOptions, string])[] = [
    [
      'unknown options',
      () => ({ ...supervised(), epochs: 3 }) as TrainOptions,
      'train: expected options among student, method, peers, teachers, data, task, training, stages, seed, fitSeed, fitted, listeners, stop, adjust, checkpoint, engine, slot, resume, received "epochs"',
    ],
    [
      'a missing teacher',
      () => supervised({ method: tinyMatch() }),
      'train: teachers: expected 1 for the method tiny-match, received 0',
    ],
    [
      'a teacher too many',
      () => supervised({ teachers: [small(2)] }),
      'train: teachers: expected 0 for the method task, received 1',
    ],
    ['a negative seed', () => supervised({ seed: -1 }), 'train: seed: expected an integer from 0, received -1'],
    [
      'no training images',
      () => supervised({ data: tinyData({ train: 0 }) }),
      'train: tiny: expected training images, received none',
    ],
    [
      'images of another size',
      () => supervised({ data: { ...wide, ...parts((set) => ({ ...set, width: 8, height: 2 })) } }),
      'train: student small: expected images of 4×4×1, received those of tiny, 2×8×1',
    ],
    [
      'other classes',
      () => supervised({ data: { ...wide, classNames: ['a', 'b', 'c', 'd'] } }),
      'train: student small: expected 4 classes, as tiny has, received a network of 3; build it with classes: 4; a trained one learns other classes by `from` (iekd train --from FILE), which draws its last layer anew',
    ],
    [
      'settings of no stage',
      () => supervised({ stages: { encoder: {} } }),
      'train: stages: expected options among student, received "encoder"',
    ],
    [
      'bad settings of a stage',
      () => supervised({ stages: { student: { epochs: 0 } } }),
      'train: stage "student": epochs: expected an integer from 1, received 0',
    ],
    [
      'resuming without a folder',
      () => supervised({ resume: true }),
      'train: expected checkpoint.folder where resume is true, received no checkpoint',
    ],
    [
      'unknown checkpoint options',
      () => supervised({ checkpoint: { folder, every: 1 } as { folder: string } }),
      'train: checkpoint: expected options among folder, everySteps, everySeconds, claim, received "every"',
    ],
    [
      'a cadence of 0 steps',
      () => supervised({ checkpoint: { folder, everySteps: 0 } }),
      'train: checkpoint.everySteps: expected an integer from 1, received 0',
    ],
  ];
  for (const [name, options, message] of rows) {
    test(name, async () => {
      const given = options();
      const before = tf.memory().numTensors;
      await assert.rejects(train(given), { name: 'InputError', message });
      assert.equal(tf.memory().numTensors, before, 'tensors');
    });
  }

  test('to write over a checkpoint that it was not asked to resume', async () => {
    await train(supervised({ checkpoint: { folder } }));
    const path = join(folder, 'checkpoint.safetensors');
    const message = `train: expected a folder without a checkpoint, received ${path}; set resume, or choose another folder`;
    await assert.rejects(train(supervised({ checkpoint: { folder } })), { name: 'InputError', message });
  });

  test('a loss that is not finite, in words that name the place', async () => {
    const student = small();
    student.variables.get('bias').assign(tf.tensor1d([0, Infinity, 0]));
    const message =
      'training: expected a finite loss, received task NaN with weight 1 at step 1 in epoch 1 of stage "student" ' +
      '(terms: task NaN · 1); lower the learning rate or the weight of that term';
    await assert.rejects(train(supervised({ student })), { name: 'InputError', message });
  });
});
