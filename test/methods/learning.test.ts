/**
 * Every matcher of the table teaches, and SimKD, whose student is made for its teacher: in a few steps on one batch the distance falls, on the
 * engine that runs everywhere; and those that look at maps alone teach a detector, too, and all that a learning teacher is enough for serve mutual learning.
 */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { start } from 'iekd/dist/engine/start';
import { tf } from 'iekd/dist/engine/tf';
import { ie } from 'iekd/dist/methods/ie';
import { buildMethod } from 'iekd/dist/methods/index';
import type { Matcher } from 'iekd/dist/methods/matcher';
import { MATCHERS } from 'iekd/dist/methods/matchers/matcherTable';
import { mutual } from 'iekd/dist/methods/mutual';
import { buildNetwork } from 'iekd/dist/models/index';
import type { Network, NetworkSpec } from 'iekd/dist/models/types';
import { sgd } from 'iekd/dist/optim/optimizers/sgd';
import { trainStep } from 'iekd/dist/optim/step';
import { detection } from 'iekd/dist/tasks/detection/detection';
import { studentObjective } from 'iekd/dist/training/studentObjective';
import { train } from 'iekd/dist/training/train';
import { random } from 'iekd/dist/util/rng';
import { CELL_PIXELS, cellData } from '../fixtures/cells';
import { CLOCK, createPeers, images, number, numbers, TRAINED_ON } from '../fixtures/methodNetworks';
import { smallNetwork } from '../fixtures/smallNetwork';

before(() => start({ engine: 'portable' }));

const STEPS = 8;
/** Those that read a classifier over one embedding, which a detector has not, or compare images of different classes. */
const ENDS =
  'expected a network that ends in the mean over positions and one linear layer, received ssd-resnet8, which ends otherwise';
const REFUSED: Readonly<Record<string, string>> = {
  srrl: `srrl: ${ENDS}`,
  'cat-kd': `cat-kd: ${ENDS}`,
  crd: 'crd: expected training images of at least two classes, received 1',
};

const STUDENT: NetworkSpec = { name: 'resnet8', input: [16, 16, 3] };
const network = (seed: number): Network => buildNetwork(STUDENT, random(seed));

/** Values of the matcher's term, step by step, on a batch that stays. */
function distances(name: string): number[] {
  const options = 'pretrain' in buildMethod({ name }).options ? { pretrain: 0 } : {};
  const method = buildMethod({ name, ...options });
  const teachers = Array.from({ length: method.teachers }, (_, i) => network(i + 2));
  const student = buildNetwork(method.student?.(STUDENT, teachers) ?? STUDENT, random(1));
  const distillation = method.build({ student, teachers, images: TRAINED_ON, random: random(3) });
  const objective = studentObjective([student], teachers, distillation);
  const optimizer = sgd(objective.variables, { momentum: 0.9, weightDecay: 0, nesterov: false });
  const images = tf.randomNormal<tf.Rank.R4>([8, 16, 16, 3], 0, 1, 'float32', 5);
  const targets = [tf.tensor1d([0, 1, 2, 3, 4, 5, 6, 7], 'int32')];
  const values = Array.from({ length: STEPS }, (_, step) => {
    const terms = trainStep({
      ...{
        stage: 'student',
        objective,
        optimizer,
        batch: { images, targets, numbers: () => numbers(8) },
        random: random(9),
        passes: undefined,
      },
      ...{ clock: { step, epoch: step / STEPS, epochs: 1 }, learningRate: 0.01 },
    });
    return terms.find((term) => term.name.startsWith(name))?.value ?? Number.NaN;
  });
  optimizer.dispose();
  tf.dispose([images, ...targets]);
  for (const one of [student, ...teachers, distillation]) one.dispose();
  return values;
}

describe(`the distance falls in ${STEPS} steps`, () => {
  for (const name of [...Object.keys(MATCHERS), 'simkd']) {
    test(name, () => {
      const before = tf.memory().numTensors;
      const values = distances(name);
      assert.ok(values.every(Number.isFinite) && (values.at(-1) as number) < (values[0] as number), `${values}`);
      assert.equal(tf.memory().numTensors, before, 'tensors leaked');
    });
  }
});

describe('a detector learns from a detector', () => {
  const data = cellData(4);
  const task = detection({ priors: { 4: [[0.09, 0.09]], 8: [[0.2, 0.2]], 16: [[0.34, 0.34]] } });
  const detector = (seed: number, width: number): Network =>
    buildNetwork({ name: 'ssd-resnet8', width, input: [CELL_PIXELS, CELL_PIXELS, 3], ...task.head(data) }, random(seed));

  for (const [name, { kind }] of Object.entries(MATCHERS)) {
    const one = buildMethod({ name: `ie-${name}` }).teachers === 1;
    if (!one || 'fit' in buildMethod({ name }).options || 'pretrain' in buildMethod({ name }).options) continue;
    test(`ie-${name}, ${kind}`, async () => {
      const [student, teacher] = [detector(1, 4), detector(2, 6)];
      const training = { epochs: 1, batch: 4, learningRate: 0.02 };
      const run = () =>
        train({ student, teachers: [teacher], method: buildMethod({ name: `ie-${name}` }), data, task, training });
      const message = REFUSED[name];
      if (message) {
        await assert.rejects(run, { name: 'InputError', message });
      } else {
        const { last, dispose } = await run();
        for (const { value } of Object.values(last?.terms ?? {})) assert.ok(Number.isFinite(value));
        dispose();
      }
      for (const one of [student, teacher]) one.dispose();
    });
  }
});

describe('two networks learn from each other by it', () => {
  for (const name of Object.keys(MATCHERS)) {
    const matcher = MATCHERS[name]?.create('pretrain' in buildMethod({ name }).options ? { pretrain: 0 } : {}) as Matcher;
    if ((matcher.teachers ?? 1) > 1 || matcher.frozenTeacher?.required) continue;
    test(`mutual(ie(${name})): finite, and no tensor is lost`, () => {
      const before = tf.memory().numTensors;
      const peers = createPeers([1, 2].map((seed) => smallNetwork(random(seed))));
      const { terms, rounds = 1 } = peers.objective(mutual(ie(matcher)));
      tf.tidy(() => {
        const batch = { images: images(), targets: [tf.tensor1d([0, 3, 9, 3], 'int32')], numbers: () => numbers() };
        for (let round = 0; round < rounds; round++) {
          const found = terms(batch, CLOCK, random(2), round);
          assert.ok(
            found.some((term) => term.name.endsWith('exploration')),
            `${found.map((term) => term.name)}`,
          );
          for (const { value } of found) assert.ok(Number.isFinite(number(value)));
        }
      });
      peers.dispose();
      assert.equal(tf.memory().numTensors, before, 'tensors leaked');
    });
  }
});
