/** Layers models of TensorFlow.js as weights: what `exportTfjs` writes comes back, what tfjs itself writes is read, and bad files are refused. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { buildNetwork, exportTfjs, loadNetwork, loadWeights, random, readTensors, recogniseNetwork, start, tf } from 'iekd';
import type { TfjsOptions } from 'iekd/dist/export/tfjs/exportTfjs';
import { exportTorch } from 'iekd/dist/export/torch/exportTorch';
import type { Network, NetworkSpec } from 'iekd/dist/models/types';
import { IMAGENET_NORMALISATION } from 'iekd/dist/util/images/imageNormalisation';
import { readWeights } from 'iekd/dist/weights/networkFile';
import { deviation, settle } from '../../fixtures/lrpNetworks';

before(() => start({ engine: 'portable', threads: 1 }));
const root = mkdtempSync(join(tmpdir(), 'iekd-tfjs-in-'));
after(() => rmSync(root, { recursive: true }));

const folder = (): string => mkdtempSync(join(root, 'model-'));

function logitsOf(network: Network, seed = 5): Float32Array {
  return tf.tidy(() => {
    const stream = random(seed).stream('images');
    const size = 2 * network.input.reduce((product, n) => product * n, 1);
    const images = tf.tensor(
      Float32Array.from({ length: size }, () => stream.normal()),
      [2, ...network.input],
    ) as tf.Tensor4D;
    return Float32Array.from(network.forward(images).logits.dataSync());
  });
}

function written(spec: NetworkSpec, options: TfjsOptions = {}): { readonly network: Network; readonly path: string } {
  const network = buildNetwork(spec, random(1));
  settle(network, true);
  const path = folder();
  exportTfjs(network, path, options);
  return { network, path: join(path, 'model.json') };
}

const SPECS: readonly NetworkSpec[] = [
  { name: 'resnet8', shortcut: 'A', normalisation: IMAGENET_NORMALISATION },
  { name: 'resnet8', shortcut: 'B', classes: 3 },
  { name: 'mobilenetv2', width: 0.25 },
  { name: 'shufflenetv2', width: 0.5 },
  { name: 'mine', input: [8, 8, 1], classes: 3, stages: [[{ conv: 4 }, { depthwise: 3 }]], head: [{ linear: 5 }] } as NetworkSpec,
];

describe('what exportTfjs has written', () => {
  for (const spec of SPECS) {
    test(`${spec.name} comes back to the bit`, () => {
      const { network, path } = written(spec);
      const same = loadNetwork(path);
      assert.deepEqual(same.spec, network.spec);
      assert.deepEqual(same.variables.snapshot(), network.variables.snapshot());
      assert.equal(recogniseNetwork(readTensors(path))?.naming, 'iekd');
      same.dispose();
      network.dispose();
    });

    test(`${spec.name} with folded batch norms comes back as its layers, with the same logits`, () => {
      const { network, path } = written(spec, { foldBatchNorm: true });
      const { remark } = readWeights(path);
      assert.equal(
        remark,
        `it was exported from ${spec.name} with batch norms folded, and comes back as the layers that the file has`,
      );
      const same = loadNetwork(path);
      assert.deepEqual(same.spec.normalisation, network.spec.normalisation);
      assert.ok(deviation(logitsOf(same), logitsOf(network)) < 1e-5);
      same.dispose();
      network.dispose();
    });
  }

  for (const [quantise, bound] of [
    ['uint8', 1 / 254],
    ['float16', 2 ** -11],
  ] as const) {
    test(`${quantise}: values within half a step`, () => {
      const { network, path } = written({ name: 'resnet8' }, { quantise });
      const same = loadNetwork(path);
      for (const { name, variable } of network.variables.entries()) {
        const [given, found] = [variable.dataSync(), same.variables.get(name).dataSync()];
        const range = Math.max(0, ...given) - Math.min(0, ...given);
        given.forEach((value, i) => {
          assert.ok(Math.abs(value - (found[i] as number)) <= bound * range * 1.001, name);
        });
      }
      same.dispose();
      network.dispose();
    });
  }

  test('loadWeights takes it, too', () => {
    const { network, path } = written({ name: 'resnet8' });
    const other = buildNetwork({ name: 'resnet8' }, random(2));
    assert.deepEqual(loadWeights(other, path).unexpected, []);
    assert.deepEqual(other.variables.snapshot(), network.variables.snapshot());
    other.dispose();
    network.dispose();
  });
});

test('a network that exportTorch has written comes back with its own normalisation, whatever its names say', () => {
  const network = buildNetwork({ name: 'resnet8', shortcut: 'A' }, random(1));
  const path = join(folder(), 'a.safetensors');
  exportTorch(network, path, { names: 'akamaster' });
  assert.deepEqual(readWeights(path).spec, network.spec);
  network.dispose();
});

test('a model of tf.layers as tfjs saves it', async () => {
  const model = tf.sequential();
  model.add(tf.layers.conv2d({ inputShape: [8, 8, 3], filters: 4, kernelSize: 3, activation: 'relu' }));
  model.add(tf.layers.batchNormalization());
  model.add(tf.layers.separableConv2d({ filters: 5, kernelSize: 3, padding: 'same' }));
  model.add(tf.layers.prelu());
  model.add(tf.layers.globalAveragePooling2d({}));
  model.add(tf.layers.dense({ units: 3 }));
  for (const weight of model.weights) {
    const stream = random(3).stream(weight.name);
    const values = Float32Array.from({ length: weight.shape.reduce<number>((n, one) => n * Number(one), 1) }, () =>
      stream.uniform(),
    );
    weight.write(tf.tensor(values, weight.shape as number[]));
  }
  const path = join(folder(), 'model.json');
  await model.save(
    tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
      const { Weights, ...topology } = { Weights: 0, ...(modelTopology as object) };
      const manifest = [{ paths: ['w.bin'], weights: weightSpecs }];
      writeFileSync(join(path, '..', 'w.bin'), new Uint8Array(weightData as ArrayBuffer));
      writeFileSync(path, JSON.stringify({ format: 'layers-model', modelTopology: topology, weightsManifest: manifest }));
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  const network = loadNetwork(path);
  const images = tf.randomUniform([2, 8, 8, 3], 0, 1, 'float32', 1) as tf.Tensor4D;
  const expected = (model.predict(images) as tf.Tensor).dataSync();
  assert.ok(deviation(network.forward(images).logits.dataSync(), expected) < 1e-5);
  network.dispose();
});

interface Model {
  readonly [key: string]: unknown;
  readonly weightsManifest: readonly [{ readonly paths: readonly string[]; readonly weights: readonly object[] }];
}

describe('refuses', () => {
  /** A file that is changed. */
  function changed(change: (model: Model) => unknown): string {
    const { network, path } = written({ name: 'resnet8' });
    network.dispose();
    writeFileSync(path, JSON.stringify(change(JSON.parse(readFileSync(path, 'utf8')) as Model)));
    return path;
  }
  const paths =
    (...names: readonly string[]) =>
    (model: Model): unknown => ({
      ...model,
      weightsManifest: [{ ...model.weightsManifest[0], paths: names }],
    });
  const weight =
    (change: object) =>
    (model: Model): unknown => {
      const [{ paths: files, weights }] = model.weightsManifest;
      return { ...model, weightsManifest: [{ paths: files, weights: [{ ...weights[0], ...change }, ...weights.slice(1)] }] };
    };
  const rows: readonly (readonly [string, (model: Model) => unknown, RegExp])[] = [
    [
      'a path upwards',
      paths('../group1-shard1of1.bin'),
      /paths: expected files in its own folder, or below, received "..\/group1/,
    ],
    ['an absolute path', paths('/etc/passwd'), /expected files in its own folder, or below, received "\/etc\/passwd"$/],
    ['an address', paths('https://a.b/c.bin'), /expected files in its own folder, or below, received "https:/],
    ['a file that is not there', paths('gone.bin'), /gone.bin: expected a file of weights, received no such file or folder/],
    [
      'too few bytes',
      paths(),
      /expected 314,856 bytes of weights in no file, received 0; a file was cut short, or is of another model/,
    ],
    [
      'more bytes than the weights have',
      paths('group1-shard1of1.bin', 'group1-shard1of1.bin'),
      /shard1of1.bin: expected a file of weights, of at most 0 MiB, received 1 MiB/,
    ],
    ['a huge shape', weight({ shape: [2 ** 40, 2 ** 40] }), /conv\/kernel: shape: expected a size that memory can hold/],
    [
      'a large shape, before anything is allocated',
      weight({ shape: [2 ** 30] }),
      /bytes of weights in group1-shard1of1.bin, received/,
    ],
    [
      'another dtype',
      weight({ dtype: 'complex64' }),
      /conv\/kernel: dtype: expected one of float32, int32, bool, received "complex64"/,
    ],
    [
      'another quantisation',
      weight({ quantization: { dtype: 'int4', scale: 1, min: 0 } }),
      /quantization: dtype: expected one of uint8, uint16, float16, received "int4"/,
    ],
    ['no scale', weight({ quantization: { dtype: 'uint8' } }), /quantization: expected scale and min, two numbers/],
    ['a name twice', weight({ name: 'bn/gamma' }), /weightsManifest: expected every name once, received "bn\/gamma"$/],
    [
      'no list of groups',
      (model) => ({ ...model, weightsManifest: {} }),
      /weightsManifest: expected a list of groups of weights/,
    ],
    [
      'a topology alone',
      ({ modelTopology }) => ({ modelTopology }),
      /received a topology without weightsManifest; --model takes it$/,
    ],
    [
      'a graph model',
      (model) => ({ ...model, format: 'graph-model' }),
      /expected a layers model of TensorFlow.js, received a graph model, which has no layers any more; convert the model itself/,
    ],
    [
      'layers that nobody knows',
      ({ weightsManifest }) => ({ weightsManifest, modelTopology: { class_name: 'Functional', config: { layers: [{}] } } }),
      /topology: layers: 0: expected a layer with class_name and config/,
    ],
    [
      'no layers',
      ({ weightsManifest }) => ({ weightsManifest }),
      /expected weights of a network that is known by its tensors, received \d+ tensors, as conv\/kernel, .*; its layers are not in the file/,
    ],
  ];
  for (const [what, change, message] of rows) {
    test(what, () => {
      const path = changed(change);
      assert.throws(() => readWeights(path), message);
    });
  }

  test('a link out of its folder', () => {
    const { network, path } = written({ name: 'resnet8' });
    network.dispose();
    const shard = join(path, '..', 'group1-shard1of1.bin');
    const outside = join(root, 'outside.bin');
    writeFileSync(outside, readFileSync(shard));
    rmSync(shard);
    symlinkSync(outside, shard);
    assert.throws(() => readTensors(path), /paths: expected files in its own folder, or below, received "group1-shard1of1.bin"$/);
  });
});
