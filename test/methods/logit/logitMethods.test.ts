/** Methods of logits: weights of their terms over the epochs, who is moved by which, and what is refused; values stand in test/losses/logit. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { leastLogits, leastLossLogits } from 'iekd/dist/losses/logit/collaborativeTarget';
import { softCrossEntropy } from 'iekd/dist/losses/logit/softCrossEntropy';
import { buildMethod, type MethodSpec } from 'iekd/dist/methods/index';
import { psKd } from 'iekd/dist/methods/self/psKd';
import { weightAt } from 'iekd/dist/optim/weight';
import { random } from 'iekd/dist/util/rng';
import { smallWorld, type World, weightedSum } from '../../fixtures/methodNetworks';

let world: World;
before(async () => {
  await tf.setBackend('cpu');
  world = smallWorld();
});
after(() => world.dispose());

function weights(spec: MethodSpec, epoch: number): [string, number][] {
  const distillation = world.bind(buildMethod(spec));
  const rows: [string, number][] = [];
  tf.tidy(() => {
    const step = world.step(distillation);
    for (const { name, weight } of distillation.terms(step)) {
      rows.push([name, Number(weightAt(weight, { ...step.clock, epoch, epochs: 40 }).toFixed(9))]);
    }
  });
  return rows;
}

describe('weights', () => {
  /** λ of CTKD in the first and the fourth epoch of ten loops. */
  const [first, fourth] = [1, 4].map((loop) => (1 - Math.cos((Math.PI * loop) / 9)) / 2) as [number, number];
  const rows: readonly (readonly [MethodSpec, epoch: number, expected: readonly (readonly [string, number])[]])[] = [
    [
      { name: 'dkd' },
      0,
      [
        ['task', 1],
        ['tckd', 0],
        ['nckd', 0],
      ],
    ],
    [
      { name: 'dkd' },
      5,
      [
        ['task', 1],
        ['tckd', 4],
        ['nckd', 32],
      ],
    ],
    [
      { name: 'dkd', alpha: 2, temperature: 2 },
      30,
      [
        ['task', 1],
        ['tckd', 8],
        ['nckd', 32],
      ],
    ],
    [
      { name: 'nkd', gamma: 2, temperature: 3 },
      0,
      [
        ['task', 1],
        ['target', 1],
        ['others', 18],
      ],
    ],
    [
      { name: 'dist', temperature: 3 },
      0,
      [
        ['task', 1],
        ['inter', 18],
        ['intra', 18],
      ],
    ],
    [
      { name: 'mlkd', batch: 3 },
      0,
      [
        ['task', 1],
        ['instance', 1],
        ['batch', 3],
        ['classes', 1],
      ],
    ],
    [
      { name: 'wsld' },
      0,
      [
        ['task', 1],
        ['soft', 10],
      ],
    ],
    [
      { name: 'ensemble-kd', alpha: 0.5, weights: [1, 3] },
      0,
      [
        ['task', 0.5],
        ['kd', 8],
      ],
    ],
    [
      { name: 'ctkd' },
      0.9,
      [
        ['task', 0.1],
        ['kd', 0.9],
        ['temperature', Number((-0.9 * first).toFixed(9))],
      ],
    ],
    [
      { name: 'ctkd' },
      3,
      [
        ['task', 0.1],
        ['kd', 0.9],
        ['temperature', Number((-0.9 * fourth).toFixed(9))],
      ],
    ],
    [
      { name: 'ctkd' },
      30,
      [
        ['task', 0.1],
        ['kd', 0.9],
        ['temperature', -0.9],
      ],
    ],
    [
      { name: 'born-again', weight: { kind: 'linear', base: 2 } },
      20,
      [
        ['task', 1],
        ['born-again', 1],
      ],
    ],
    [
      { name: 'ps-kd' },
      0.9,
      [
        ['task', 0.98],
        ['ps-kd', 0.02],
      ],
    ],
    [
      { name: 'ps-kd', alpha: 0.5 },
      39.5,
      [
        ['task', 0.5],
        ['ps-kd', 0.5],
      ],
    ],
    [
      { name: 'kdcl', weight: { kind: 'linear', base: 2 }, temperature: 3 },
      20,
      [
        ['task', 1],
        ['kdcl', 9],
        ['peer1.task', 1],
        ['peer1.kdcl', 9],
      ],
    ],
    [
      { name: 'logit-standard', over: { name: 'dkd', warmUp: 0 } },
      0,
      [
        ['task', 1],
        ['tckd', 16],
        ['nckd', 128],
      ],
    ],
  ];
  for (const [spec, epoch, expected] of rows) {
    test(`${JSON.stringify(spec)} in epoch ${epoch}`, () => assert.deepEqual(weights(spec, epoch), expected));
  }
});

