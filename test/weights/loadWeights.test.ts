/** Files of PyTorch and others into networks: loaded, mapped, and refused with a list of what does not fit. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import type { TensorData } from 'iekd/dist/engine/variables';
import { exportTorch } from 'iekd/dist/export/torch/exportTorch';
import { buildNetwork } from 'iekd/dist/models';
import type { NetworkSpec } from 'iekd/dist/models/types';
import { variablesHash } from 'iekd/dist/training/checkpoint/runDescription';
import { random } from 'iekd/dist/util/rng';
import { loadWeights } from 'iekd/dist/weights/loadWeights';
import { loadNetwork, readWeights, saveWeights } from 'iekd/dist/weights/networkFile';
import { readTensors } from 'iekd/dist/weights/readTensors';
import { encodeSafetensors } from 'iekd/dist/weights/safetensors';
import { toTorch } from 'iekd/dist/weights/torchState';
import { hashedState } from '../fixtures/hashedNumbers';

before(() => tf.setBackend('cpu'));

const folder = mkdtempSync(join(tmpdir(), 'iekd-load-'));
after(() => rmSync(folder, { recursive: true }));

const SPEC: NetworkSpec = { name: 'resnet8', shortcut: 'A', classes: 10 };
const state = hashedState(SPEC);

const akamaster = (name: string): string =>
  `module.${name
    .replace(/^conv\./, 'conv1.')
    .replace(/^bn\./, 'bn1.')
    .replace(/^fc\./, 'linear.')
    .replace(/^blocks\.(\d)_(\d+)/, (_, stage: string, block: string) => `layer${Number(stage) + 1}.${block}`)}`;

/** A file with akamaster's names and PyTorch's layouts, counters included. */
function file(name: string, changed: Readonly<Record<string, TensorData>> = {}): string {
  const path = join(folder, name);
  const tensors = Object.entries(toTorch(state)).map(([own, tensor]) => [akamaster(own), tensor] as const);
  const counter = { 'module.bn1.num_batches_tracked': { shape: [], data: BigInt64Array.of(9n) } };
  writeFileSync(path, encodeSafetensors({ ...Object.fromEntries(tensors), ...counter, ...changed }));
  return path;
}

