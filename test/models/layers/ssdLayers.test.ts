/** Layers of SSD: dilated and unpadded convolutions against what they are made of; norms of positions by hand. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { dilatedConvolution } from 'iekd/dist/engine/fused/dilatedConvolution';
import { tf } from 'iekd/dist/engine/tf';
import { RELU } from 'iekd/dist/models/layers/activation';
import { channelNorm } from 'iekd/dist/models/layers/channelNorm';
import { dilatedLayer } from 'iekd/dist/models/layers/dilatedLayer';
import { kaimingNormal } from 'iekd/dist/models/layers/initial';
import type { Layer } from 'iekd/dist/models/layers/layer';
import { maxPoolSame } from 'iekd/dist/models/layers/poolingLayers';
import { unpaddedConvolution } from 'iekd/dist/models/layers/unpaddedConvolution';
import { createVariables } from 'iekd/dist/models/layers/variablePlan';
import { random } from 'iekd/dist/util/rng';
import { assertClose } from '../../detection/close';

before(() => tf.setBackend('cpu'));

const noise = (shape: [number, number, number, number], seed: number): tf.Tensor4D =>
  tf.randomNormal(shape, 0, 1, 'float32', seed) as tf.Tensor4D;

/** The layer on a map, with variables of its own that are set by name. */
function run(layer: Layer, x: tf.Tensor4D, values: Readonly<Record<string, tf.Tensor>> = {}): tf.Tensor4D {
  const [, height, width, channels] = x.shape;
  const placed = layer([height, width, channels]);
  const variables = createVariables(placed.variables, random(1));
  for (const [name, value] of Object.entries(values)) variables.get(name).assign(value);
  const y = placed.run(x, { variables, training: true });
  assert.deepEqual(y.shape.slice(1), placed.output);
  return y;
}

describe('layers', () => {
  test('dilated, with bias and rectifier', () => {
    const x = noise([1, 7, 7, 2], 3);
    const [filter, bias] = [noise([3, 3, 2, 3], 4), tf.tensor1d([1, -1, 0])];
    const layer = dilatedLayer({ conv: 'fc6', to: 3, rate: 2, activation: RELU });
    const expected = tf.relu(tf.add(dilatedConvolution(x, filter, 2), bias));
    assertClose(run(layer, x, { 'fc6.weight': filter, 'fc6.bias': bias }).dataSync(), expected.dataSync(), 1e-5);
  });

  test('without padding, with and without a bias', () => {
    const [x, filter, bias] = [noise([2, 5, 3, 2], 5), noise([3, 3, 2, 3], 6), tf.tensor1d([1, -1, 0])];
    const plain = tf.conv2d(x, filter, 1, 'valid');
    const [without, biased] = [{}, { bias: true, activation: RELU }].map((options) =>
      run(unpaddedConvolution({ conv: 'c', to: 3, initial: kaimingNormal, ...options }), x, {
        'c.weight': filter,
        ...('bias' in options ? { 'c.bias': bias } : {}),
      }),
    );
    assertClose(without?.dataSync() ?? [], plain.dataSync(), 1e-5);
    assertClose(biased?.dataSync() ?? [], tf.relu(tf.add(plain, bias)).dataSync(), 1e-5);
  });

  test('pooling that rounds up: 75 cells become 38', () => {
    assert.deepEqual(maxPoolSame(2, 2)([75, 75, 4]).output, [38, 38, 4]);
    const x = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
    assert.deepEqual([...run(maxPoolSame(2, 2), x).dataSync()], [5, 6, 8, 9]);
    assert.deepEqual([...run(maxPoolSame(3, 1), x).dataSync()], [5, 6, 6, 8, 9, 9, 8, 9, 9]);
  });

  test('each position has length 1 times the scale of its channels', () => {
    const x = tf.tensor4d([3, 4, 0, 0, 0.6, -0.8], [1, 1, 3, 2]);
    assertClose(run(channelNorm('norm', 20), x).dataSync(), [12, 16, 0, 0, 12, -16], 1e-4);
    assertClose(
      run(channelNorm('norm', 20), x, { 'norm.weight': tf.tensor1d([1, 10]) }).dataSync(),
      [0.6, 8, 0, 0, 0.6, -8],
      1e-5,
    );
    const { grad } = tf.valueAndGrad((a) => tf.sum(tf.mul(run(channelNorm('norm', 1), a as tf.Tensor4D), [1, 0])))(x);
    // d (a / √(a² + b²)) is (b², −a b) / (a² + b²)^(3/2); at 0 it is 1 / √1e-10
    assertClose(grad.dataSync().slice(0, 2), [16 / 125, -12 / 125], 1e-5);
    assertClose(grad.dataSync().slice(4), [0.64, 0.48], 1e-5);
  });
});
