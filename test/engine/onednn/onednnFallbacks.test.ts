/**
 * Nothing in training falls back to plain JavaScript kernels on the fast engine: whole runs of every method of the table, steps of every
 * network, and the ops that methods and networks are made of, with their gradients, on maps of more than 4,096 values.
 */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Dataset, ImageSet } from 'iekd/dist/data/types';
import { detached } from 'iekd/dist/engine/detached';
import { onednn } from 'iekd/dist/engine/onednn';
import { tf } from 'iekd/dist/engine/tf';
import type { StartedEngine } from 'iekd/dist/engine/types';
import { buildMethod, describeMethods } from 'iekd/dist/methods/index';
import { buildNetwork, describeModels } from 'iekd/dist/models/index';
import type { Network } from 'iekd/dist/models/types';
import { train } from 'iekd/dist/training/train';
import { random } from 'iekd/dist/util/rng';

/** Kernels that may stay plain JavaScript, each with its reason: bookkeeping on tensors of a few values. There are none so far. */
const BOOKKEEPING: Readonly<Record<string, string>> = {};

/** Larger networks are made of the same layers, and take seconds to draw. */
const MOST_PARAMETERS = 12e6;

let engine: StartedEngine;

/** What falls back while `f` runs. */
async function fallbacksOf(f: () => Promise<void> | void): Promise<string[]> {
  engine.resetFallbacks();
  await f();
  return engine.fallbacks().flatMap(({ kernel, calls }) => (kernel in BOOKKEEPING ? [] : [`${kernel} ${calls}`]));
}

