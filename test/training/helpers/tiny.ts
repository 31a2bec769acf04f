/**
 * A world small enough for plain JavaScript: 4×4 images of three classes, a linear network with a moving statistic, and a method
 * with a stage that fits the teacher's side. Everything a trainer touches occurs once: parameters, statistics, a method's own
 * variables, a drawn state, several stages.
 */
import type { Dataset, ImageSet } from 'iekd/dist/data/types';
import { statisticsHeld } from 'iekd/dist/engine/fused/movingStatistics';
import { tf } from 'iekd/dist/engine/tf';
import { Variables } from 'iekd/dist/engine/variables';
import type { Distillation, Method } from 'iekd/dist/methods/types';
import type { Network } from 'iekd/dist/models/types';
import { sha256 } from 'iekd/dist/util/hash';
import { type Random, random } from 'iekd/dist/util/rng';

export const SIDE = 4;
const PIXELS = SIDE * SIDE;

/** Noise, and one bright row that tells the class. */
export function tinyImages(count: number, name: string): ImageSet {
  const stream = random(7).stream(name);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 3);
  const images = Uint8Array.from({ length: count * PIXELS }, (_, i) => {
    const row = Math.floor((i % PIXELS) / SIDE);
    return stream.below(160) + (row === labels[Math.floor(i / PIXELS)] ? 60 : 0);
  });
  return { images, labels, count, height: SIDE, width: SIDE, channels: 1 };
}

export interface TinyCounts {
  readonly train?: number;
  readonly validation?: number;
  readonly test?: number;
}

/** Three classes; by default 22 training images (batches of 8: a smaller last one), 9 of validation, 12 of test. */
export function tinyData({ train = 22, validation = 9, test = 12 }: TinyCounts = {}): Dataset {
  const parts = {
    train: tinyImages(train, 'train'),
    validation: tinyImages(validation, 'validation'),
    test: tinyImages(test, 'test'),
  };
  return {
    name: 'tiny',
    classNames: ['top', 'upper', 'lower'],
    ...parts,
    mean: [0.4],
    std: [0.3],
    augmentation: { pad: 1, flip: true },
    source: 'made here',
    split: 'none',
    fingerprint: sha256(parts.train.images, parts.validation.images, parts.test.images),
  };
}

function normal(shape: readonly number[], source: Random, name: string): { shape: readonly number[]; data: Float32Array } {
  const stream = source.stream(name);
  return { shape, data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 0.1 * stream.normal()) };
}

/** logits = flatten(x − moving mean) · weight + bias; the feature `map` is x · scale. Training moves the mean. */
export function tinyNetwork(name: string, source: Random): Network {
  const variables = new Variables();
  const weight = variables.add('weight', normal([PIXELS, 3], source, 'weight')) as tf.Variable<tf.Rank.R2>;
  const bias = variables.add('bias', { shape: [3], data: new Float32Array(3) });
  const scale = variables.add('scale', { shape: [1], data: Float32Array.of(1.5) });
  const moving = variables.add('running_mean', { shape: [PIXELS], data: new Float32Array(PIXELS) }, false);
  return {
    name,
    spec: { name, classes: 3, input: [SIDE, SIDE, 1] },
    input: [SIDE, SIDE, 1],
    classes: 3,
    variables,
    features: [{ name: 'map', channels: 1, height: SIDE, width: SIDE, activated: false }],
    forward: (x, { training = false, features = [] } = {}) => {
      const flat = tf.reshape(x, [-1, PIXELS]) as tf.Tensor2D;
      if (training && !statisticsHeld()) moving.assign(tf.add(tf.mul(moving, 0.9), tf.mul(tf.mean(flat, 0), 0.1)));
      const logits = tf.add(tf.matMul(tf.sub(flat, moving) as tf.Tensor2D, weight), bias) as tf.Tensor2D;
      return { logits, features: features.includes('map') ? { map: tf.mul(x, scale) as tf.Tensor4D } : {} };
    },
    dispose: () => variables.dispose(),
  };
}

/** Cross-entropy alone. */
export function tinyTask(): Method {
  return {
    name: 'task',
    options: {},
    teachers: 0,
    build: () => ({
      reads: { teacher: [], student: [] },
      fits: [],
      variables: new Variables(),
      state: {},
      restore: () => undefined,
      terms: ({ student, labels }) => [
        { name: 'task', value: entropy(student.logits, labels), weight: 1, reduction: 'mean over batch' },
      ],
      compare: () => [],
      dispose: () => undefined,
    }),
  };
}

/** Fits a scale of the teacher's map, then draws the student's map to it; draws a number once, as IE draws its split. */
export function tinyMatch(weight = 0.5): Method {
  return { name: 'tiny-match', options: { weight }, teachers: 1, build: (context) => bindMatch(weight, context) };
}

function bindMatch(weight: number, { teachers, random: source }: Parameters<Method['build']>[0]): Distillation {
  const [teacher] = teachers;
  if (!teacher) throw new Error('a teacher is missing');
  const fitted = new Variables();
  const code = fitted.add('code', normal([PIXELS, PIXELS], source, 'code')) as tf.Variable<tf.Rank.R2>;
  const own = new Variables();
  const connector = own.add('connector', normal([PIXELS, PIXELS], source, 'connector')) as tf.Variable<tf.Rank.R2>;
  let offset = source.stream('offset').below(1000) / 1000;
  const encode = (map: tf.Tensor | undefined, by: tf.Variable<tf.Rank.R2>): tf.Tensor2D => {
    if (!map) throw new Error('the feature is missing');
    return tf.matMul(tf.reshape(map, [-1, PIXELS]) as tf.Tensor2D, by);
  };
  return {
    reads: { teacher: ['map'], student: ['map'] },
    fits: [
      {
        name: 'code',
        training: { epochs: 2, learningRate: 0.05 },
        objective: {
          variables: fitted,
          terms: ({ images }) => {
            const { map } = teacher.forward(images, { features: ['map'] }).features;
            const value = tf.mean<tf.Scalar>(tf.square(tf.sub(encode(map, code), tf.reshape(images, [-1, PIXELS]))));
            return [{ name: 'reconstruction', value, weight: 1 }];
          },
        },
      },
    ],
    variables: own,
    get state() {
      return { offset };
    },
    restore: (state) => {
      offset = Number(state.offset);
    },
    terms: ({ student, teachers: [result], labels }) => {
      const target = tf.add(encode(result?.features.map, code), offset);
      const value = tf.mean<tf.Scalar>(tf.square(tf.sub(encode(student.features.map, connector), target)));
      return [
        { name: 'task', value: entropy(student.logits, labels), weight: 1 },
        { name: 'match', value, weight },
      ];
    },
    compare: () => [],
    dispose: () => {
      fitted.dispose();
      own.dispose();
    },
  };
}

function entropy(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  return tf.losses.softmaxCrossEntropy(tf.oneHot(labels, 3), logits) as tf.Scalar;
}
