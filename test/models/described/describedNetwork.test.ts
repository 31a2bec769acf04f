/**
 * Networks described by their layers: the same values as the families' that are written out so, bit for bit; stored, trained, resumed,
 * explained; and what is refused. What every network keeps to is in networks.test.ts, with a row of these.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { lrp } from 'iekd/dist/analysis/lrp/lrp';
import { start } from 'iekd/dist/engine/start';
import { tf } from 'iekd/dist/engine/tf';
import { ie } from 'iekd/dist/methods/ie';
import { ft } from 'iekd/dist/methods/matchers/features/ft';
import type { LayerSpec } from 'iekd/dist/models/described/layerSpec';
import { buildNetwork, onImages, planNetwork } from 'iekd/dist/models/index';
import type { Network, NetworkPlan, NetworkSpec } from 'iekd/dist/models/types';
import { variablesHash } from 'iekd/dist/training/checkpoint/runDescription';
import { train } from 'iekd/dist/training/train';
import type { TrainOptions } from 'iekd/dist/training/trainOptions';
import { random } from 'iekd/dist/util/rng';
import { stopSignal } from 'iekd/dist/util/stopSignal';
import { loadNetwork, saveWeights } from 'iekd/dist/weights/networkFile';
import { tinyData } from '../../fixtures/tinyNetworks';

before(async () => {
  await start();
});
const root = mkdtempSync(join(tmpdir(), 'iekd-described-'));
after(() => rmSync(root, { recursive: true }));

const basic = (to: number, stride = 1): LayerSpec => ({ residual: [{ conv: to, stride }, { conv: to }] });
const RESNET8: LayerSpec[][] = [[{ conv: 16 }, basic(16)], [basic(32, 2)], [basic(64, 2)]];

/** Expansion 6, 3×3 depthwise, linear 1×1; a sum only where the size stays. */
const inverted = (from: number, to: number, stride: number): LayerSpec[] => {
  const layers: LayerSpec[] = [
    { conv: 6 * from, size: 1, activation: 'relu6' },
    { depthwise: 3, stride, activation: 'relu6' },
    { conv: to, size: 1, activation: 'none' },
  ];
  return stride === 1 && from === to ? [{ residual: layers }] : layers;
};
const repeated = (from: number, to: number, count: number, stride: number): LayerSpec[] =>
  Array.from({ length: count }, (_, k) => inverted(k === 0 ? from : to, to, k === 0 ? stride : 1)).flat();
const MOBILENETV2: LayerSpec[][] = [
  [
    { conv: 32, activation: 'relu6' },
    { depthwise: 3, activation: 'relu6' },
    { conv: 16, size: 1, activation: 'none' },
    ...repeated(16, 24, 2, 1),
  ],
  repeated(24, 32, 3, 2),
  [...repeated(32, 64, 4, 2), ...repeated(64, 96, 3, 1)],
  [...repeated(96, 160, 3, 2), ...repeated(160, 320, 1, 1)],
  [{ conv: 1280, size: 1, activation: 'relu6' }],
];

/** Convolutions without norms, as many as `counts` say, a pooling before each stage but the first. */
const plain = (counts: readonly number[], widths: readonly number[]): LayerSpec[][] =>
  counts.map((count, stage) => [
    ...(stage > 0 ? [{ maxPool: 2 }] : []),
    ...Array.from({ length: count }, () => ({ conv: widths[stage] as number, norm: false })),
  ]);

/** A tenth of its channels. */
const separable = (to: number, stride = 1): LayerSpec[] => [
  { depthwise: 3, stride },
  { conv: to, size: 1 },
];
const MOBILENET: LayerSpec[][] = [
  [{ conv: 32 }, ...[6, 12, 12].flatMap((to) => separable(to))],
  [...separable(25, 2), ...separable(25)],
  [...separable(51, 2), ...[51, 51, 51, 51, 51, 102, 102].flatMap((to) => separable(to))],
];

/** Logits and all maps. */
function outputs(network: Network, x: tf.Tensor4D, training: boolean): Record<string, number[]> {
  return tf.tidy(() => {
    const names = network.features.map(({ name }) => name);
    const { logits, features } = network.forward(x, { features: names, training });
    return Object.fromEntries(Object.entries({ logits, ...features }).map(([name, t]) => [name, [...t.dataSync()]]));
  });
}

