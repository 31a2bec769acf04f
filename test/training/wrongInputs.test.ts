/**
 * Wrong values at random places of what the library is given (fast-check, fixed seed): each call works or refuses in words of at most 500
 * characters. A TypeError, a RangeError or a loss that is not finite is a bug.
 */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as fc from 'fast-check';
import {
  at,
  buildMethod,
  buildNetwork,
  crossEntropy,
  ft,
  type ImageSet,
  ie,
  imageAt,
  imageSet,
  kd,
  kdMethod,
  loadDataset,
  match,
  mutual,
  type Network,
  planNetwork,
  random,
  sampleImages,
  select,
  start,
  supervised,
  tf,
  train,
} from 'iekd';
import { checkConfig } from 'iekd/dist/experiments/run/config';
import { isObject } from 'iekd/dist/util/check';
import { tinyData } from '../fixtures/tinyNetworks';

before(() => start({ engine: 'cpu' }));

const circular: Record<string, unknown> = {};
circular.self = circular;

/** What nobody means: of every type, too small, too large, and names that every object has. */
const WRONG: readonly unknown[] = [
  ...[undefined, null, true, false, 12n, Symbol('s'), () => 1, class Given {}],
  ...[0, -0, 1, -1, 2, 0.5, 1.5, -0.5, Number.NaN, Infinity, -Infinity, 1e9, 1e-9, 2 ** 53, 1e308, 255, 256],
  ...['', 'a', '0', 'toString', '__proto__', 'constructor', 'x'.repeat(10_000), 'a\0'],
  ...[[], [0], [1, 2, 3], ['a'], [[]], {}, { a: 1 }, { name: 'ft' }, { name: 1 }, { kind: 'cosine' }, { kind: 'step', base: 1 }],
  ...[{ toString: 1 }, Object.create(null), JSON.parse('{"__proto__":1}'), circular, new Date(0), new Map(), /x/, new Error('x')],
  ...[new Float32Array(4), new Uint8Array(4), Promise.resolve(1), ft(), supervised()],
];

/** A list of arguments, and what is done with them. */
interface Target {
  readonly given: () => readonly unknown[];
  readonly act: (...given: never[]) => unknown;
  readonly runs: number;
}

const network = (seed: number): Network => buildNetwork({ name: 'resnet8', classes: 3, input: [4, 4, 1] }, random(seed));
const images = (): ImageSet => tinyData().train;
const stopped = { stopped: true, reason: 'enough', request: () => undefined, reset: () => undefined };

function trainOptions(): object {
  const learningRate = { kind: 'multiStep', base: 0.01, at: [], factor: 0.1, warmUp: { epochs: 1, from: 0.5 } };
  return {
    student: network(1),
    teachers: [network(2)],
    method: buildMethod({ name: 'ie-ft', fit: { epochs: 1 } }),
    data: tinyData(),
    training: { epochs: 1, batch: 6, learningRate, augment: true, optimizer: { name: 'sgd', momentum: 0.5 } },
    stages: { student: { epochs: 1 }, 'factor encoder': { learningRate: { kind: 'step', base: 0.1, every: 1, factor: 0.5 } } },
    seed: 0,
    listeners: [],
    peers: [],
    resume: false,
    stop: stopped,
  };
}

async function trained(options: Parameters<typeof train>[0]): Promise<void> {
  const { history, dispose } = await train(options);
  dispose();
  for (const { loss } of history) assert.ok(Number.isFinite(loss), 'a finite loss');
}

/** Builds the method, and binds it to two networks. */
function bound(spec: Parameters<typeof buildMethod>[0]): void {
  const method = buildMethod(spec);
  const [student, ...others] = [network(1), network(2), network(3)] as [Network, Network, Network];
  const beside = { teachers: others.slice(0, method.teachers), peers: method.peers ? others : [] };
  try {
    if (method.teachers < 3) method.build({ student, ...beside, images: tinyData().train, random: random(0) }).dispose();
  } finally {
    for (const one of [student, ...others]) one.dispose();
  }
}

const CONFIG = {
  dataset: { name: 'fashion-mnist', train: 10, validation: 1, test: 3, seed: 0, folder: 'x' },
  student: { name: 'resnet8', classes: 3, input: [4, 4, 1], shortcut: 'A' },
  teacher: ['a', 'b'].map((weights) => ({ network: { name: 'resnet8' }, weights })),
  method: { name: 'feed', teachers: 2, weight: { kind: 'cosine', base: 1 } },
  training: { epochs: 3, batch: 3, learningRate: { kind: 'multiStep', base: 1, at: [1, 2], factor: 0.1 } },
  stages: { student: { epochs: 2 } },
  precision: 'float32',
  seed: 1,
  task: { name: 'classification' },
};

