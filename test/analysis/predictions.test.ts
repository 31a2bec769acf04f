import assert from 'node:assert/strict';
import { test } from 'node:test';
import { imageSet, type Network, predictions, tf } from 'iekd';
import { oneFeatureNetwork } from './oneFeatureNetwork';

/** Logits are the first and the last pixel. */
const network: Network = {
  ...oneFeatureNetwork((x) => x),
  forward: (x) => ({ logits: tf.gather(tf.reshape(x, [-1, 4]), tf.tensor1d([0, 3], 'int32'), 1) as tf.Tensor2D, features: {} }),
};
const bytes = Uint8Array.of(255, 0, 0, 0, 0, 9, 9, 255, 51, 0, 0, 51);
const images = imageSet('test', bytes, Uint8Array.of(0, 0, 1), { height: 2, width: 2, channels: 1 });
const normalisation = { mean: [0], std: [0.5] };

test('classes and probabilities of every image over batches that do not divide them, ties to the first class, nothing left behind', async () => {
  await tf.setBackend('cpu');
  const before = tf.memory().numTensors;
  const { probabilities, ...found } = predictions(network, images, normalisation, { batch: 2 });
  assert.equal(tf.memory().numTensors, before);
  assert.deepEqual(found, { classes: 2, count: 3, predicted: [0, 1, 0], labels: [0, 0, 1] });
  const sure = 1 / (1 + Math.exp(-2));
  for (const [i, expected] of [sure, 1 - sure, 1 - sure, sure, 0.5, 0.5].entries()) {
    assert.ok(Math.abs((probabilities[i] as number) - expected) < 1e-6, `${i}: ${probabilities[i]}`);
  }
});

test('refuses batches of none and unknown options', () => {
  assert.throws(() => predictions(network, images, normalisation, { batch: 0 }), {
    message: `predictions: batch: expected an integer from 1, received 0`,
  });
  assert.throws(() => predictions(network, images, normalisation, { size: 1 } as object), {
    message: 'predictions: expected options among batch, received "size"',
  });
});