describe('is the same as a family that is written out so', () => {
  type Row = readonly [NetworkSpec & { readonly input: readonly [number, number, number] }, LayerSpec[][], LayerSpec[]?];
  const built: readonly Row[] = [
    [{ name: 'resnet8', input: [8, 8, 3] }, RESNET8],
    [{ name: 'mobilenet', width: 0.1, input: [8, 8, 3] }, MOBILENET],
  ];
  const planned: readonly Row[] = [
    [{ name: 'mobilenetv2', input: [32, 32, 3] }, MOBILENETV2],
    [
      { name: 'vgg8', input: [32, 32, 3], pools: 4, hidden: 6 },
      plain([1, 1, 1, 1, 1], [64, 128, 256, 512, 512]),
      [{ linear: 6 }, { linear: 6 }],
    ],
  ];
  const mine = ([{ input }, stages, head = []]: Row) => ({ name: 'mine', input, stages, head });

  for (const row of [...built, ...planned]) {
    test(`${row[0].name}: shapes in the same order, maps, multiply-adds`, () => {
      const [ours, theirs] = [planNetwork(mine(row)), planNetwork(row[0])];
      const shapes = ({ variables }: NetworkPlan) => variables.map(({ shape, trainable }) => ({ shape, trainable }));
      const maps = ({ features }: NetworkPlan) => features.map(({ batchNorm: _, ...map }) => map);
      assert.deepEqual([shapes(ours), maps(ours)], [shapes(theirs), maps(theirs)]);
      assert.deepEqual([ours.multiplyAdds, ours.kept], [theirs.multiplyAdds, theirs.kept]);
    });
  }

  for (const row of built) {
    test(`${row[0].name}: the same values, bit for bit`, () => {
      const [theirs, ours] = [buildNetwork(row[0], random(1)), buildNetwork(mine(row), random(2))];
      const values = theirs.variables.entries().map(({ variable }) => variable);
      for (const [i, { variable }] of ours.variables.entries().entries()) variable.assign(values[i] as tf.Variable);
      const x = tf.randomNormal<tf.Rank.R4>([2, ...row[0].input], 0, 1, 'float32', 3);
      for (const training of [false, true]) assert.deepEqual(outputs(ours, x, training), outputs(theirs, x, training));
      tf.dispose(x);
      for (const network of [theirs, ours]) network.dispose();
    });
  }
});

const SMALL = {
  name: 'mine',
  input: [4, 4, 1],
  classes: 3,
  stages: [[{ conv: 4 }], [{ conv: 8, stride: 2 }, { residual: [{ depthwise: 3 }, { conv: 8, size: 1 }] }]],
  head: [{ dropout: 0.2 }],
} satisfies NetworkSpec;

test('is stored with its layers, read back, and placed on other images with the same weights', () => {
  const network = buildNetwork(SMALL, random(4));
  const path = join(root, 'mine.safetensors');
  saveWeights(path, network);
  const same = loadNetwork(path, planNetwork(SMALL).spec);
  assert.deepEqual(same.variables.snapshot(), network.variables.snapshot());
  assert.deepEqual([same.name, same.spec], ['mine', network.spec]);
  const larger = onImages('test', same, [6, 5, 1]);
  assert.deepEqual(
    larger.features.filter(({ name }) => name === 'stage2').map(({ height, width }) => [height, width]),
    [[3, 3]],
  );
  const other = { ...SMALL, head: [] };
  assert.throws(() => loadNetwork(path, planNetwork(other).spec), { name: 'InputError', message: /mine with head/ });
  for (const one of [network, same]) one.dispose();
});

test('explains itself: relevance is found for every pixel', () => {
  const network = buildNetwork({ ...SMALL, head: [] }, random(4));
  const { test: images, mean, std } = tinyData();
  const { relevance, sums } = lrp(network, images, { normalisation: { mean, std } });
  assert.ok(relevance.every(Number.isFinite) && relevance.some((value) => value !== 0));
  assert.equal(sums.length > 0, true);
  network.dispose();
});

describe('a run', () => {
  async function run(folder: string, settings: Partial<TrainOptions> = {}): Promise<string> {
    const [student, teacher] = [buildNetwork(SMALL, random(1)), buildNetwork({ ...SMALL, name: 'teacher' }, random(2))];
    const result = await train({
      student,
      teachers: [teacher],
      method: ie(ft({ fit: { epochs: 1 } })),
      data: tinyData(),
      training: { epochs: 2, batch: 8, learningRate: 0.05 },
      checkpoint: { folder: join(root, folder) },
      ...settings,
    });
    const hash = variablesHash(student.variables);
    for (const one of [result, student, teacher]) one.dispose();
    return hash;
  }

  test('by ie(ft()) ends with the same bits when it is broken off', async () => {
    const whole = await run('whole');
    const stop = stopSignal();
    const listener: NonNullable<TrainOptions['listeners']>[number] = (event) => {
      if (event.kind === 'step' && event.step === 4) stop.request('asked to');
    };
    assert.notEqual(await run('stopped', { stop, listeners: [listener] }), whole);
    assert.equal(await run('stopped', { resume: true }), whole);
  });
});