test('ctkd: θ is moved against its gradient by the divergence, and the student as if T were a constant', () => {
  const distillation = world.bind(buildMethod({ name: 'ctkd', loops: 2 }));
  const theta = distillation.variables.get('theta');
  tf.tidy(() => {
    const sharper = <T extends { logits: tf.Tensor2D }>(result: T): T => ({ ...result, logits: tf.mul(result.logits, 20) });
    const plain = world.step(distillation);
    const step = { ...plain, student: sharper(plain.student), teachers: plain.teachers.map(sharper) };
    const [, kd, temperature] = distillation.terms(step);
    const slope = (by: number): number => {
      const before = theta.dataSync().slice();
      theta.assign(tf.tensor1d([(before[0] as number) + by]));
      const value = distillation.terms(step)[2]?.value.dataSync()[0] as number;
      theta.assign(tf.tensor1d(before));
      return value;
    };
    const { grads } = tf.variableGrads(() => weightedSum(distillation.terms(step)), [theta]);
    const expected = (-0.9 * (slope(0.05) - slope(-0.05))) / 0.1;
    const received = grads[theta.name]?.dataSync()[0] as number;
    assert.ok(Math.abs(expected) > 1e-5 && Math.abs(received / expected - 1) < 0.02, `${received} for ${expected}`);
    assert.equal(kd?.value.dataSync()[0], temperature?.value.dataSync()[0]);
    const { student } = step;
    const ofLogits = (names: readonly string[]) =>
      tf.grad((logits) => {
        const terms = distillation.terms({ ...step, student: { ...student, logits: logits as tf.Tensor2D } });
        return weightedSum(terms.filter(({ name }) => names.includes(name)));
      })(student.logits);
    assert.deepEqual(ofLogits(['kd', 'temperature']).dataSync(), ofLogits(['kd']).dataSync());
  });
});

