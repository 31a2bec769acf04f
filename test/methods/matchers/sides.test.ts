/**
 * Matchers that learn: their distance, and its gradients in the student's maps and in their weights, against PyTorch in float64
 * (`test/golden/sides_reference.py`), to 1e-6 of the largest value, or as the table says.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import type { TensorData } from 'iekd/dist/engine/variables';
import type { Matcher } from 'iekd/dist/methods/matcher';
import { catKd } from 'iekd/dist/methods/matchers/features/catKd';
import { mgd } from 'iekd/dist/methods/matchers/features/mgd';
import { reviewKd } from 'iekd/dist/methods/matchers/features/reviewKd';
import { semCkd } from 'iekd/dist/methods/matchers/features/semCkd';
import { srrl } from 'iekd/dist/methods/matchers/features/srrl';
import { vid } from 'iekd/dist/methods/matchers/features/vid';
import { distFeature } from 'iekd/dist/methods/matchers/relations/distFeature';
import type { FeatureInfo, Network } from 'iekd/dist/models/types';
import { random } from 'iekd/dist/util/rng';
import { smallNetwork } from '../../fixtures/smallNetwork';

const TOLERANCE = 1e-6;
/** Through batch norms, whose gradients are differences of sums, float32 loses a digit. */
const LOOSER: Readonly<Record<string, number>> = { srrl: 2e-6, 'dist-feature': 2e-6, 'review-kd': 5e-6, 'sem-ckd': 5e-6 };

interface Values {
  readonly shape: [number, number, number, number];
  readonly data: number[];
}

interface Row {
  readonly name: string;
  readonly students: Values[];
  readonly teachers: Values[];
  readonly weights: Readonly<Record<string, Values>>;
  readonly value: number;
  readonly grads: number[][];
  readonly weightGrads: Readonly<Record<string, number[]>>;
}

const file = JSON.parse(readFileSync(join(__dirname, '..', '..', 'golden', 'sides.json'), 'utf8')) as {
  readonly classifier: { readonly weight: Values; readonly bias: Values };
  readonly rows: Row[];
};

const MATCHERS: Readonly<Record<string, Matcher>> = {
  vid: vid(),
  srrl: srrl({ regression: 2 }),
  'review-kd': reviewKd(),
  'cat-kd': catKd(),
  'cat-kd, as it is': catKd({ normalise: false }),
  mgd: mgd({ masked: 0 }),
  'dist-feature': distFeature(),
  'sem-ckd': semCkd({ images: 8 }),
};

before(() => tf.setBackend('cpu'));

test('every row of the file has its matcher here, and the reverse', () =>
  assert.deepEqual(
    file.rows.map(({ name }) => name),
    Object.keys(MATCHERS),
  ));

describe('as PyTorch has them', () => {
  for (const row of file.rows) test(row.name, () => compare(row, MATCHERS[row.name] as Matcher));
});

/** A network of one stage, whose map has the channels and whose classifier these values where they are given. */
function networkOf(channels: number, classifier: { readonly weight?: Values | undefined; readonly bias?: Values } = {}): Network {
  const network = smallNetwork(random(1), { channels: [channels], classes: 3 });
  for (const [part, values] of Object.entries(classifier)) {
    if (values) network.variables.get(`fc.${part}`).assign(tf.tensor(values.data, values.shape));
  }
  return network;
}

const infos = (maps: readonly Values[]): FeatureInfo[] =>
  maps.map(({ shape: [, height, width, channels] }, i) => ({
    ...{ name: `stage${i + 1}`, height, width, channels, activated: true },
  }));

function compare({ name: row, students, teachers, weights, value, grads, weightGrads }: Row, matcher: Matcher): void {
  const tolerance = LOOSER[row] ?? TOLERANCE;
  const channels = teachers.at(-1)?.shape[3] as number;
  const teacher = networkOf(channels, channels === file.classifier.weight.shape[0] ? file.classifier : {});
  const student = networkOf(students.at(-1)?.shape[3] as number, { weight: weights['fc.weight'] });
  const target = matcher.teacherSide(infos(teachers), teacher, random(2));
  const side = matcher.studentSide(infos(students), target, random(3), { network: student });
  const statistics = side.variables.entries().filter(({ trainable }) => !trainable);
  const own = Object.entries(weights).filter(([name]) => name !== 'fc.weight');
  const data = own.map(([name, { shape, data }]): [string, TensorData] => [name, { shape, data: Float32Array.from(data) }]);
  side.variables.load({
    ...Object.fromEntries(statistics.map(({ name }) => [name, side.variables.snapshot()[name] as TensorData])),
    ...Object.fromEntries(data),
  });
  tf.tidy(() => {
    const maps = students.map(({ data, shape }) => tf.variable(tf.tensor4d(data, shape)));
    const factor = target.target(teachers.map(({ data, shape }) => tf.tensor4d(data, shape)));
    const named = Object.keys(weights).map((name) => {
      return [name, name === 'fc.weight' ? student.variables.get(name) : side.variables.get(name)] as const;
    });
    const { value: found, grads: received } = tf.variableGrads(
      () => matcher.distance.of(side.factor(maps as tf.Tensor4D[], true, { target: factor }), factor),
      [...maps, ...named.map(([, variable]) => variable)],
    );
    assert.ok(Math.abs((found.dataSync()[0] as number) / value - 1) < TOLERANCE, `${found.dataSync()[0]} for ${value}`);
    for (const [i, map] of maps.entries()) near(received[map.name] as tf.Tensor, grads[i] as number[], `map ${i}`, tolerance);
    for (const [name, variable] of named)
      near(received[variable.name] as tf.Tensor, weightGrads[name] as number[], name, tolerance);
    for (const map of maps) map.dispose();
  });
  for (const one of [teacher, student, side.variables, target.variables]) one.dispose();
}

