/**
 * SimKD: its loss, the gradients in the student's map and the projector's weights and the answers by the teacher's classifier, against PyTorch
 * in float64 (`test/golden/simkd_reference.py`), to 1e-6 of the largest value, of gradients to 5e-6; the network that is kept; what is refused.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import type { TensorData } from 'iekd/dist/engine/variables';
import { kdMethod } from 'iekd/dist/methods/kd';
import { simkd } from 'iekd/dist/methods/simKd';
import { sum } from 'iekd/dist/methods/sum';
import { buildNetwork, planNetwork } from 'iekd/dist/models/index';
import type { Network, NetworkSpec } from 'iekd/dist/models/types';
import { evaluate } from 'iekd/dist/training/evaluate';
import { train } from 'iekd/dist/training/train';
import { random } from 'iekd/dist/util/rng';
import { loadNetwork, saveWeights } from 'iekd/dist/weights/networkFile';
import { CLOCK, weightedSum } from '../fixtures/methodNetworks';
import { type SmallOptions, smallNetwork } from '../fixtures/smallNetwork';
import { tinyData } from '../fixtures/tinyNetworks';

interface Values {
  readonly shape: readonly [number, number, number, number];
  readonly data: number[];
}

interface Row {
  readonly name: string;
  readonly factor: number;
  readonly student: Values;
  readonly teacher: Values;
  readonly weights: Readonly<Record<string, Values>>;
  readonly classifier: Readonly<Record<string, Values>>;
  readonly value: number;
  readonly logits: Values;
  readonly grads: Readonly<Record<string, Values>>;
}

const file = JSON.parse(readFileSync(join(__dirname, '..', 'golden', 'simkd.json'), 'utf8')) as { readonly rows: Row[] };
const TOLERANCE = 1e-6;
/** Through three batch norms, whose gradients are differences of sums, float32 loses a digit. */
const GRADIENTS = 5e-6;

before(() => tf.setBackend('cpu'));

/** A network whose last map is its images. */
const bare = (input: readonly [number, number, number], classes: number): NetworkSpec => {
  return { name: 'bare', stages: [[]], input, classes };
};

const floats = (values: Readonly<Record<string, Values>>): Record<string, TensorData> =>
  Object.fromEntries(Object.entries(values).map(([name, { shape, data }]) => [name, { shape, data: Float32Array.from(data) }]));

function near(received: tf.Tensor | undefined, { data }: Values, tolerance: number, where: string): void {
  assert.ok(received, where);
  const largest = Math.max(...data.map(Math.abs));
  assert.ok(largest > 1e-5 && received.size === data.length, where);
  const furthest = Math.max(...[...received.dataSync()].map((v, i) => Math.abs(v - (data[i] as number))));
  assert.ok(furthest < tolerance * largest, `${where}: ${furthest / largest}`);
}

for (const row of file.rows) test(`${row.name} as PyTorch has it`, () => compare(row));

function compare({ factor, student: map, teacher: target, weights, classifier, value, logits, grads }: Row): void {
  const [classes = 0] = classifier['fc.bias']?.shape ?? [];
  const [, ...theirs] = target.shape;
  const teacher = smallNetwork(random(1), { channels: [theirs[2]], input: theirs, classes });
  teacher.variables.load({ ...teacher.variables.snapshot(), ...floats(classifier) });
  const method = simkd({ factor });
  const [, ...own] = map.shape;
  const student = buildNetwork(method.student(bare(own, classes), [teacher]), random(2));
  const bound = method.build({ student, teachers: [teacher], random: random(3) });
  student.variables.load({ ...student.variables.snapshot(), ...floats(weights) });
  tf.tidy(() => {
    const images = tf.variable(tf.tensor4d(map.data, [...map.shape]));
    const trained = student.variables.parameters();
    const named = [['student', images] as const, ...trained.map(({ name, variable }) => [name, variable] as const)];
    assert.deepEqual(
      named.map(([name]) => name),
      Object.keys(grads),
    );
    const features = { stage1: tf.tensor4d(target.data, [...target.shape]) };
    const teachers = [{ logits: tf.zeros<tf.Rank.R2>([map.shape[0], classes]), features }];
    const targets = [tf.tensor1d([1, 0, 2], 'int32')];
    const found = tf.variableGrads(
      () => {
        const result = student.forward(images as tf.Tensor as tf.Tensor4D, { training: true, features: bound.features.student });
        near(result.logits, logits, TOLERANCE, 'logits');
        return weightedSum(bound.terms({ student: result, teachers, targets, clock: CLOCK }));
      },
      named.map(([, variable]) => variable),
    );
    near(found.value, { shape: [1, 1, 1, 1], data: [value] }, TOLERANCE, 'value');
    for (const [name, variable] of named) near(found.grads[variable.name], grads[name] as Values, GRADIENTS, name);
    images.dispose();
  });
  for (const part of [bound, student, teacher]) part.dispose();
}

