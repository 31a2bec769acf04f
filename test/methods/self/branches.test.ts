/**
 * Methods that give a student branches: the loss and its gradients in logits, maps and weights, against PyTorch in float64
 * (`test/golden/branches_reference.py`), to 1e-6 of the largest value, or as the table says; and what they refuse.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import type { TensorData } from 'iekd/dist/engine/variables';
import type { Method } from 'iekd/dist/methods/method';
import { one } from 'iekd/dist/methods/online/one';
import { byot } from 'iekd/dist/methods/self/byot';
import { stageMaps } from 'iekd/dist/methods/self/shallowBranch';
import { random } from 'iekd/dist/util/rng';
import { CLOCK, weightedSum } from '../../fixtures/methodNetworks';
import { type SmallOptions, smallNetwork } from '../../fixtures/smallNetwork';

interface Values {
  readonly shape: number[];
  readonly data: number[];
}

interface Row {
  readonly name: string;
  readonly inputs: Readonly<Record<string, Values>>;
  readonly weights: Readonly<Record<string, Values>>;
  readonly value: number;
  readonly grads: Readonly<Record<string, Values>>;
}

const file = JSON.parse(readFileSync(join(__dirname, '..', '..', 'golden', 'branches.json'), 'utf8')) as {
  readonly labels: number[];
  readonly rows: Row[];
};

const METHODS: Readonly<Record<string, Method>> = {
  byot: byot({ alpha: 0.3, temperature: 2, hint: 0.02 }),
  one: one(),
};
const TOLERANCE = 1e-6;
/** Through three and four batch norms, whose gradients are differences of sums, float32 loses a digit. */
const GRADIENTS = 5e-6;

const CHANNELS: SmallOptions = { channels: [3, 4, 8], classes: 3 };

before(() => tf.setBackend('cpu'));

test('every row of the file has its method here, and the reverse', () =>
  assert.deepEqual(
    file.rows.map(({ name }) => name),
    Object.keys(METHODS),
  ));

for (const row of file.rows) test(`${row.name} as PyTorch has it`, () => compare(row, METHODS[row.name] as Method));

function compare({ inputs, weights, value, grads }: Row, method: Method): void {
  const student = smallNetwork(random(1), CHANNELS);
  const bound = method.build({ student, teachers: [], random: random(2) });
  load(bound.variables, weights);
  tf.tidy(() => {
    const given = Object.entries(inputs).map(([name, { data, shape }]) => [name, tf.variable(tf.tensor(data, shape))] as const);
    const { logits, ...features } = Object.fromEntries(given);
    const named = [...given, ...bound.variables.parameters().map(({ name, variable }) => [name, variable] as const)];
    const targets = [tf.tensor1d(file.labels, 'int32')];
    const found = tf.variableGrads(
      () => {
        const result = {
          logits: logits as tf.Tensor as tf.Tensor2D,
          features: features as unknown as Record<string, tf.Tensor4D>,
        };
        return weightedSum(bound.terms({ student: result, teachers: [], targets, clock: CLOCK }));
      },
      named.map(([, variable]) => variable),
    );
    assert.ok(
      Math.abs((found.value.dataSync()[0] as number) / value - 1) < TOLERANCE,
      `${found.value.dataSync()[0]} for ${value}`,
    );
    for (const [name, variable] of named) near(found.grads[variable.name], grads[name], name);
    for (const [, variable] of given) variable.dispose();
  });
  for (const part of [bound, student]) part.dispose();
}

/** Batch norms keep their statistics, which a step in training mode does not read. */
function load(variables: ReturnType<Method['build']>['variables'], weights: Row['weights']): void {
  const statistics = Object.entries(variables.snapshot()).filter(([name]) => name.includes('running_'));
  const data = Object.entries(weights).map(([name, { shape, data: values }]): [string, TensorData] => {
    return [name, { shape, data: Float32Array.from(values) }];
  });
  variables.load(Object.fromEntries([...statistics, ...data]));
}

/** Both may be without: nothing then flows there. */
function near(received: tf.Tensor | undefined, expected: Values | undefined, where: string): void {
  assert.equal(received === undefined, expected === undefined, where);
  if (!received || !expected) return;
  const largest = Math.max(...expected.data.map(Math.abs));
  assert.ok(largest > 1e-5, where);
  const furthest = Math.max(...[...received.dataSync()].map((v, i) => Math.abs(v - (expected.data[i] as number))));
  assert.ok(furthest < GRADIENTS * largest, `${where}: ${furthest / largest}`);
}

describe('bad input', () => {
  const bind = (method: Method, options: SmallOptions) => () => {
    const student = smallNetwork(random(1), options);
    try {
      method.build({ student, teachers: [], random: random(2) }).dispose();
    } finally {
      student.dispose();
    }
  };
  const refused: readonly (readonly [string, () => unknown, string])[] = [
    ['α above 1', () => byot({ alpha: 2 }), 'byot: alpha: expected a number in [0, 1], received 2'],
    ['T of 0', () => byot({ temperature: 0 }), 'byot: temperature: expected a number above 0, received 0'],
    ['a negative hint', () => byot({ hint: -1 }), 'byot: hint: expected a number from 0, received -1'],
    [
      'another option',
      () => byot({ beta: 1 } as object),
      'byot: expected options among alpha, temperature, hint, received "beta"',
    ],
    ['no branch', () => one({ branches: 0 }), 'one: branches: expected an integer from 1, received 0'],
    ['T below 0', () => one({ temperature: -1 }), 'one: temperature: expected a number above 0, received -1'],
    ['a weight below 0', () => one({ weight: -1 }), 'one: weight: expected a number from 0, received -1'],
    [
      'an option of byot',
      () => one({ hint: 1 } as object),
      'one: expected options among branches, temperature, weight, received "hint"',
    ],
    ['one stage', bind(byot(), { channels: [4] }), 'byot: expected a student of two stages at least, received small with 1'],
    ['one stage of ONE', bind(one(), { channels: [4] }), 'one: expected a student of two stages at least, received small with 1'],
  ];
  for (const [name, act, message] of refused) {
    test(name, () => {
      const tensors = tf.memory().numTensors;
      assert.throws(act, { name: 'InputError', message });
      assert.equal(tf.memory().numTensors, tensors);
    });
  }

  test('maps that halving does not bring to the size of the last; the branches before are disposed of', () => {
    const tensors = tf.memory().numTensors;
    const student = smallNetwork(random(1), CHANNELS);
    const features = student.features.map((map) => (map.name === 'stage2' ? { ...map, width: 5 } : map));
    const message = 'byot: expected maps that halving brings to the size of stage3 of 2×2×8, received stage2 of 4×5×4';
    assert.throws(() => byot().build({ student: { ...student, features }, teachers: [], random: random(2) }), {
      name: 'InputError',
      message,
    });
    student.dispose();
    assert.equal(tf.memory().numTensors, tensors);
  });
});

test("a detector's branches end at its backbone's last stage", () => {
  const student = { ...smallNetwork(random(1), CHANNELS), lastStage: 'stage2' };
  assert.deepEqual(
    stageMaps('byot', student).map(({ name }) => name),
    ['stage1', 'stage2'],
  );
  student.dispose();
});