/** Noise in ten classes; one step an epoch, nothing to evaluate. */
function noise(side: number, count: number): Dataset {
  const stream = random(7).stream('noise');
  const part = (size: number): ImageSet => ({
    images: Uint8Array.from({ length: size * side * side * 3 }, () => stream.below(256)),
    labels: Uint8Array.from({ length: size }, (_, i) => i % 10),
    count: size,
    height: side,
    width: side,
    channels: 3,
  });
  return {
    name: 'noise',
    classNames: Array.from({ length: 10 }, (_, i) => `class ${i}`),
    ...{ train: part(count), validation: part(0), test: part(0) },
    ...{ mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
    augmentation: { pad: 1, flip: true },
    ...{ source: 'made here', split: 'none', fingerprint: 'noise' },
  };
}

/** Trains for one epoch, of one step; stages before the student's as long as the method has them. */
async function trainOnce(data: Dataset, name: string, student: Network, others: readonly Network[] = []): Promise<void> {
  const training = { epochs: 1, batch: data.train.count, learningRate: 1e-3 };
  const method = buildMethod({ name });
  const beside = method.peers ? { peers: others } : { teachers: others };
  const own = method.student ? buildNetwork(method.student(student.spec, others), random(1)) : student;
  const result = await train({ student: own, ...beside, method, data, training });
  result.dispose();
  for (const network of new Set([own, student, ...others])) network.dispose();
}

const MAP: [number, number, number, number] = [4, 8, 12, 16];

/** A map, always the same for a seed; positive, in [0.5, 2), where asked for. */
function map(seed: number, positive = false): tf.Tensor4D {
  const [a, b] = positive ? [0.5, 2] : [-1, 1];
  return tf.randomUniform(MAP, a, b, 'float32', seed);
}

const MARGINS: [number, number][] = [
  [0, 0],
  [1, 1],
  [1, 1],
  [0, 3],
];

type Op = (x: tf.Tensor4D, y: tf.Tensor4D) => tf.Tensor | tf.Tensor[];

/** Positions a channel as rows, as Gram matrices take them. */
const rows = (x: tf.Tensor): tf.Tensor3D => tf.reshape(x, [4, 96, 16]);

const OPS: Readonly<Record<string, Op>> = {
  // Rectifiers, boundaries and other choices.
  relu6: (x) => tf.relu6(x),
  clipByValue: (x) => tf.clipByValue(x, 0, 6),
  leakyRelu: (x) => tf.leakyRelu(x, 0.1),
  'where over a comparison': (x, y) =>
    tf.where(
      detached(() => tf.greater(x, y)),
      x,
      tf.zerosLike(x),
    ),
  'a mask of comparisons': (x, y) => {
    const inside = (): tf.Tensor => tf.logicalOr(tf.equal(x, y), tf.lessEqual(x, 1));
    const mask = detached(() => tf.cast(tf.logicalAnd(tf.logicalNot(tf.less(x, 0)), inside()), 'float32'));
    return tf.mul(x, mask);
  },
  'maximum and minimum': (x, y) => [tf.maximum(x, y), tf.minimum(x, 0.5)],
  'abs and sign': (x) => [tf.abs(x), tf.mul(x, tf.sign(x))],
  // Powers, norms and dropout's arithmetic.
  'pow, square and sqrt': (x, y) => [tf.pow(x, 3), tf.square(x), tf.sqrt(y), tf.pow(y, x)],
  norm: (x) => tf.div(rows(x), tf.norm(rows(x), 2, 1, true)),
  'floor, as in dropout': (x, y) => tf.mul(x, tf.div(tf.floor(tf.add(y, 0.5)), 0.5)),
  // Channels and axes.
  concat: (x, y) => tf.concat([x, y], 3),
  split: (x) => tf.split(x, [4, 12], 3),
  slice: (x) => tf.slice(x, [1, 0, 0, 4], [2, 8, 12, 8]),
  pad: (x) => tf.pad(x, MARGINS),
  stack: (x, y) => tf.stack([x, y], 1),
  unstack: (x) => tf.unstack(x, 1),
  tile: (x) => tf.tile(x, [1, 1, 1, 2]),
  transpose: (x) => tf.transpose(x, [0, 3, 1, 2]),
  'channel shuffle': (x) => tf.reshape(tf.transpose(tf.reshape(x, [4, 96, 2, 8]), [0, 1, 3, 2]), MAP),
  gather: (x) => tf.gather(x, tf.tensor1d([5, 0, 15, 5], 'int32'), 3),
  // Pools, reductions and what is broadcast back.
  'max and average pooling': (x) => [tf.maxPool(x, 2, 2, 'valid'), tf.avgPool(x, 2, 2, 'valid')],
  'global pools': (x) => [tf.max(x, [1, 2]), tf.mean(x, [1, 2]), tf.min(x, [1, 2])],
  'sums over axes apart': (x) => [tf.sum(x, [0, 2]), tf.mean(x, [1, 3], true), tf.sum(x)],
  'a product with channel means': (x) => tf.mul(x, tf.mean(x, [1, 2], true)),
  moments: (x) => tf.moments(x, [0, 1, 2]).variance,
  'fills and zeros': (x) => tf.add(tf.mul(x, tf.onesLike(x)), tf.fill(MAP, 0.5)),
  // Products and probabilities.
  'Gram matrices': (x, y) => tf.div(tf.matMul(rows(x), rows(y), true, false), 96),
  'Gram matrices of transposes': (x, y) => tf.matMul(tf.transpose(rows(x), [0, 2, 1]), rows(y)),
  'softmax and logSoftmax': (x) => [tf.softmax(rows(x)), tf.logSoftmax(rows(x))],
  addN: (x, y) => tf.addN([x, y, x]),
  'convolution with a bias': (x, y) => tf.relu(tf.add(tf.conv2d(x, weights([3, 3, 16, 16]), 1, 'same'), tf.mean(y, [0, 1, 2]))),
  'depthwise convolution': (x) => tf.depthwiseConv2d(x, weights([3, 3, 16, 1]), 2, 'same'),
  'conv2dTranspose, as relevance goes back': (x) => tf.conv2dTranspose(x, weights([3, 3, 8, 16]), [4, 16, 24, 8], 2, 'same'),
};

function weights(shape: [number, number, number, number]): tf.Tensor4D {
  return tf.randomUniform(shape, -1, 1, 'float32', 3);
}

/** Runs the op and its gradient by both maps. */
function differentiated(op: Op): void {
  const list = (result: tf.Tensor | tf.Tensor[]): tf.Tensor[] => (Array.isArray(result) ? result : [result]);
  const loss = (x: tf.Tensor, y: tf.Tensor): tf.Scalar => {
    const sums = list(op(x as tf.Tensor4D, y as tf.Tensor4D)).map((value) => tf.sum<tf.Scalar>(tf.square(value)));
    return tf.add(tf.addN(sums), tf.sum<tf.Scalar>(tf.mul(y, y)));
  };
  tf.tidy(() => void tf.grads(loss)([map(1), map(2, true)]));
}

const unavailable = onednn.unavailable();

describe('training on onednn falls back to no plain kernel', async () => {
  const skip = (await unavailable) ?? false;
  before(async () => {
    tf.enableProdMode();
    engine = await onednn.start({ threads: 2 });
  });

  test('what does is seen', { skip }, async () => {
    assert.deepEqual(await fallbacksOf(() => tf.tidy(() => void tf.tanh(map(1)))), ['Tanh 1']);
  });

  for (const { name, teachers, peers } of describeMethods()) {
    test(`method ${name}, all stages`, { skip }, async () => {
      const [student, ...others] = [1, 2, 3].map((seed) => buildNetwork({ name: 'resnet8', input: [16, 16, 3] }, random(seed)));
      const found = await fallbacksOf(() =>
        trainOnce(noise(16, 4), name, student as Network, others.slice(0, teachers + Number(peers))),
      );
      assert.deepEqual(found, []);
    });
  }

  for (const { name, parameters10 } of describeModels().filter(
    (row) => row.task === 'classification' && row.parameters10 < MOST_PARAMETERS,
  )) {
    test(`network ${name}, ${parameters10} parameters`, { skip }, async () => {
      const network = buildNetwork({ name }, random(1));
      assert.deepEqual(await fallbacksOf(() => trainOnce(noise(32, 2), 'supervised', network)), []);
    });
  }

  for (const [name, op] of Object.entries(OPS)) {
    test(`op ${name}, with its gradient`, { skip }, async () => {
      assert.deepEqual(await fallbacksOf(() => differentiated(op)), []);
    });
  }
});
