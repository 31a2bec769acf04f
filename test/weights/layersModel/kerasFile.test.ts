/** Files of Keras 3.15 as weights: the logits that Keras computes; files that are cut short, hostile, or without layers are refused. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { loadNetwork, loadWeights, random, readTensors, recogniseNetwork, start, tf } from 'iekd';
import { buildNetwork } from 'iekd/dist/models/index';
import { readWeights } from 'iekd/dist/weights/networkFile';
import { tensorFileOf } from 'iekd/dist/weights/readTensors';
import { zipArchive } from 'iekd/dist/weights/zip/zipArchive';

before(() => start({ engine: 'portable', threads: 1 }));
const folder = mkdtempSync(join(tmpdir(), 'iekd-keras-'));
after(() => rmSync(folder, { recursive: true }));

const file = (name: string): string => join(__dirname, 'files', name);

/** Of keras_reference.py. */
interface Golden {
  readonly images: number[];
  readonly logits: number[];
}

describe('computes what Keras computes', () => {
  for (const name of ['small.keras', 'chain.keras', 'chain.h5']) {
    test(name, () => {
      const { images, logits } = JSON.parse(readFileSync(file(`${name.split('.')[0]}.json`), 'utf8')) as Golden;
      const network = loadNetwork(file(name));
      const found = tf.tidy(() => network.forward(tf.tensor(images, [2, ...network.input]) as tf.Tensor4D).logits.dataSync());
      logits.forEach((value, i) => {
        assert.ok(Math.abs(value - (found[i] as number)) < 1e-6, `${i}: ${found[i]} for ${value}`);
      });
      network.dispose();
    });
  }
});

test('what a file says of itself', () => {
  const { kind, notes, tensors } = readTensors(file('chain.keras'));
  assert.deepEqual([kind, notes], ['keras', { keras_version: '3.15.1' }]);
  assert.deepEqual(
    Object.entries(tensors).map(([name, { shape }]) => [name, shape]),
    [
      ['conv2d/0', [3, 3, 1, 3]],
      ['conv2d/1', [3]],
      ['dense_1/0', [12, 4]],
      ['dense_1/1', [4]],
    ],
  );
  assert.deepEqual(Object.keys(readTensors(file('chain.h5')).tensors), [
    'conv2d/bias',
    'conv2d/kernel',
    'dense_1/bias',
    'dense_1/kernel',
  ]);
  assert.equal(recogniseNetwork(readTensors(file('small.keras')))?.naming, 'its own layers');
});

/** Weights alone, as `model.save_weights` writes them. */
function weightsAlone(): string {
  const bytes = readFileSync(file('chain.keras'));
  const path = join(folder, 'chain.weights.h5');
  writeFileSync(path, zipArchive(bytes, path).get('model.weights.h5')?.read() ?? '');
  return path;
}

test('weights alone go into a network that has the layers', () => {
  const [whole, path] = [loadNetwork(file('chain.keras')), weightsAlone()];
  const network = buildNetwork(whole.spec, random(1));
  assert.deepEqual(loadWeights(network, path).missing, []);
  assert.deepEqual(network.variables.snapshot(), whole.variables.snapshot());
  assert.throws(
    () => readWeights(path),
    /expected weights of a network that is known by its tensors, received 4 tensors, as conv2d\/0, conv2d\/1; its layers are not in the file/,
  );
  for (const one of [whole, network]) one.dispose();
});

describe('refuses', () => {
  const h5 = readFileSync(file('chain.h5'));
  test('a file that was cut short', () => {
    assert.throws(
      () => tensorFileOf(h5.subarray(0, 9000), 'a.h5'),
      /^InputError: a.h5: expected a file of HDF5, received something else \(truncated file: .*\); the file is damaged: use a copy/,
    );
  });
  test('another file is read after that', () => assert.equal(Object.keys(tensorFileOf(h5, 'a.h5').tensors).length, 4));
  test('a signature alone', () => {
    assert.throws(() => tensorFileOf(h5.subarray(0, 8), 'a.h5'), /expected a file of HDF5, received something else/);
  });
  test('an archive whose weights are something else', () => {
    const bytes = Buffer.from(readFileSync(file('chain.keras')));
    bytes.write('Lambda', bytes.indexOf('"Conv2D"') + 1);
    assert.throws(() => tensorFileOf(bytes, 'a.keras'), /config.json: expected contents of CRC-32/);
  });
});