describe('the network that is trained', () => {
  const root = mkdtempSync(join(tmpdir(), 'iekd-simkd-'));
  after(() => rmSync(root, { recursive: true }));
  const stages = [[{ conv: 4 }], [{ conv: 5, stride: 2 }]];

  test('has the projector and no head of its own; its classifier is no parameter, and stays the teacher’s under weight decay', async () => {
    const tensors = tf.memory().numTensors;
    const data = tinyData();
    const teacher = smallNetwork(random(1), { channels: [6, 8], classes: 3, input: [4, 4, 1] });
    const method = simkd();
    const student = buildNetwork(method.student({ name: 'mine', stages, classes: 3, input: [4, 4, 1] }, [teacher]), random(2));
    assert.deepEqual(student.spec.projector, { channels: 8, bottleneck: 4, pool: 1 });
    assert.deepEqual(simkd({ factor: 3 }).student({ name: 'resnet8', input: [8, 8, 3] }, [teacher]).projector, {
      ...{ channels: 8, bottleneck: 2, pool: 1 },
    });
    const before = student.variables.snapshot();
    const optimizer = { name: 'sgd', weightDecay: 0.1 } as const;
    const training = { epochs: 2, batch: 8, learningRate: 0.05, optimizer };
    const { last, dispose } = await train({ student, teachers: [teacher], method, data, training });
    assert.deepEqual(Object.keys(last?.terms ?? {}), ['task', 'simkd']);
    assert.deepEqual(last?.terms['task']?.weighted, 0);
    const [values, theirs] = [student.variables.snapshot(), teacher.variables.snapshot()];
    assert.deepEqual(values['classifier.weight'], theirs['fc.weight']);
    assert.deepEqual(values['classifier.bias'], theirs['fc.bias']);
    for (const { name } of student.variables.parameters()) assert.notDeepEqual(values[name], before[name], name);
    assert.deepEqual(
      student.variables.entries().flatMap(({ name, trainable }) => (trainable || name.includes('running') ? [] : [name])),
      ['classifier.weight', 'classifier.bias'],
    );
    dispose();

    const path = join(root, 'student.safetensors');
    saveWeights(path, student);
    const again = loadNetwork(path);
    assert.deepEqual(await evaluate(again, data, 'test'), await evaluate(student, data, 'test'));
    for (const one of [again, student, teacher]) one.dispose();
    assert.equal(tf.memory().numTensors, tensors);
  });

  test('answers as the teacher does where its map is the teacher’s', () => {
    const teacher = smallNetwork(random(1), { channels: [6], classes: 3, input: [4, 4, 6] });
    const x = tf.randomUniform<tf.Rank.R4>([2, 4, 4, 6], 0, 1, 'float32', 3);
    const { logits, features } = teacher.forward(x, { features: ['stage1'] });
    const student = buildNetwork(simkd({ factor: 1 }).student(bare([4, 4, 6], 3), [teacher]), random(2));
    const bound = simkd({ factor: 1 }).build({ student, teachers: [teacher], random: random(3) });
    const identity = Float32Array.from({ length: 36 }, (_, i) => Number(i % 7 === 0));
    const middle = new Float32Array(9 * 36);
    middle.set(identity, 4 * 36);
    const filters = { 1: identity, 2: middle, 3: identity };
    for (const [i, data] of Object.entries(filters)) {
      const variable = student.variables.get(`projector.conv${i}.weight`);
      variable.assign(tf.tensor(data, variable.shape));
    }
    const own = student.forward(features['stage1'] as tf.Tensor4D).logits;
    const largest = tf.max(tf.abs(logits)).dataSync()[0] as number;
    const furthest = tf.max(tf.abs(tf.sub(own, logits))).dataSync()[0] as number;
    assert.ok(furthest < 1e-4 * largest, `${furthest} of ${largest}`); // three norms with an epsilon of 1e-5 shrink the map
    for (const one of [bound, student, teacher]) one.dispose();
  });
});

