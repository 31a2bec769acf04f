/** What a file of weights is, on the command line; written anew as a file of this library. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { buildNetwork, exportTorch, loadNetwork, random, start } from 'iekd';
import { writeAtomic } from 'iekd/dist/util/files';
import { encodeSafetensors } from 'iekd/dist/weights/safetensors';
import { iekd } from '../../command';

const root = mkdtempSync(join(tmpdir(), 'iekd-weights-'));
after(() => rmSync(root, { recursive: true }));
const weights = join(root, 'resnet8.safetensors');
const keras = join(__dirname, '..', '..', '..', 'weights', 'layersModel', 'files', 'small.keras');

before(async () => {
  await start({ engine: 'portable' });
  const network = buildNetwork({ name: 'resnet8', classes: 2 }, random(0));
  exportTorch(network, weights, { classNames: ['cat', 'dog'], names: 'akamaster' });
  network.dispose();
});

test('a state dict that was exported', () => {
  const { code, stdout } = iekd(['weights', weights]);
  assert.equal(code, 0);
  assert.match(stdout, /resnet8.safetensors: safetensors, 56 tensors, 312,848\s+bytes of\s+values, SHA-256 [0-9a-f]{12}/);
  assert.match(stdout, /network: resnet8, shortcut "B", 2 classes, 32×32×3 \(names of/);
  assert.match(stdout, /classes: cat, dog\nnormalisation: that of its data set, which the file does not say\n/);
  assert.match(stdout, /conv1.weight +16×3×3×3 +F32 +1728\n/);
});

test('beside another network, as JSON', () => {
  const { code, stdout } = iekd(['weights', weights, '--model', 'resnet8', '--model-set', 'classes=5', '--json']);
  assert.equal(code, 0);
  const { format, network, tensors, comparison } = JSON.parse(stdout);
  assert.deepEqual([format, network.spec.name, tensors.length], ['safetensors', 'resnet8', 56]);
  assert.deepEqual(
    comparison.reshaped.map(({ name }: { name: string }) => name),
    ['fc.weight', 'fc.bias'],
  );
  assert.deepEqual([comparison.missing, comparison.unexpected], [[], []]);
});

test('--out writes a file of this library', () => {
  const out = join(root, 'small.safetensors');
  const { code, stderr } = iekd(['weights', keras, '--out', out]);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /written: .*small.safetensors/);
  const [one, same] = [loadNetwork(keras), loadNetwork(out)];
  assert.deepEqual(same.variables.snapshot(), one.variables.snapshot());
  assert.deepEqual(same.spec, one.spec);
  for (const network of [one, same]) network.dispose();
});

test('tensors of nobody that is known', () => {
  const path = join(root, 'other.safetensors');
  writeAtomic(path, encodeSafetensors({ w: { shape: [2], data: Float32Array.of(1, 2) } }));
  const { code, stdout } = iekd(['weights', path]);
  assert.equal(code, 0);
  assert.match(stdout, /other.safetensors: safetensors, 1 tensor, 8 bytes of\s+values, .*\n(.*\n)*network: none that is known\n/);
  const refused = iekd(['weights', path, '--out', join(root, 'x.safetensors')]);
  assert.equal(refused.code, 1);
  assert.match(
    refused.stderr,
    /expected weights of a network that is known by its tensors, received 1 tensors, as w; say which network/,
  );
});
