/** A frozen teacher in training mode: its maps are by the batch's own moments, and it stays as it was, bit for bit. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { holdStatistics } from 'iekd/dist/engine/fused/movingStatistics';
import { tf } from 'iekd/dist/engine/tf';
import { ie } from 'iekd/dist/methods/ie';
import { match } from 'iekd/dist/methods/match';
import { ab } from 'iekd/dist/methods/matchers/features/ab';
import { od } from 'iekd/dist/methods/matchers/features/od';
import type { Method } from 'iekd/dist/methods/method';
import type { Objective } from 'iekd/dist/optim/objective';
import { sgd } from 'iekd/dist/optim/optimizers/sgd';
import { trainStep } from 'iekd/dist/optim/step';
import { describeRun } from 'iekd/dist/training/describe';
import { studentObjective } from 'iekd/dist/training/studentObjective';
import { train } from 'iekd/dist/training/train';
import { random } from 'iekd/dist/util/rng';
import { images, number, smallWorld, type World } from '../../fixtures/methodNetworks';
import { smallNetwork } from '../../fixtures/smallNetwork';
import { tinyData } from '../../fixtures/tinyNetworks';

let world: World;
before(async () => {
  await tf.setBackend('cpu');
  world = smallWorld();
});
after(() => world.dispose());

const clock = { step: 0, epoch: 0, epochs: 1 };
const batch = () => ({ images: images(), targets: [tf.tensor1d([0, 3, 9, 3], 'int32')] });

/** The stage that compares maps: the first of two, or the only one. */
function comparing(method: Method): Objective {
  const distillation = world.bind(method);
  const { features, variables } = distillation;
  const { terms, teacherMode = 'evaluation' } = distillation.pretrainStages?.[0] ?? distillation;
  return studentObjective([world.student], [world.teacher], { features, variables, terms, teacherMode });
}

/** Its terms on one batch. */
function values(method: Method): Record<string, number> {
  const { terms } = comparing(method);
  return tf.tidy(() => Object.fromEntries(terms(batch(), clock).map((term) => [term.name, number(term.value)])));
}

for (const [name, of] of [
  ['od', (teacherMode: 'training' | 'evaluation') => match(od({ teacherMode }))],
  ['ie-od', (teacherMode: 'training' | 'evaluation') => ie(od({ teacherMode }))],
  ['ab', (teacherMode: 'training' | 'evaluation') => match(ab({ teacherMode }))],
] as const) {
  test(`${name}: other maps than in evaluation mode, the same teacher after steps of training`, () => {
    const [training, evaluation] = [values(of('training')), values(of('evaluation'))];
    for (const part of Object.keys(training).filter((term) => term !== 'task')) assert.notEqual(training[part], evaluation[part]);
    const initial = world.teacher.variables.snapshot();
    const objective = comparing(of('training'));
    const optimizer = sgd(objective.variables);
    for (let step = 0; step < 2; step++) {
      const on = batch();
      trainStep({ stage: 's', objective, optimizer, batch: on, clock: { ...clock, step }, learningRate: 0.01 });
      tf.dispose(on);
    }
    optimizer.dispose();
    assert.deepEqual(world.teacher.variables.snapshot(), initial);
  });
}

test('od: in training mode its target is that of the batch’s moments', () => {
  const distillation = world.bind(match(od({ teacherMode: 'training' })));
  tf.tidy(() => {
    const before = world.teacher.variables.snapshot();
    const training = world.teacher.forward(images(), { training: true, features: distillation.features.teacher });
    world.teacher.variables.load(before);
    const student = world.student.forward(images(), { features: distillation.features.student });
    const step = { student, teachers: [training], targets: batch().targets, clock };
    const expected = number(distillation.terms(step)[1]?.value as tf.Scalar);
    const objective = studentObjective([{ ...world.student, forward: () => student }], [world.teacher], distillation);
    assert.equal(number(objective.terms(batch(), clock)[1]?.value as tf.Scalar), expected);
  });
});

describe('holdStatistics', () => {
  test('keeps them through nested scopes and errors, and no longer', () => {
    const network = smallNetwork(random(0));
    const initial = network.variables.snapshot();
    const forward = (): void => tf.tidy(() => void network.forward(images(), { training: true }));
    holdStatistics(() => {
      holdStatistics(forward);
      forward();
    });
    assert.throws(() =>
      holdStatistics(() => {
        forward();
        throw new Error('broken off');
      }),
    );
    assert.deepEqual(network.variables.snapshot(), initial);
    forward();
    assert.notDeepEqual(network.variables.snapshot(), initial);
    network.dispose();
  });
});

test('a run says in which mode its teacher is, and which maps are compared', async () => {
  const of = (seed: number) => smallNetwork(random(seed), { input: [4, 4, 1], classes: 3 });
  const [student, teacher] = [of(1), of(2)];
  const data = tinyData({ train: 6 });
  const sentences = async (method: Method): Promise<string[]> => {
    const training = { epochs: 1, batch: 6 };
    const result = await train({ student, teachers: [teacher], method, data, training, stages: {} });
    result.dispose();
    return describeRun(result.facts).slice(1, 3);
  };
  const maps =
    'Compared: stage1.pre (teacher) with stage1.pre (student), stage2.pre (teacher) with stage2.pre (student), stage3.pre (teacher) with stage3.pre (student).';
  for (const mode of ['training', 'evaluation'] as const) {
    assert.deepEqual(await sentences(match(od({ teacherMode: mode }))), [
      `Teacher small (${teacher.variables.parameterCount()} parameters) is frozen, in ${mode} mode.`,
      maps,
    ]);
  }
  student.dispose();
  teacher.dispose();
});
