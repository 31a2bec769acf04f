/** Methods between networks of different families: maps are matched by what they are, and what does not fit is refused by name. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { start } from 'iekd/dist/engine/start';
import { tf } from 'iekd/dist/engine/tf';
import { buildMethod, type MethodSpec } from 'iekd/dist/methods/index';
import { buildNetwork } from 'iekd/dist/models/index';
import type { NetworkSpec } from 'iekd/dist/models/types';
import { studentObjective } from 'iekd/dist/training/studentObjective';
import { random } from 'iekd/dist/util/rng';

before(async () => {
  await start();
});

const input = [16, 16, 3] as const;
const NETWORKS: Readonly<Record<string, NetworkSpec>> = {
  resnet: { name: 'resnet8', input },
  wrn: { name: 'wrn-10-1', input, dropout: 0.1 },
  vgg: { name: 'vgg8', input, pools: 2 },
  mobilenet: { name: 'mobilenet', input, width: 0.1 },
  mobilenetv2: { name: 'mobilenetv2', input, width: 0.1 },
  shufflenetv2: { name: 'shufflenetv2', input, width: 0.5 },
};

/** One step of a method: its terms, with nothing left behind. */
function termsOf(method: MethodSpec, student: string, teacher: string): number[] {
  const tensors = tf.memory().numTensors;
  const [small, large] = [student, teacher].map((name) => buildNetwork(NETWORKS[name] as NetworkSpec, random(1).child(name)));
  if (!small || !large) throw new Error('a network is missing');
  let values: number[] = [];
  try {
    const distillation = buildMethod(method).build({ student: small, teachers: [large], random: random(2) });
    tf.tidy(() => {
      const batch = { images: tf.randomNormal<tf.Rank.R4>([2, ...input]), targets: [tf.tensor1d([0, 1], 'int32')] };
      const objective = studentObjective([small], [large], distillation);
      const terms = objective.terms(batch, { step: 0, epoch: 0, epochs: 1 }, random(3));
      values = terms.map(({ value }) => value.dataSync()[0] as number);
    });
    distillation.dispose();
  } finally {
    small.dispose();
    large.dispose();
  }
  assert.equal(tf.memory().numTensors, tensors, 'tensors leaked');
  return values;
}

describe('a step is finite', () => {
  const feature = 'stage3';
  const rows: readonly (readonly [MethodSpec, student: string, teacher: string])[] = [
    [{ name: 'at' }, 'mobilenetv2', 'wrn'],
    [{ name: 'at' }, 'shufflenetv2', 'shufflenetv2'],
    [{ name: 'ie-at' }, 'vgg', 'mobilenet'],
    [{ name: 'od' }, 'mobilenetv2', 'wrn'],
    [{ name: 'ie-od' }, 'wrn', 'mobilenet'],
    [{ name: 'fitnet' }, 'mobilenet', 'vgg'],
    [{ name: 'ie-ft', feature }, 'resnet', 'mobilenetv2'],
    [{ name: 'ie-ft', feature: 'stage2' }, 'shufflenetv2', 'shufflenetv2'],
    [{ name: 'kd' }, 'wrn', 'vgg'],
  ];
  for (const [method, student, teacher] of rows) {
    test(`${method.name}: ${teacher} teaches ${student}`, () => {
      const values = termsOf(method, student, teacher);
      assert.ok(values.length >= 1 && values.every(Number.isFinite), String(values));
    });
  }
});

describe('od refuses a teacher whose maps no one batch norm made, naming those that one did', () => {
  const rows: readonly (readonly [teacher: string, string])[] = [
    ['vgg', 'stage1.pre of vgg8; it has no such map'],
    ['mobilenetv2', 'stage1.pre of mobilenetv2; its maps of that kind are stage5.pre'],
    ['shufflenetv2', 'stage2.pre of shufflenetv2; its maps of that kind are stage1.pre, stage5.pre'],
  ];
  for (const [teacher, received] of rows) {
    test(teacher, () => {
      const message = `od: expected a map of the teacher that one batch norm made and a ReLU cuts, received ${received}`;
      assert.throws(() => termsOf({ name: 'od' }, 'resnet', teacher), { name: 'InputError', message });
    });
  }
});
