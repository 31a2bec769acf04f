/** A second task, trained, measured, stopped and resumed: nothing outside lib/tasks asks for classes. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { initialTerms } from 'iekd/dist/experiments/run/initialTerms';
import { buildMethod, type MethodSpec } from 'iekd/dist/methods/index';
import { match } from 'iekd/dist/methods/match';
import { ab } from 'iekd/dist/methods/matchers/features/ab';
import { at } from 'iekd/dist/methods/matchers/features/at';
import { supervised } from 'iekd/dist/methods/supervised';
import type { Network } from 'iekd/dist/models/types';
import { newBest } from 'iekd/dist/training/checkpoint/bestEpoch';
import { CHECKPOINT_FILE } from 'iekd/dist/training/checkpoint/checkpoint';
import { descriptionHash, variablesHash } from 'iekd/dist/training/checkpoint/runDescription';
import { evaluate } from 'iekd/dist/training/evaluate';
import { type TrainingResult, train } from 'iekd/dist/training/train';
import type { TrainOptions } from 'iekd/dist/training/trainOptions';
import { random } from 'iekd/dist/util/rng';
import { stopSignal } from 'iekd/dist/util/stopSignal';
import { smallNetwork } from '../fixtures/smallNetwork';
import { tinyData } from '../fixtures/tinyNetworks';
import { valueTask } from '../fixtures/valueTask';

before(() => tf.setBackend('cpu'));

const root = mkdtempSync(join(tmpdir(), 'iekd-task-'));
after(() => rmSync(root, { recursive: true }));

/** One output: a classification refuses it. */
const network = (seed: number): Network => smallNetwork(random(seed), { input: [4, 4, 1], channels: [3, 4], classes: 1 });
const data = tinyData();
const task = valueTask();
const training = { epochs: 4, batch: 8, learningRate: 0.02 };

type Settings = Partial<TrainOptions>;

async function run(settings: Settings): Promise<TrainingResult & { readonly hash: string }> {
  const student = network(1);
  const result = await train({ student, method: supervised(), data, task, training, seed: 3, ...settings });
  result.dispose();
  const hash = variablesHash(student.variables);
  student.dispose();
  return { ...result, hash };
}

const methods: readonly (readonly [string, () => Settings, readonly string[]])[] = [
  ['supervised', () => ({}), ['squares']],
  ['match(at())', () => ({ method: match(at()), teachers: [network(2)] }), ['squares', 'at']],
  [
    'ab in two stages',
    () => ({ method: match(ab({ pretrain: 1, second: { task: 0.5, soft: 0 } })), teachers: [network(2)] }),
    ['squares', 'ab'],
  ],
];

