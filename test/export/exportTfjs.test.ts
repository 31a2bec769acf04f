/** Layers models of TensorFlow.js, loaded again by the plain package's `loadLayersModel`: the same outputs, in fewer bits nearly. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { buildNetwork, exportTfjs, random, start, tf } from 'iekd';
import type { TfjsOptions } from 'iekd/dist/export/tfjs/exportTfjs';
import { half } from 'iekd/dist/export/tfjs/quantise';
import type { Network, NetworkSpec } from 'iekd/dist/models/types';
import { deviation, settle, smallDetector, smallResidual } from '../fixtures/lrpNetworks';

before(() => start({ engine: 'portable' }));

interface ModelJson {
  readonly modelTopology: object;
  readonly weightsManifest: readonly { readonly paths: readonly string[]; readonly weights: tf.io.WeightsManifestEntry[] }[];
  readonly userDefinedMetadata: Readonly<Record<string, string>>;
}

/** As a page would: model.json, then the files that it names. */
async function loaded(
  network: Network,
  options: TfjsOptions,
): Promise<{ readonly model: tf.LayersModel; readonly bytes: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'iekd-tfjs-'));
  const files = exportTfjs(network, folder, options);
  const { modelTopology, weightsManifest, userDefinedMetadata } = JSON.parse(
    readFileSync(join(folder, 'model.json'), 'utf8'),
  ) as ModelJson;
  const [group] = weightsManifest;
  const weightData = Uint8Array.from(Buffer.concat((group?.paths ?? []).map((name) => readFileSync(join(folder, name))))).buffer;
  assert.equal(files.length, 1 + (group?.paths ?? []).length);
  const artifacts = { modelTopology, weightSpecs: group?.weights ?? [], weightData, userDefinedMetadata };
  return { model: await tf.loadLayersModel(tf.io.fromMemory(artifacts)), bytes: weightData.byteLength };
}

function images({ input }: Network): tf.Tensor4D {
  const stream = random(5).stream('images');
  return tf.tensor4d(
    Float32Array.from({ length: 2 * input[0] * input[1] * input[2] }, () => stream.normal()),
    [2, ...input],
  );
}

/** Greatest difference of each output, as a part of the largest value. */
async function differences(network: Network, options: TfjsOptions = {}): Promise<number[]> {
  const { model } = await loaded(network, options);
  const x = images(network);
  const { logits, offsets } = network.forward(x);
  const found = model.predict(x);
  const outputs = Array.isArray(found) ? found : [found];
  const expected = offsets ? [logits, offsets] : [logits];
  assert.equal(outputs.length, expected.length);
  const result = outputs.map((output, i) => deviation(output.dataSync(), (expected[i] as tf.Tensor).dataSync()));
  tf.dispose([x, logits, outputs, ...(offsets ? [offsets] : [])]);
  model.dispose();
  network.dispose();
  return result;
}

const FAMILIES: readonly NetworkSpec[] = [
  { name: 'resnet8', shortcut: 'A' },
  { name: 'resnet8', projector: { channels: 6, pool: 2 } },
  { name: 'wrn-16-1', dropout: 0.3 },
  { name: 'vgg8', hidden: 8 },
  { name: 'mobilenet', width: 0.1, stem: 'imagenet', input: [33, 33, 3] },
  { name: 'mobilenetv2', width: 0.25 },
  { name: 'shufflenetv2', width: 0.5, stem: 'imagenet' },
];

describe('the same outputs', () => {
  for (const spec of FAMILIES) {
    test(spec.projector ? `${spec.name} with a projector` : spec.name, async () => {
      for (const foldBatchNorm of spec.name === 'vgg8' ? [false] : [false, true]) {
        for (const one of await differences(settle(buildNetwork(spec, random(1)), true), { foldBatchNorm }))
          assert.ok(one < 1e-5, `${one}`);
      }
    });
  }

  test('of a detector, class scores and offsets', async () => {
    for (const one of await differences(settle(smallDetector(false), true))) assert.ok(one < 1e-5, `${one}`);
  });
});

test('nothing is kept on the engine', async () => {
  const network = smallResidual();
  const before = tf.memory().numTensors;
  (await loaded(network, {})).model.dispose();
  assert.equal(tf.memory().numTensors, before);
  network.dispose();
});

describe('fewer bits', () => {
  test('uint8 is a quarter and near, float16 a half and nearer', async () => {
    const make = (): Network => settle(buildNetwork({ name: 'resnet8' }, random(1)), true);
    const rows: readonly (readonly [TfjsOptions['quantise'], number, number])[] = [
      ['uint8', 0.27, 0.1],
      ['float16', 0.52, 2e-3],
    ];
    const whole = await loaded(make(), {});
    for (const [quantise, share, far] of rows) {
      const { bytes } = await loaded(make(), { quantise: quantise ?? 'none' });
      assert.ok(bytes < share * whole.bytes, `${quantise}: ${bytes}`);
      const [difference = 1] = await differences(make(), { quantise: quantise ?? 'none' });
      assert.ok(difference < far && difference > 0, `${quantise}: ${difference}`);
    }
  });

  test('half precision, against NumPy', () => {
    // numpy 1.24: np.array(values, 'float32').astype('float16').view('uint16')
    const rows: readonly (readonly [number, number])[] = [
      [0, 0],
      [1, 0x3c00],
      [-2, 0xc000],
      [0.1, 0x2e66],
      [65504, 0x7bff],
      [65519, 0x7bff],
      [65520, 0x7c00],
      [-1e10, 0xfc00],
      [2 ** -14, 0x0400],
      [2 ** -24, 1],
      [2 ** -25, 0],
      [1.5 * 2 ** -24, 2],
      [1 + 2 ** -11, 0x3c00],
      [1 + 3 * 2 ** -11, 0x3c02],
      [2 - 2 ** -12, 0x4000],
    ];
    for (const [value, bits] of rows) assert.equal(half(value).toString(16), bits.toString(16), `${value}`);
  });
});

test('refuses', async () => {
  const [detector, network] = [smallDetector(), smallResidual()];
  const rows: readonly (readonly [() => unknown, string])[] = [
    [
      () => exportTfjs(detector, 'x'),
      'exportTfjs: expected layers that Keras has, received the norm of each position norm; ONNX has it: exportOnnx',
    ],
    [
      () => exportTfjs(network, 'x', { quantise: 'int4' as never }),
      'exportTfjs: quantise: expected one of none, uint8, float16, received "int4"',
    ],
    [() => exportTfjs(network, 3 as never), 'exportTfjs: folder: expected a text, received 3'],
  ];
  for (const [call, message] of rows) assert.throws(call, { name: 'InputError', message });
  detector.dispose();
  network.dispose();
});