const second = { task: 1, soft: 1, temperature: 3 };
const METHODS = [
  { name: 'ft', rate: 0.5, feature: 'last', distance: 'l1', coder: 'biased', fit: { epochs: 1, learningRate: 0.1 }, weight: 500 },
  {
    name: 'ie-at',
    features: ['stage1', 'stage2'],
    form: 'square',
    floor: 0.01,
    ratio: 0.5,
    split: 'random',
    inherit: 1,
    explore: 0,
  },
  {
    name: 'ab',
    features: { teacher: ['stage1.pre'], student: ['stage1.pre'] },
    margin: 1,
    connector: 'always',
    pretrain: 2,
    second,
  },
  { name: 'ie-fsp', features: 'stages', pooling: 'max', connector: 'differing', pretrain: 0, second, ratio: 0.5 },
  { name: 'od', features: 'stages.pre', repulsion: 'cosine', teacherMode: 'evaluation' },
  { name: 'feed', feature: 'last', teachers: 2 },
  { name: 'fitnet', feature: { teacher: 'stage2', student: 'stage2' }, pretrain: 1, second },
  { name: 'kd', alpha: 0.5, temperature: 4 },
  { name: 'tfkd-reg', alpha: 0.1, temperature: 20, correct: 0.9, multiplier: 1, student: 'code' },
  { name: 'tfkd-self', alpha: 0.1, temperature: 3, multiplier: 1 },
  { name: 'ie-dml', match: 'ft', rate: 0.5, kl: 1, updates: 'alternate', ratio: 0.5 },
];

const logits = (): tf.Tensor2D => tf.randomNormal([3, 4], 0, 1, 'float32', 1);
const labels = (): tf.Tensor1D => tf.tensor1d([0, 1, 2], 'int32');

const TARGETS: Readonly<Record<string, Target>> = {
  train: { given: () => [trainOptions()], act: trained, runs: 60 },
  buildNetwork: {
    given: () => [{ name: 'resnet8', classes: 3, input: [4, 4, 1], shortcut: 'B' }, random(0)],
    act: (...all: Parameters<typeof buildNetwork>) => buildNetwork(...all).dispose(),
    runs: 100,
  },
  'planNetwork (MobileNet)': {
    given: () => [{ name: 'mobilenetv2', classes: 3, input: [8, 8, 1], width: 0.25, stem: 'cifar', dropout: 0.1 }],
    act: planNetwork,
    runs: 100,
  },
  'planNetwork (VGG)': {
    given: () => [{ name: 'vgg8', classes: 3, input: [8, 8, 1], pools: 2, hidden: 4, dropout: 0.1 }],
    act: planNetwork,
    runs: 100,
  },
  ...Object.fromEntries(METHODS.map((spec) => [`buildMethod (${spec.name})`, { given: () => [spec], act: bound, runs: 40 }])),
  match: { given: () => [ft(), { weight: 1 }], act: match, runs: 60 },
  ie: { given: () => [at(), { ratio: 0.5, split: 'natural', inherit: 1, explore: 1 }], act: ie, runs: 60 },
  mutual: { given: () => [supervised(), { kl: 1, updates: 'alternate' }], act: mutual, runs: 60 },
  kdMethod: { given: () => [{ alpha: 1, temperature: 1 }], act: kdMethod, runs: 60 },
  random: { given: () => [0], act: random, runs: 60 },
  loadDataset: {
    given: () => ['fashion-mnist', { train: 20, validation: 10, test: 10, seed: 0, download: false }],
    act: loadDataset,
    runs: 30,
  },
  imageSet: {
    given: () => ['own', images().images, images().labels, { height: 4, width: 4, channels: 1 }],
    act: imageSet,
    runs: 60,
  },
  sampleImages: { given: () => [images(), { perClass: 1, seed: 0 }], act: sampleImages, runs: 100 },
  select: { given: () => [images(), [0, 1, 2]], act: select, runs: 100 },
  imageAt: { given: () => [images(), 1], act: imageAt, runs: 60 },
  kd: { given: () => [logits(), logits(), labels(), { alpha: 0.5, temperature: 1 }], act: kd, runs: 60 },
  crossEntropy: { given: () => [logits(), labels()], act: crossEntropy, runs: 30 },
  checkConfig: { given: () => [CONFIG], act: checkConfig, runs: 400 },
};

/** Keys that lead to a value that may be exchanged; networks, methods and tensors are exchanged as a whole. */
function places(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  const isPlain = Array.isArray(value) || (isObject(value) && Object.getPrototypeOf(value) === Object.prototype);
  const isWhole = isObject(value) && ['forward', 'build', 'stream', 'request'].some((key) => key in value);
  if (!isPlain || isWhole || path.length > 5) return [path];
  return [
    ...(path.length > 0 ? [path] : []),
    ...Object.entries(value as object).flatMap(([key, one]) => places(one, [...path, key])),
  ];
}

function exchanged(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  const inner = exchanged((value as Readonly<Record<string, unknown>>)[key], rest, by);
  if (Array.isArray(value)) return value.map((one: unknown, i) => (String(i) === key ? inner : one));
  return { ...(value as object), [key]: inner };
}

describe('wrong values at random places', () => {
  const change = fc.record({
    place: fc.nat(),
    value: fc.constantFrom(...WRONG),
    key: fc.constantFrom(undefined, 'extra', 'toString', '__proto__'),
  });
  for (const [name, { given, act, runs }] of Object.entries(TARGETS)) {
    test(`${name}, and the right ones pass`, async () => {
      await act(...(given() as never[]));
      const property = fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 2 }), async (changes) => {
        let list = given();
        for (const { place, value, key } of changes) {
          const all = places(list);
          const path = all[place % all.length] as readonly string[];
          const other = key === undefined || path.length < 2 ? path : [...path.slice(0, -1), key];
          list = exchanged(list, other, value) as readonly unknown[];
        }
        await refusedInWords(() => act(...(list as never[])));
      });
      await fc.assert(property, { seed: 17, numRuns: runs });
    });
  }
});

async function refusedInWords(act: () => unknown): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'InputError') throw error;
    assert.ok(error.message.length <= 500, `${error.message.length} characters`);
  }
}
