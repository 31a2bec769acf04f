/** A classifier's weights in a detector over the same stages; a detector in a file and back. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { buildNetwork } from 'iekd/dist/models/index';
import { variablesHash } from 'iekd/dist/training/checkpoint/runDescription';
import { random } from 'iekd/dist/util/rng';
import { loadBackbone } from 'iekd/dist/weights/backbone';
import { loadNetwork, saveWeights } from 'iekd/dist/weights/networkFile';

before(() => tf.setBackend('cpu'));

const root = mkdtempSync(join(tmpdir(), 'iekd-backbone-'));
after(() => rmSync(root, { recursive: true }));

const detector = (seed: number): ReturnType<typeof buildNetwork> =>
  buildNetwork({ name: 'ssd-resnet8', classes: 3, input: [32, 32, 3] }, random(seed));

describe('loadBackbone', () => {
  test('stages are loaded, heads stay as they were drawn, the classifier is not used', () => {
    const [network, classifier] = [detector(1), buildNetwork({ name: 'resnet8', classes: 5 }, random(2))];
    const [drawn, weights] = [network.variables.snapshot(), classifier.variables.snapshot()];
    const result = loadBackbone(network, weights, 'resnet8.safetensors');
    const now = network.variables.snapshot();
    assert.deepEqual(result.unused, ['fc.weight', 'fc.bias']);
    assert.deepEqual([...new Set(result.drawn.map((name) => name.split('.')[0]))], ['extras', 'heads']);
    assert.equal(result.loaded.length + result.drawn.length, Object.keys(now).length);
    for (const name of result.loaded) assert.deepEqual(now[name], weights[name], name);
    for (const name of result.drawn) assert.deepEqual(now[name], drawn[name], name);
    for (const one of [network, classifier]) one.dispose();
  });

  const value = { shape: [1], data: Float32Array.of(1) };
  const cases: readonly (readonly [string, Readonly<Record<string, typeof value>>, string])[] = [
    [
      'none of its names',
      { 'layer1.weight': value },
      'w: expected variables of ssd-resnet8, as conv.weight, received 1 others, as layer1.weight',
    ],
    ['no names', {}, 'w: expected variables of ssd-resnet8, as conv.weight, received 0 others, as none'],
    ['another shape', { 'bn.weight': value }, 'w: bn.weight: expected shape [16], received [1]'],
  ];
  for (const [name, weights, message] of cases) {
    test(`${name}: refused, and nothing is written`, () => {
      const network = detector(1);
      const hash = variablesHash(network.variables);
      assert.throws(() => loadBackbone(network, weights, 'w'), { name: 'InputError', message });
      assert.equal(variablesHash(network.variables), hash);
      network.dispose();
    });
  }
});

test('a detector is stored and built again, with its priors', () => {
  const path = join(root, 'detector.safetensors');
  const network = detector(3);
  saveWeights(path, network);
  const same = loadNetwork(path);
  assert.equal(variablesHash(same.variables), variablesHash(network.variables));
  assert.deepEqual([same.priors, same.spec], [network.priors, network.spec]);
  for (const one of [network, same]) one.dispose();
});