describe('bad input', () => {
  const small = (options: SmallOptions = {}): Network =>
    smallNetwork(random(1), { channels: [6], input: [4, 4, 3], classes: 3, ...options });
  const with_ = (projector: unknown): NetworkSpec => ({ ...bare([4, 4, 3], 3), projector }) as NetworkSpec;

  /** Binds a student of that description to these teachers, or describes one for them. */
  const bind = (spec: NetworkSpec, teachers: () => Network[]) => () => {
    const [student, theirs] = [buildNetwork(spec, random(2)), teachers()];
    try {
      simkd().build({ student, teachers: theirs, random: random(3) });
    } finally {
      for (const one of [student, ...theirs]) one.dispose();
    }
  };
  const describedFor = (spec: NetworkSpec, make: () => Network) => () => {
    const teacher = make();
    try {
      simkd().student(spec, [teacher]);
    } finally {
      teacher.dispose();
    }
  };
  const built = 'buildNetwork(simkd().student(spec, [teacher]), random(0)) makes one';
  const fits = { channels: 6, bottleneck: 3, pool: 1 };
  const vgg = (): Network => buildNetwork({ name: 'vgg8', pools: 1, hidden: 2, input: [4, 4, 3], classes: 3 }, random(1));

  const refused: readonly (readonly [string, () => unknown, string])[] = [
    ['a factor of 0', () => simkd({ factor: 0 }), 'simkd: factor: expected an integer from 1, received 0'],
    ['another option', () => simkd({ weight: 1 } as object), 'simkd: expected options among factor, received "weight"'],
    [
      'as a part of a sum',
      () => sum(kdMethod(), simkd()),
      'sum: expected methods that train the student as it is, received simkd',
    ],
    ['no teacher', bind(with_(fits), () => []), 'simkd: expected one teacher, received 0'],
    ['two teachers', bind(with_(fits), () => [small(), small()]), 'simkd: expected one teacher, received 2'],
    [
      'a teacher with hidden layers',
      bind(with_(fits), () => [vgg()]),
      'simkd: expected a network that ends in the mean over positions and one linear layer, received vgg8, which ends otherwise',
    ],
    [
      'a teacher of other classes',
      bind(with_(fits), () => [small({ classes: 4 })]),
      "simkd: expected a teacher of the student's 3 classes, received small with 4",
    ],
    [
      'a plain student',
      bind(bare([4, 4, 3], 3), () => [small()]),
      `simkd: expected a student with a projector to the teacher, received bare without one; ${built}`,
    ],
    [
      'a projector to other channels',
      bind(with_({ channels: 8 }), () => [small()]),
      `simkd: expected a student with the projector {"bottleneck":3,"channels":6,"pool":1}, received {"bottleneck":4,"channels":8,"pool":1}; ${built}`,
    ],
    [
      'a map one and a half times as large',
      describedFor(bare([6, 6, 3], 3), small),
      "simkd: expected a student's map a whole number of times as large as the teacher's stage1 of 4×4×6, received stage1 of 6×6×3",
    ],
    [
      'a map larger in one direction alone',
      describedFor(bare([8, 4, 3], 3), small),
      "simkd: expected a student's map a whole number of times as large as the teacher's stage1 of 4×4×6, received stage1 of 8×4×3",
    ],
  ];
  const planned: readonly (readonly [string, NetworkSpec, string])[] = [
    ['a number', with_(3), 'buildNetwork: bare: projector: expected an object, { channels: 64 }, received 3'],
    ['no channels', with_({}), 'buildNetwork: bare: projector: channels: expected an integer in [1, 65536], received undefined'],
    [
      'another option',
      with_({ channels: 4, size: 3 }),
      'buildNetwork: bare: projector: expected options among channels, bottleneck, pool, received "size"',
    ],
    [
      'windows that do not cover the map',
      with_({ channels: 4, pool: 3 }),
      'buildNetwork: bare: projector: pool: expected a map that windows of 3×3 cover, received 4×4',
    ],
    [
      'on a detector',
      { name: 'ssd-resnet8', projector: { channels: 4 } },
      'buildNetwork: ssd-resnet8: projector: expected a network with one answer an image, received one that says where objects are',
    ],
  ];
  const all = [...refused, ...planned.map(([name, spec, message]) => [name, () => planNetwork(spec), message] as const)];
  for (const [name, act, message] of all) {
    test(name, () => {
      const tensors = tf.memory().numTensors;
      assert.throws(act, { name: 'InputError', message });
      assert.equal(tf.memory().numTensors, tensors);
    });
  }
});