function near(received: tf.Tensor, expected: readonly number[], where: string, tolerance: number): void {
  const largest = Math.max(...expected.map(Math.abs));
  assert.ok(largest > 1e-5, where);
  const furthest = Math.max(...[...received.dataSync()].map((v, i) => Math.abs(v - (expected[i] as number))));
  assert.ok(furthest < tolerance * largest, `${where}: ${furthest / largest}`);
}

describe('bad input', () => {
  const refused: readonly (readonly [string, () => unknown, string])[] = [
    ['a share below 0', () => srrl({ regression: -1 }), 'srrl: regression: expected a number from 0, received -1'],
    [
      'a feature of SRRL',
      () => srrl({ feature: 'stage1' } as object),
      'srrl: expected options among regression, received "feature"',
    ],
    ['no place', () => catKd({ resolution: 0 }), 'cat-kd: resolution: expected an integer from 1, received 0'],
    ['a word for yes', () => catKd({ normalise: 'yes' as never }), 'cat-kd: normalise: expected true or false, received "yes"'],
    ['three images', () => semCkd({ images: 3 }), 'sem-ckd: images: expected an integer from 4, received 3'],
    ['all masked', () => mgd({ masked: 1 }), 'mgd: masked: expected a number in [0, 0.95], received 1'],
    ['another mask', () => mgd({ mask: 'rows' as never }), 'mgd: mask: expected one of channels, positions, received "rows"'],
    [
      'a number for an embedding',
      () => reviewKd({ embedding: 1 as never }),
      'review-kd: embedding: expected true or false, received 1',
    ],
    [
      'a classifier of more layers',
      () => {
        const { operations, ...network } = networkOf(4);
        return srrl().teacherSide(infos([file.rows[1]?.students[0] as Values]), network, random(1));
      },
      'srrl: expected a network that ends in the mean over positions and one linear layer, received small, which does not say',
    ],
    [
      'another map than the classifier reads',
      () => srrl().teacherSide(infos(file.rows[0]?.students as Values[]).slice(1), networkOf(4), random(1)),
      'srrl: expected the map that the classifier of small reads, stage1, received stage2 of 2×2×2',
    ],
    [
      'a student of other classes',
      () => {
        const maps = infos([file.rows[1]?.students[0] as Values]);
        const [teacher, student] = [networkOf(4), smallNetwork(random(1), { channels: [4], classes: 7 })];
        return catKd().studentSide(maps, catKd().teacherSide(maps, teacher, random(1)), random(1), { network: student });
      },
      "cat-kd: expected a student of the teacher's 3 classes, received small with 7",
    ],
  ];
  for (const [name, act, message] of refused) test(name, () => assert.throws(act, { name: 'InputError', message }));
});

test('MGD masks channels or positions in training, the same for the same step, and nothing without random numbers', () => {
  const [map] = infos([file.rows[1]?.students[0] as Values]) as [FeatureInfo];
  for (const mask of ['channels', 'positions'] as const) {
    const matcher = mgd({ mask, masked: 0.5 });
    const target = matcher.teacherSide([map], networkOf(4), random(2));
    const side = matcher.studentSide([map], target, random(3), { network: networkOf(4) });
    tf.tidy(() => {
      const made = (seed: number | undefined, training = true): string => {
        const step = { target: [], random: seed === undefined ? undefined : random(seed) };
        const [factor] = side.factor([tf.ones([2, 4, 4, 4])], training, step) as [tf.Tensor];
        return String(factor.dataSync());
      };
      assert.equal(made(1), made(1));
      assert.notEqual(made(1), made(2));
      assert.equal(made(undefined), made(1, false));
      assert.notEqual(made(undefined), made(1));
    });
    side.variables.dispose();
  }
});
