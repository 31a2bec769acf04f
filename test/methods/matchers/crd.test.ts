/**
 * CRD: two steps against PyTorch in float64 (`test/golden/crd_reference.py`), losses, gradients, banks and Z, to 1e-6 of the largest value; its
 * negatives; and bad inputs.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { holdStatistics } from 'iekd/dist/engine/fused/movingStatistics';
import { tf } from 'iekd/dist/engine/tf';
import { type Candidates, noiseContrast, scoreNormaliser } from 'iekd/dist/losses/relations/noiseContrast';
import type { StudentSide } from 'iekd/dist/methods/matcher';
import { type CrdOptions, crd } from 'iekd/dist/methods/matchers/contrastive/crd';
import { candidateCounts, classOrder, negativesOf } from 'iekd/dist/methods/matchers/contrastive/negatives';
import { random } from 'iekd/dist/util/rng';
import { smallNetwork } from '../../fixtures/smallNetwork';

interface Values {
  readonly shape: number[];
  readonly data: number[];
}

interface Step {
  readonly numbers: number[];
  readonly maps: Values;
  readonly target: Values;
  readonly losses: number[];
  readonly grads: Readonly<Record<string, Values>>;
  readonly banks: Readonly<Record<string, Values>>;
  readonly normalisers: Readonly<Record<string, number>>;
}

const file = JSON.parse(readFileSync(join(__dirname, '..', '..', 'golden', 'crd.json'), 'utf8')) as {
  readonly labels: number[];
  readonly negatives: number;
  readonly temperature: number;
  readonly variables: Readonly<Record<string, Values>>;
  readonly steps: Step[];
};
const TOLERANCE = 1e-6;
const IMAGES = { count: file.labels.length, labels: Uint8Array.from(file.labels) };

before(() => tf.setBackend('cpu'));

/** A side for maps of 3 channels and targets of 5 values. */
function sideOf(options: CrdOptions, images: typeof IMAGES | undefined = IMAGES): StudentSide {
  const target = { shapes: [[5]], variables: smallNetwork(random(1)).variables, target: () => [] };
  const map = { name: 'stage1', height: 2, width: 2, channels: 3, activated: true };
  return crd(options).studentSide([map], target, random(3), { network: smallNetwork(random(1)), images });
}

const tensorOf = ({ data, shape }: Values): tf.Tensor => tf.tensor(data, shape);

function near(received: tf.Tensor, { data }: Values, where: string): void {
  const largest = Math.max(...data.map(Math.abs));
  assert.ok(largest > 1e-4, where);
  for (const [i, value] of received.dataSync().entries()) {
    assert.ok(Math.abs(value - (data[i] as number)) < TOLERANCE * largest, `${where}, ${i}: ${value} for ${data[i]}`);
  }
}

test('two steps as PyTorch has them: losses, gradients, both banks and Z, which stays that of the first', () => {
  const { distance } = crd();
  const side = sideOf({ dimensions: 4, negatives: file.negatives, temperature: file.temperature });
  for (const [name, values] of Object.entries(file.variables)) tf.tidy(() => side.variables.get(name).assign(tensorOf(values)));
  const tensors = tf.memory().numTensors;
  for (const { numbers, maps, target, losses, grads, banks, normalisers } of file.steps) {
    tf.tidy(() => {
      const own = tf.variable(tensorOf(maps));
      const weights = side.variables.parameters();
      const step = { target: [tensorOf(target)], numbers: () => Int32Array.from(numbers) };
      const { value, grads: received } = tf.variableGrads(() => {
        const factor = side.factor([own as tf.Tensor4D], true, step);
        for (const [i, loss] of losses.entries()) {
          assert.ok(Math.abs((factor[i + 2]?.dataSync()[0] as number) / loss - 1) < TOLERANCE);
        }
        return distance.of(factor, step.target);
      }, [own, ...weights.map(({ variable }) => variable)]);
      assert.ok(Math.abs((value.dataSync()[0] as number) / losses.reduce((a, b) => a + b) - 1) < TOLERANCE);
      near(received[own.name] as tf.Tensor, grads['maps'] as Values, 'maps');
      for (const { name, variable } of weights) near(received[variable.name] as tf.Tensor, grads[name] as Values, name);
      for (const [name, bank] of Object.entries(banks)) near(side.variables.get(`${name}.bank`), bank, name);
      for (const [name, z] of Object.entries(normalisers)) {
        near(side.variables.get(`${name}.normaliser`), { shape: [1], data: [z] }, name);
      }
      own.dispose();
    });
  }
  assert.equal(tf.memory().numTensors, tensors, 'tensors leaked');
  side.variables.dispose();
});

test('where statistics are held, and in evaluation mode, neither bank nor Z moves', () => {
  const side = sideOf({ dimensions: 4 });
  const initial = side.variables.snapshot();
  const step = { target: [tf.ones([2, 5])], numbers: () => Int32Array.of(0, 1), random: random(1) };
  const maps = [tf.ones<tf.Rank.R4>([2, 2, 2, 3])];
  const lengths = [true, false].map((training) => tf.tidy(() => holdStatistics(() => side.factor(maps, training, step).length)));
  tf.tidy(() => void side.factor(maps, false, step));
  assert.deepEqual(lengths, [4, 2]);
  assert.deepEqual(side.variables.snapshot(), initial);
  tf.dispose([...step.target, ...maps]);
  side.variables.dispose();
});

