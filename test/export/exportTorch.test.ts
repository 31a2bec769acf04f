/** State dicts of PyTorch as safetensors: names, layouts, counters. That torch loads them strictly is seen by test/proofs/exports.mjs. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { buildNetwork, exportTorch, random, start, type TorchOptions } from 'iekd';
import type { Network } from 'iekd/dist/models/types';
import { decodeSafetensors, type SafetensorsFile } from 'iekd/dist/weights/safetensors';
import { fromTorch, type State } from 'iekd/dist/weights/torchState';

before(() => start({ engine: 'portable' }));

const path = join(mkdtempSync(join(tmpdir(), 'iekd-torch-')), 'network.safetensors');

function written(network: Network, options: TorchOptions = {}): SafetensorsFile {
  exportTorch(network, path, options);
  return decodeSafetensors(readFileSync(path), path);
}

/** The names of a first block and of a last layer, by whose they are. */
const NAMES: readonly (readonly [TorchOptions['names'], readonly string[]])[] = [
  [
    'torchvision',
    ['conv1.weight', 'bn1.num_batches_tracked', 'layer1.0.conv1.weight', 'layer2.0.downsample.0.weight', 'fc.bias'],
  ],
  [
    'akamaster',
    ['conv1.weight', 'bn1.running_var', 'layer3.0.bn2.num_batches_tracked', 'layer2.0.shortcut.1.weight', 'linear.bias'],
  ],
  ['iekd', ['conv.weight', 'bn.num_batches_tracked', 'blocks.0_0.conv1.weight', 'blocks.1_0.short.0.weight', 'fc.bias']],
];

describe('a CIFAR ResNet', () => {
  for (const [names, some] of NAMES) {
    test(`by the names of ${names}`, () => {
      const network = buildNetwork({ name: 'resnet8' }, random(0));
      const { tensors } = written(network, { names: names ?? 'iekd' });
      for (const name of some) assert.ok(name in tensors, `${name} of ${Object.keys(tensors).join(', ')}`);
      const norms = network.variables.entries().filter(({ name }) => name.endsWith('running_var')).length;
      assert.equal(Object.keys(tensors).length, network.variables.entries().length + norms);
      network.dispose();
    });
  }

  test('values are the network’s, the counter a scalar of int64', () => {
    const network = buildNetwork({ name: 'resnet8' }, random(0));
    const { tensors, metadata } = written(network, { names: 'iekd', classNames: [...'abcdefghij'] });
    assert.deepEqual(tensors['bn.num_batches_tracked'], { shape: [], data: BigInt64Array.of(0n) });
    const values = Object.fromEntries(Object.entries(tensors).filter(([name]) => !name.endsWith('num_batches_tracked')));
    assert.deepEqual(fromTorch(values as State), network.variables.snapshot());
    assert.deepEqual(Object.keys(metadata), ['format', 'network', 'classes']);
    network.dispose();
  });
});

test('refuses', () => {
  const network = buildNetwork({ name: 'vgg8', pools: 1, hidden: 2, input: [4, 4, 3] }, random(0));
  const rows: readonly (readonly [() => unknown, string])[] = [
    [
      () => exportTorch(network, path, { names: 'akamaster' }),
      'exportTorch: names: expected a CIFAR ResNet for akamaster’s, received vgg8',
    ],
    [
      () => exportTorch(network, path, { names: 'keras' as never }),
      'exportTorch: names: expected one of torchvision, akamaster, iekd, received "keras"',
    ],
    [() => exportTorch({} as never, path), 'exportTorch: expected a network, received {}'],
  ];
  for (const [call, message] of rows) assert.throws(call, { name: 'InputError', message });
  network.dispose();
});