describe('a task of another kind', () => {
  for (const [name, settings, terms] of methods) {
    test(`${name}: learns, and the best epoch is the one with the lowest distance`, async () => {
      const { history, best, last } = await run({ ...settings(), training: { ...training, epochs: 12 } });
      const epochs = history.filter(({ stage }) => stage === 'student');
      assert.deepEqual(Object.keys(last?.terms ?? {}), terms);
      const scores = epochs.map((e) => e.evaluations.find((v) => v.split === 'validation')?.metrics.mae ?? Number.NaN);
      assert.equal(best?.epoch, 1 + scores.indexOf(Math.min(...scores)), `${scores}`);
      assert.ok((epochs.at(-1)?.loss ?? 1) < (epochs[0]?.loss ?? 0), 'the loss falls');
    });

    test(`${name}: stopped and resumed, ends with the same bits`, async () => {
      const folder = join(root, name);
      const whole = await run(settings());
      const stop = stopSignal();
      const listener = (event: { readonly kind: string; readonly step?: number }): void => {
        if (event.kind === 'step' && event.step === 8) stop.request('asked to');
      };
      const first = await run({ ...settings(), stop, listeners: [listener], checkpoint: { folder, everySteps: 3 } });
      assert.equal(first.complete, false);
      const second = await run({ ...settings(), checkpoint: { folder }, resume: true });
      assert.equal(second.hash, whole.hash);
      assert.deepEqual(
        second.history.map(({ evaluations }) => evaluations),
        whole.history.map(({ evaluations }) => evaluations),
      );
      assert.deepEqual(second.best, whole.best);
      await assert.rejects(run({ ...settings(), task: valueTask(2), checkpoint: { folder }, resume: true }), {
        name: 'InputError',
        message: `${join(folder, CHECKPOINT_FILE)}: task.weight: expected 1, received 2; the checkpoint was made with the former: set it back, or train in another folder`,
      });
    });
  }

  test('is measured by its own meter', async () => {
    const one = network(1);
    const { loss, metrics, count } = await evaluate(one, data, 'test', { batch: 5, task });
    const { loss: twice } = await evaluate(one, data, 'test', { task: valueTask(2) });
    assert.deepEqual(Object.keys(metrics), ['mae']);
    assert.equal(count, 12);
    assert.ok(loss >= (metrics.mae as number) ** 2, 'the mean of squares is at least the square of the mean');
    assert.ok(Math.abs(twice - 2 * loss) <= 1e-6 * loss, `${twice} for twice ${loss}`);
    one.dispose();
  });

  test('a meter without the primary metric is refused', async () => {
    const one = network(1);
    const blind = { ...task, primary: { name: 'ap', better: 'higher' } } as const;
    const message = 'evaluate: test of tiny: primary metric of value: expected one of mae, received "ap"';
    await assert.rejects(evaluate(one, data, 'test', { task: blind }), { name: 'InputError', message });
    one.dispose();
  });

  test('is part of what a run is, and of its hash', async () => {
    const [one, other] = [await run({}), await run({ task: valueTask(2) })];
    assert.deepEqual(one.facts.task, { name: 'value', weight: 1 });
    assert.notEqual(descriptionHash(one.facts), descriptionHash(other.facts));
  });

  test('its terms are known by their role, and have no landmark where it states none', () => {
    const [student, teacher] = [network(1), network(2)];
    const teachers = [teacher];
    const distillation = match(at()).build({ student, teachers, task, random: random(0) });
    const rows = initialTerms({ distillation, student, teachers, task, images: data.train, normalisation: data });
    assert.deepEqual(
      rows.map(({ term, expected }) => [term, expected]),
      [
        ['squares', undefined],
        ['at', rows[1]?.expected],
      ],
    );
    for (const one of [distillation, student, teacher]) one.dispose();
  });

  const soft = 'expected a task with soft targets, received value, which has none';
  const refusals: readonly (readonly [MethodSpec, string])[] = [
    [{ name: 'kd' }, `kd: ${soft}`],
    [{ name: 'tfkd-self' }, `tfkd-self: ${soft}`],
    [{ name: 'dml' }, `dml: ${soft}`],
    [{ name: 'ie-dml' }, `ie-dml: ${soft}`],
    [{ name: 'ab', pretrain: 1, second: { soft: 1 } }, `ab: second: soft: ${soft}`],
    [{ name: 'tfkd-reg' }, 'tfkd-reg: expected a task that tells classes apart, received value, which does not'],
  ];
  for (const [spec, message] of refusals) {
    test(`${spec.name} refuses it by name`, async () => {
      const method = buildMethod(spec);
      const others = { teachers: method.teachers ? [network(2)] : [], ...(method.peers ? { peers: [network(3)] } : {}) };
      const [student, count] = [network(1), tf.memory().numTensors];
      await assert.rejects(train({ student, method, ...others, data, task, training }), { name: 'InputError', message });
      assert.equal(tf.memory().numTensors, count, 'tensors');
    });
  }
});

describe('newBest', () => {
  const of = (value: number) => [{ split: 'test', count: 1, loss: 0, metrics: { m: value } }] as const;
  const rows: readonly (readonly ['higher' | 'lower', number, number, boolean])[] = [
    ['higher', 0.5, 0.6, true],
    ['higher', 0.5, 0.5, false],
    ['higher', 0.5, 0.4, false],
    ['lower', 0.5, 0.4, true],
    ['lower', 0.5, 0.5, false],
    ['lower', 0.5, 0.6, false],
    ['lower', 0.5, Number.NaN, false],
    ['higher', 0.5, Number.NaN, false],
  ];
  for (const [better, before, now, expected] of rows) {
    test(`${better} is better: ${now} after ${before} is ${expected ? '' : 'not '}a new best`, () => {
      const best = { epoch: 1, selectedOn: 'test', evaluations: of(before) } as const;
      const found = newBest(best, { epoch: 2, evaluations: of(now) }, { name: 'm', better });
      assert.deepEqual(found, expected ? { epoch: 2, selectedOn: 'test', evaluations: of(now) } : undefined);
    });
  }
});
