/** Every method of the table, stopped in each of its stages and resumed, ends as an unbroken run; and leaves the network that it was given. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { buildMethod, describeMethods, type MethodSpec } from 'iekd/dist/methods/index';
import type { Method } from 'iekd/dist/methods/method';
import { buildNetwork } from 'iekd/dist/models/index';
import type { Network } from 'iekd/dist/models/types';
import { random } from 'iekd/dist/util/rng';
import { stopSignal } from 'iekd/dist/util/stopSignal';
import { describedLike } from '../fixtures/methodNetworks';
import { smallNetwork } from '../fixtures/smallNetwork';
import { tinyData } from '../fixtures/tinyNetworks';
import { type RunSettings, tinyRun } from '../fixtures/trainingRuns';

const root = mkdtempSync(join(tmpdir(), 'iekd-methods-'));
before(() => tf.setBackend('cpu'));
after(() => rmSync(root, { recursive: true }));

const network = (seed: number): Network => smallNetwork(random(seed), { input: [4, 4, 1], classes: 3 });

/** The student of a method, first, and the others. */
function networks(method: Method, others: number): [Network, ...Network[]] {
  const [student, ...rest] = Array.from({ length: others + 1 }, (_, i) => network(i + 1)) as [Network, ...Network[]];
  if (!method.student) return [student, ...rest];
  student.dispose();
  return [buildNetwork(method.student(describedLike(student), rest), random(1)), ...rest];
}

/** Two steps a stage. */
const STEPS = 2;

/** Beside every method by its defaults: terms that come and go, and weights that change, within the epoch. */
const MORE: readonly MethodSpec[] = [
  { name: 'ie-ft', feature: 'stage2', explore: { how: 'shared', from: 0.5 } },
  { name: 'ie-ft', explore: { how: 'reversed', weight: { kind: 'cosine', base: 50 } } },
  { name: 'sum', of: [{ name: 'ctkd' }, { method: { name: 'ie-ft', split: 'random' }, weight: { kind: 'linear', base: 1 } }] },
  { name: 'ie-at', explore: { how: 'cka', floor: 0.1, until: 0.5 } },
];

for (const spec of [...describeMethods().map(({ name }): MethodSpec => ({ name })), ...MORE]) {
  const { name } = spec;
  const { teachers, peers, options } = buildMethod(spec);
  const others = peers ? 1 : teachers;
  test(`${JSON.stringify(spec)}: stopped after every step and resumed, it ends with the same bits; the student is the network that was given`, async () => {
    const split = 'split' in options ? { split: 'random' } : {};
    const method = buildMethod({ ...spec, ...split });
    const stages = oneEpochEach(spec, others);
    const settings: RunSettings = {
      data: tinyData({ train: 12, validation: 0, test: 3 }),
      method,
      stages: Object.fromEntries(stages.map((stage) => [stage, { epochs: 1 }])),
      training: { epochs: 1, batch: 6, learningRate: 0.01 },
      networks: () => networks(method, others),
    };
    const tensors = tf.memory().numTensors;
    const folder = mkdtempSync(join(root, `${name}-`));
    const whole = await tinyRun(join(folder, 'whole'), settings);
    const crawl = join(folder, 'crawl');
    let sittings = 0;
    for (let complete = false; !complete; sittings++) {
      const stop = stopSignal();
      stop.request('one step');
      const sitting = await tinyRun(crawl, { ...settings, stop, resume: true });
      complete = sitting.complete;
      if (complete) assert.deepEqual(sitting.outcome, whole.outcome);
    }
    assert.equal(sittings, STEPS * (stages.length + 1));
    assert.equal(tf.memory().numTensors, tensors, 'tensors leaked');
    const [plain, ...rest] = networks(method, others);
    assert.equal(whole.result.facts.student.parameters, plain.variables.parameterCount());
    assert.deepEqual(
      Object.keys(whole.result.best?.weights ?? {}),
      plain.variables.entries().map((v) => v.name),
    );
    for (const one of [plain, ...rest]) one.dispose();
  });
}

/** The names of the stages before the student's own. */
function oneEpochEach(spec: MethodSpec, count: number): string[] {
  const method = buildMethod(spec);
  const [student, ...others] = networks(method, count);
  const [teachers, peers] = method.peers ? [[], others] : [others, []];
  const distillation = method.build({ student, teachers, peers, images: tinyData().train, random: random(0) });
  const names = [...distillation.teacherStages, ...(distillation.pretrainStages ?? [])].map((stage) => stage.name);
  for (const one of [student, ...others, distillation]) one.dispose();
  return names;
}