describe('refuses', () => {
  const kinds = 'conv, depthwise, residual, maxPool, dropout';
  const layers: readonly (readonly [unknown, string])[] = [
    [3, `expected a layer, an object with one of ${kinds}, received 3`],
    [{ con: 3 }, `expected a layer with one of ${kinds}, received ["con"]`],
    [{ linear: 3 }, `expected a layer with one of ${kinds}, received ["linear"]`],
    [{ conv: 8, depthwise: 3 }, `expected a layer with one of ${kinds}, received ["conv","depthwise"]`],
    [{ conv: 0 }, 'conv: expected an integer in [1, 65536], received 0'],
    [{ conv: 1e9 }, 'conv: expected an integer in [1, 65536], received 1000000000'],
    [{ conv: 3, siz: 2 }, 'conv: expected options among conv, size, stride, norm, activation, received "siz"'],
    [{ conv: 3, size: 2 }, 'size: expected an odd number, received 2'],
    [{ conv: 3, norm: 1 }, 'norm: expected true or false, received 1'],
    [{ conv: 3, activation: 'gelu' }, 'activation: expected one of relu, relu6, none, received "gelu"'],
    [{ residual: [] }, 'residual: expected at least one layer, received []'],
    [{ residual: [{ dropout: 1 }] }, 'residual: 0: dropout: expected a number below 1, received 1'],
    [{ maxPool: 17 }, 'expected a map of at least 17×17, received 16×16; larger images, or fewer poolings, leave more'],
    [
      { residual: [{ maxPool: 3 }] },
      'expected a body that makes maps of 6×6×4 of 16×16×4, as a stride of 3 does, received [7,7,4]',
    ],
  ];
  for (const [layer, message] of layers) {
    test(`the layer ${JSON.stringify(layer)}`, () => {
      const spec = { name: 'mine', input: [16, 16, 3], stages: [[{ conv: 4 }, layer]] } as NetworkSpec;
      assert.throws(() => planNetwork(spec), { name: 'InputError', message: `buildNetwork: mine: stages: 0: 1: ${message}` });
    });
  }

  const nested = (deep: number): unknown => (deep === 0 ? { conv: 4 } : { residual: [nested(deep - 1)] });
  const stages = [[{ conv: 4 }]];
  const specs: readonly (readonly [string, object, string])[] = [
    ['no stage', { name: 'a', stages: [] }, 'a: stages: expected at least one stage, received []'],
    ['what is no list', { name: 'a', stages: [3] }, 'a: stages: 0: expected a list of layers, received 3'],
    [
      'a convolution in the head',
      { name: 'a', stages, head: [{ conv: 3 }] },
      'a: head: 0: expected a layer with one of linear, dropout, received ["conv"]',
    ],
    [
      'the name of another network',
      { name: 'resnet20', stages },
      'resnet20: expected options among name, classes, input, shortcut, received "stages"',
    ],
    [
      'a name that is a path',
      { name: '../a', stages },
      '../a: name: expected a name of letters, digits, ".", "_" and "-", received "../a"',
    ],
    [
      'another key',
      { name: 'a', stages, width: 2 },
      'a: expected options among name, classes, input, stages, head, received "width"',
    ],
    [
      'more layers than any network has',
      { name: 'a', stages: [Array.from({ length: 2001 }, () => ({ dropout: 0 }))] },
      'a: stages: expected at most 2000 layers, received 2001',
    ],
  ];
  for (const [what, spec, message] of specs) {
    test(what, () => {
      assert.throws(() => planNetwork(spec as NetworkSpec), { name: 'InputError', message: `buildNetwork: ${message}` });
    });
  }

  test('residuals that lie too deep in each other', () => {
    const spec = { name: 'a', stages: [[nested(9)]] } as NetworkSpec;
    assert.throws(() => planNetwork(spec), { message: /expected residuals at most 8 deep in each other, received more$/ });
  });
});