describe('refuses', () => {
  const rows: readonly (readonly [MethodSpec, string])[] = [
    [{ name: 'dkd', alpha: -1 }, 'dkd: alpha: expected a number from 0, received -1'],
    [{ name: 'dkd', beta: -1 }, 'dkd: beta: expected a number from 0, received -1'],
    [{ name: 'dkd', temperature: 0 }, 'dkd: temperature: expected a number above 0, received 0'],
    [{ name: 'dkd', warmUp: -1 }, 'dkd: warmUp: expected a number from 0, received -1'],
    [{ name: 'dkd', t: 4 }, 'buildMethod: dkd: expected options among alpha, beta, temperature, warmUp, received "t"'],
    [{ name: 'nkd', gamma: -1 }, 'nkd: gamma: expected a number from 0, received -1'],
    [{ name: 'nkd', temperature: 0 }, 'nkd: temperature: expected a number above 0, received 0'],
    [{ name: 'dist', beta: -1 }, 'dist: beta: expected a number from 0, received -1'],
    [{ name: 'dist', gamma: -1 }, 'dist: gamma: expected a number from 0, received -1'],
    [{ name: 'dist', temperature: 0 }, 'dist: temperature: expected a number above 0, received 0'],
    [{ name: 'mlkd', temperatures: [] }, 'mlkd: temperatures: expected at least one, received []'],
    [{ name: 'mlkd', temperatures: 4 }, 'mlkd: temperatures: expected a list of numbers, received 4'],
    [{ name: 'mlkd', temperatures: [2, 0] }, 'mlkd: temperatures: expected a number above 0, received 0'],
    [{ name: 'mlkd', classes: -1 }, 'mlkd: classes: expected a number from 0, received -1'],
    [{ name: 'wsld', alpha: -1 }, 'wsld: alpha: expected a number from 0, received -1'],
    [{ name: 'wsld', temperature: 0 }, 'wsld: temperature: expected a number above 0, received 0'],
    [{ name: 'ctkd', alpha: 2 }, 'ctkd: alpha: expected a number in [0, 1], received 2'],
    [{ name: 'ctkd', start: 0 }, 'ctkd: start: expected a number above 0, received 0'],
    [{ name: 'ctkd', range: 0 }, 'ctkd: range: expected a number above 0, received 0'],
    [{ name: 'ctkd', loops: 1 }, 'ctkd: loops: expected an integer from 2, received 1'],
    [{ name: 'ensemble-kd', teachers: 0 }, 'ensemble-kd: teachers: expected an integer from 1, received 0'],
    [{ name: 'ensemble-kd', weights: [1] }, 'ensemble-kd: weights: expected a weight for each of 2 teachers, received [1]'],
    [{ name: 'ensemble-kd', weights: [0, 0] }, 'ensemble-kd: weights: expected a weight above 0, received [0,0]'],
    [{ name: 'ensemble-kd', weights: [1, -1] }, 'ensemble-kd: weights: expected a number from 0, received -1'],
    [{ name: 'born-again', weight: -1 }, 'born-again: weight: expected a number from 0, received -1'],
    [{ name: 'ps-kd', alpha: 1.5 }, 'ps-kd: alpha: expected a number in [0, 1], received 1.5'],
    [{ name: 'kdcl', target: 'mean' }, 'kdcl: target: expected one of min-logit, naive, received "mean"'],
    [{ name: 'kdcl', weight: -1 }, 'kdcl: weight: expected a number from 0, received -1'],
    [{ name: 'kdcl', temperature: 0 }, 'kdcl: temperature: expected a number above 0, received 0'],
  ];
  for (const [spec, message] of rows) {
    test(JSON.stringify(spec), () => assert.throws(() => buildMethod(spec), { name: 'InputError', message }));
  }

  const logits = (classes: number): tf.Tensor2D => tf.ones([2, classes]);
  const labels = (): tf.Tensor1D => tf.tensor1d([0, 1], 'int32');
  const acts: readonly (readonly [string, () => unknown, string])[] = [
    [
      'kdcl without a peer',
      () => buildMethod({ name: 'kdcl' }).build({ student: world.student, teachers: [], random: random(1) }),
      'kdcl: expected at least one peer, received 0',
    ],
    [
      'a target of no network',
      () => leastLogits([], labels()),
      'leastLogits: expected logits of one network at least, received 0',
    ],
    [
      'a target of networks of other classes',
      () => leastLossLogits([logits(3), logits(4)], labels()),
      'leastLossLogits: expected logits of shape [2,3], received [2,4]',
    ],
    [
      'probabilities of other classes',
      () => softCrossEntropy(logits(3), logits(4)),
      'softCrossEntropy: expected logits of shape [2,4], received [2,3]',
    ],
    [
      'ps-kd without training images',
      () => psKd().build({ student: world.student, teachers: [], random: random(1) }),
      'ps-kd: expected the training images, whose number and classes it needs, received none; give images: data.train to build',
    ],
    [
      'ps-kd for a class that the student has not',
      () =>
        psKd().build({
          student: world.student,
          teachers: [],
          images: { count: 2, labels: Uint8Array.of(0, 10) },
          random: random(1),
        }),
      'ps-kd: expected training images of 10 classes, as the student, received 10',
    ],
    [
      'ps-kd on a batch without numbers',
      () => {
        const distillation = world.bind(psKd());
        distillation.terms({ ...world.step(distillation), numbers: undefined });
      },
      'ps-kd: expected a batch that knows the numbers of its images, received one without; batches() gives them',
    ],
  ];
  for (const [name, act, message] of acts)
    test(name, () => assert.throws(() => tf.tidy(() => void act()), { name: 'InputError', message }));
});