describe('negatives', () => {
  const classes = classOrder('crd', IMAGES);
  const counts = (seed: number): Float32Array =>
    candidateCounts(Int32Array.of(0, 2), IMAGES.labels, classes, { drawn: 3, stream: random(seed).stream('negatives') });

  test('are as many as asked for, of other classes, each once, the same for the same stream; an image is its own candidate', () => {
    const seen = new Set<number>();
    for (let seed = 0; seed < 200; seed++) {
      const found = counts(seed);
      for (const [row, number] of [0, 2].entries()) {
        const own = [...found.subarray(row * IMAGES.count, (row + 1) * IMAGES.count)].flatMap((count, i) =>
          count > 0 ? [i] : [],
        );
        assert.ok(own.includes(number) && own.length === 4);
        for (const i of own) assert.ok(i === number || IMAGES.labels[i] !== IMAGES.labels[number]);
        if (row === 0) for (const i of own) seen.add(i);
      }
    }
    const others = [...IMAGES.labels].flatMap((label, i) => (i === 0 || label !== IMAGES.labels[0] ? [i] : []));
    assert.deepEqual(
      [...seen].sort((a, b) => a - b),
      others,
      'each image of another class is drawn some time',
    );
    assert.deepEqual(counts(5), counts(5));
    assert.notDeepEqual(counts(5), counts(6));
  });

  test('are at most half of the images of other classes, and one at least', () => {
    assert.deepEqual(
      [1, 3, 16384].map((most) => negativesOf(classes, most)),
      [1, 3, 3],
    );
    assert.equal(negativesOf(classOrder('crd', { count: 2, labels: Uint8Array.of(0, 4) }), 16384), 1);
  });
});

describe('bad input', () => {
  const factor = (numbers: (() => Int32Array) | undefined) => () => {
    const side = sideOf({ dimensions: 2 });
    try {
      tf.tidy(() => void side.factor([tf.ones([1, 2, 2, 3])], true, { target: [tf.ones([1, 5])], numbers }));
    } finally {
      side.variables.dispose();
    }
  };
  const loss =
    (counts: readonly [number, number], width = 2, temperature = 1) =>
    () =>
      tf.tidy(() => {
        const candidates: Candidates = { counts: tf.ones([...counts]), own: Int32Array.of(0, 1), drawn: 2 };
        noiseContrast(tf.ones([2, width]), tf.ones([3, 2]), candidates, { temperature, normaliser: 1 });
      });
  const refused: readonly (readonly [string, () => unknown, string])[] = [
    ['no dimension', () => crd({ dimensions: 0 }), 'crd: dimensions: expected an integer from 1, received 0'],
    ['no negatives', () => crd({ negatives: 0 }), 'crd: negatives: expected an integer from 1, received 0'],
    ['a temperature of 0', () => crd({ temperature: 0 }), 'crd: temperature: expected a number above 0, received 0'],
    ['a bank that stands still', () => crd({ momentum: 1 }), 'crd: momentum: expected a number in [0, 0.999], received 1'],
    [
      'another option',
      () => crd({ k: 1 } as object),
      'crd: expected options among feature, dimensions, negatives, temperature, momentum, received "k"',
    ],
    [
      'no training images',
      () => crd().studentSide([], { shapes: [[5]] } as never, random(1), {} as never),
      'crd: expected the training images, whose number and classes it needs, received none; give images: data.train to build',
    ],
    [
      'one class',
      () => classOrder('crd', { count: 3, labels: Uint8Array.of(1, 1, 1) }),
      'crd: expected training images of at least two classes, received 1',
    ],
    [
      'a batch without numbers',
      factor(undefined),
      'crd: expected a batch that knows the numbers of its images, received one without; batches() gives them',
    ],
    ['an image of another set', factor(() => Int32Array.of(10)), 'crd: expected numbers of images below 10, received 10'],
    ['counts of another bank', loss([2, 2]), 'noiseContrast: expected counts of shape [2,3], received [2,2]'],
    ['anchors of another size', loss([2, 3], 4), 'noiseContrast: expected anchors of 2 values, received [2,4]'],
    ['T of 0', loss([2, 3], 2, 0), 'noiseContrast: temperature: expected a number above 0, received 0'],
    [
      'Z of T 0',
      () =>
        tf.tidy(() =>
          scoreNormaliser(tf.ones([1, 2]), tf.ones([1, 2]), { counts: tf.ones([1, 1]), own: Int32Array.of(0), drawn: 1 }, 0),
        ),
      'scoreNormaliser: temperature: expected a number above 0, received 0',
    ],
  ];
  for (const [name, act, message] of refused) test(name, () => assert.throws(act, { name: 'InputError', message }));
});