describe('loadWeights', () => {
  test('maps names and layouts, to the bit', () => {
    const network = buildNetwork(SPEC, random(0));
    const report = loadWeights(network, file('a.safetensors'));
    assert.deepEqual(network.variables.snapshot(), state);
    assert.deepEqual(
      [report.loaded.length, report.missing, report.unexpected, report.reshaped],
      [Object.keys(state).length, [], [], []],
    );
    network.dispose();
  });

  for (const names of ['torchvision', 'akamaster'] as const) {
    test(`what exportTorch has written with the names of ${names}, to the bit`, () => {
      const [one, two] = [buildNetwork(SPEC, random(0)), buildNetwork(SPEC, random(1))];
      const path = join(folder, `${names}.safetensors`);
      exportTorch(one, path, { names });
      assert.deepEqual(loadWeights(two, path).unexpected, []);
      assert.deepEqual(two.variables.snapshot(), one.variables.snapshot());
      assert.equal(readWeights(path).spec.name, SPEC.name);
      one.dispose();
      two.dispose();
    });
  }

  test('a file of this library', () => {
    const [one, two] = [buildNetwork(SPEC, random(0)), buildNetwork(SPEC, random(1))];
    const path = join(folder, 'own.safetensors');
    saveWeights(path, one);
    loadWeights(two, path);
    assert.equal(variablesHash(two.variables), variablesHash(one.variables));
    for (const network of [one, two]) network.dispose();
  });

  test('another network is refused with a list, and nothing is written', () => {
    const path = file('b.safetensors', { 'module.extra': { shape: [2], data: Float32Array.of(1, 2) } });
    const network = buildNetwork({ name: 'resnet14', classes: 100 }, random(0));
    const hash = variablesHash(network.variables);
    const more = 'missing: blocks.0_1.conv1.weight, blocks.0_1.bn1.weight, blocks.0_1.bn1.bias and 37 more';
    const message = `${path}: expected weights of resnet14, received ${more}; unexpected: extra; of another shape: fc.weight 64×10 for 64×100, fc.bias 10 for 100; name the network that the file has, or load what fits with { strict: false }`;
    assert.throws(() => loadWeights(network, path), { name: 'InputError', message });
    assert.equal(variablesHash(network.variables), hash);
    const report = loadWeights(network, path, { strict: false });
    assert.deepEqual([report.missing.length, report.unexpected], [40, ['extra']]);
    assert.deepEqual(report.reshaped[0], { name: 'fc.weight', expected: [64, 100], found: [64, 10] });
    assert.deepEqual(network.variables.snapshot()['conv.weight'], state['conv.weight']);
    network.dispose();
  });

  test('a head of other classes stays as it was drawn, where that is allowed', () => {
    const network = buildNetwork({ ...SPEC, classes: 4 }, random(0));
    const drawn = network.variables.snapshot()['fc.weight'];
    assert.throws(() => loadWeights(network, file('c.safetensors')), {
      message: /received of another shape: fc\.weight 64×10 for 64×4, fc\.bias/,
    });
    const { reshaped } = loadWeights(network, file('c.safetensors'), { otherClasses: true });
    assert.deepEqual(
      reshaped.map(({ name }) => name),
      ['fc.weight', 'fc.bias'],
    );
    assert.deepEqual(network.variables.snapshot()['fc.weight'], drawn);
    assert.deepEqual(network.variables.snapshot()['bn.bias'], state['bn.bias']);
    network.dispose();
  });

  const bad: readonly (readonly [string, TensorData | { shape: number[]; data: Int32Array }, string])[] = [
    [
      'NaN',
      { shape: [16], data: new Float32Array(16).fill(Number.NaN, 3) },
      'expected finite values, received NaN at position 3; its training diverged, or the file is damaged',
    ],
    [
      'an infinity',
      { shape: [16], data: new Float32Array(16).fill(-Infinity, 15) },
      'expected finite values, received -Infinity at position 15; its training diverged, or the file is damaged',
    ],
    ['whole numbers', { shape: [16], data: new Int32Array(16) }, 'expected float32 values, received int32'],
  ];
  for (const [name, tensor, message] of bad) {
    test(`${name}: refused by the tensor’s name`, () => {
      const path = file('bad.safetensors', { 'module.bn1.bias': tensor as TensorData });
      const network = buildNetwork(SPEC, random(0));
      for (const act of [() => loadWeights(network, path), () => readWeights(path)]) {
        assert.throws(act, { name: 'InputError', message: `${path}: bn1.bias: ${message}` });
      }
      network.dispose();
    });
  }
});

describe('a file of another program as weights', () => {
  test('says which network it is, with what its images are normalised by', () => {
    const path = file('d.safetensors');
    const { spec, writtenBy, checked, sha256 } = readWeights(path);
    assert.deepEqual([spec.name, spec['shortcut'], spec.classes, spec.normalisation?.mean[0]], ['resnet8', 'A', 10, 0.485]);
    assert.deepEqual([writtenBy, checked, sha256], ['safetensors', false, readTensors(path).sha256]);
    const network = loadNetwork(path);
    assert.deepEqual(network.variables.snapshot(), state);
    network.dispose();
  });

  test('or is the one that is named', () => {
    const spec: NetworkSpec = { ...SPEC, normalisation: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] } };
    assert.deepEqual(readWeights(file('e.safetensors'), spec).spec, { input: [32, 32, 3], ...spec });
  });
});

test('torchvision’s VGG with its head of 7×7 positions is refused with the way to its convolutions', () => {
  const path = join(folder, 'vgg.safetensors');
  const convolutions = toTorch(hashedState({ name: 'vgg11', classes: 10 }));
  const { 'classifier.weight': _, 'classifier.bias': __, ...features } = convolutions;
  const head = { 'classifier.0.weight': { shape: [1, 25_088], data: new Float32Array(25_088) } };
  writeFileSync(path, encodeSafetensors({ ...features, ...head }));
  assert.throws(
    () => readWeights(path),
    /known by its tensors, received 17 tensors, .*; its first hidden layer reads 7×7 positions, which no network here has: begin with its convolutions, --model vgg11 --from FILE$/,
  );
});
