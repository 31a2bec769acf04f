/** The small detector: what it is made of, what it says, and what is refused. Numbers of parameters are worked out by hand. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { priorBoxes } from 'iekd/dist/detection/priors/priors';
import { tf } from 'iekd/dist/engine/tf';
import { cachedNetwork } from 'iekd/dist/models/cachedNetwork';
import { buildNetwork, onImages, planNetwork } from 'iekd/dist/models/index';
import { parametersOf } from 'iekd/dist/models/layers/variablePlan';
import type { NetworkSpec } from 'iekd/dist/models/types';
import { random } from 'iekd/dist/util/rng';

before(() => tf.setBackend('cpu'));

const spec: NetworkSpec = { name: 'ssd-resnet8', width: 4, classes: 3, input: [32, 48, 3] };
const shapes = {
  4: [[0.1, 0.1]],
  8: [[0.2, 0.2]],
  16: [
    [0.4, 0.4],
    [0.6, 0.3],
  ],
};

test('maps of strides 2, 4, 8 and 16', () => {
  const { features } = planNetwork({ ...spec, width: 16, input: [160, 160, 3] });
  const maps = features.filter(({ name }) => !name.endsWith('.pre')).map((f) => [f.name, f.height, f.width, f.channels]);
  assert.deepEqual(maps, [
    ['stage1', 80, 80, 16],
    ['stage2', 40, 40, 32],
    ['stage3', 20, 20, 64],
    ['stage4', 10, 10, 64],
  ]);
});

test('parameters', () => {
  // Filters and norms of a ResNet-8 of 4, 8, 16 channels: stem 27·4, blocks 2·9·16, 9·(32 + 64) + 32, 9·(128 + 256) + 128
  const resnet = 108 + 288 + 864 + 32 + 3456 + 128 + 2 * (4 + 4 + 4 + 8 + 8 + 8 + 16 + 16 + 16);
  const extra = 16 * 8 + 9 * 8 * 16 + 2 * (8 + 16);
  // One, three and three priors of the background, three classes and four offsets, over 8, 16 and 16 channels
  const heads = 8 * (9 * 8 + 1) + 24 * (9 * 16 + 1) + 24 * (9 * 16 + 1);
  assert.equal(parametersOf(planNetwork(spec).variables), resnet + extra + heads);
});

describe('forward', () => {
  test('class scores and offsets of every prior, in the order of the priors', () => {
    const network = buildNetwork(spec, random(1));
    const count = tf.memory().numTensors;
    const priors = priorBoxes(network.priors ?? assert.fail());
    assert.equal(priors.length / 4, 8 * 12 + 3 * 4 * 6 + 3 * 2 * 3);
    const images = tf.randomNormal([2, 32, 48, 3], 0, 1, 'float32', 1) as tf.Tensor4D;
    const { logits, offsets, features } = network.forward(images, { features: ['stage2', 'stage3.pre'] });
    assert.deepEqual(
      [logits.shape, offsets?.shape],
      [
        [2, 186 * 4],
        [2, 186, 4],
      ],
    );
    assert.deepEqual(Object.keys(features), ['stage2', 'stage3.pre']);
    const plain = network.forward(images);
    assert.deepEqual(plain.logits.dataSync(), logits.dataSync());
    tf.dispose([images, { logits, offsets, features }, plain]);
    assert.equal(tf.memory().numTensors, count, 'tensors leaked');
    assert.deepEqual(
      network.operations?.heads.map(({ feature }) => feature),
      ['stage2', 'stage3', 'stage4'],
    );
    network.dispose();
  });

  test('a bias of a head is that of its own prior, class and offset', () => {
    const network = buildNetwork({ ...spec, priors: shapes }, random(1));
    const weight = network.variables.get('heads.2.weight');
    const bias = network.variables.get('heads.2.bias'); // two priors of the background, three classes and four offsets
    weight.assign(tf.zerosLike(weight));
    bias.assign(tf.range(0, 16));
    const { logits, offsets } = network.forward(tf.zeros([1, 32, 48, 3]));
    const first = 8 * 12 + 4 * 6; // priors of the maps before
    const scores = tf.reshape(logits, [1, -1, 4]).arraySync() as number[][][];
    const places = (offsets as tf.Tensor3D).arraySync();
    assert.deepEqual(scores[0]?.slice(first, first + 3), [
      [0, 1, 2, 3],
      [8, 9, 10, 11],
      [0, 1, 2, 3],
    ]);
    assert.deepEqual(places[0]?.slice(first, first + 3), [
      [4, 5, 6, 7],
      [12, 13, 14, 15],
      [4, 5, 6, 7],
    ]);
    network.dispose();
  });

  test('gradients reach every variable', () => {
    const network = buildNetwork(spec, random(1));
    const { grads } = tf.variableGrads(() => {
      const { logits, offsets } = network.forward(tf.randomNormal([2, 32, 48, 3], 0, 1, 'float32', 2), { training: true });
      return tf.add(tf.sum(tf.square(logits)), tf.sum(tf.square(offsets as tf.Tensor3D))) as tf.Scalar;
    });
    const still = network.variables
      .entries()
      .filter(
        ({ trainable, variable }) => trainable && !(tf.sum(tf.abs(grads[variable.name] as tf.Tensor)).dataSync()[0] as number),
      );
    assert.deepEqual(
      still.map(({ name }) => name),
      [],
    );
    network.dispose();
  });

  test('a cached pass has the offsets, too', () => {
    const network = cachedNetwork(buildNetwork(spec, random(1)));
    const images = tf.randomNormal([1, 32, 48, 3], 0, 1, 'float32', 3) as tf.Tensor4D;
    const passes = [1, 2].map(() => tf.tidy(() => network.forward(images)));
    assert.equal(passes[0]?.offsets, passes[1]?.offsets);
    assert.equal(passes[1]?.offsets?.isDisposed, false);
    images.dispose();
    network.dispose();
    assert.equal(passes[1]?.offsets?.isDisposed, true);
  });

  test('placed on images of another size it has their priors', () => {
    const network = buildNetwork(spec, random(1));
    const larger = onImages('test', network, [64, 64, 3]);
    assert.deepEqual(
      larger.priors?.maps.map(({ rows, columns }) => [rows, columns]),
      [
        [16, 16],
        [8, 8],
        [4, 4],
      ],
    );
    larger.dispose();
  });
});

describe('refused', () => {
  const where = 'buildNetwork: ssd-resnet8';
  const cases: readonly (readonly [NetworkSpec, string])[] = [
    [{ ...spec, name: 'ssd-resnet9' }, 'buildNetwork: ssd-resnet9: expected a depth of 6n + 2, at least 8, received 9'],
    [{ ...spec, width: 0 }, `${where}: width: expected an integer in [1, 1024], received 0`],
    [
      { ...spec, priors: { 4: [] } },
      `${where}: priors: expected lists of [width, height] for the strides 4, 8 and 16, received {"4":[]}`,
    ],
    [{ ...spec, priors: { ...shapes, 8: [] } }, `${where}: priors: 8: expected 1 to 32 shapes [width, height], received []`],
    [{ ...spec, priors: { ...shapes, 8: [[0.1, 9]] } }, `${where}: priors: 8[0]: expected a number in [0.001, 2], received 9`],
    [{ ...spec, depth: 3 }, `${where}: expected options among name, classes, input, width, priors, received "depth"`],
  ];
  for (const [given, message] of cases)
    test(message, () => assert.throws(() => planNetwork(given), { name: 'InputError', message }));
});
