/**
 * CIFAR ResNet: counts of either shortcut, features of odd sizes, statistics, initial values. What every network keeps to is in
 * networks.test.ts; values and gradients are held against PyTorch's in test/golden and golden.test.ts.
 */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { buildNetwork, planNetwork } from 'iekd/dist/models/index';
import { shortcutA } from 'iekd/dist/models/layers/functional';
import { parametersOf } from 'iekd/dist/models/layers/variablePlan';
import type { Network, NetworkSpec } from 'iekd/dist/models/types';
import { random } from 'iekd/dist/util/rng';

before(() => tf.setBackend('cpu'));

const small: NetworkSpec = { name: 'resnet8', input: [8, 8, 3], classes: 5 };
const images = (seed = 0, shape: [number, number, number, number] = [4, 8, 8, 3]): tf.Tensor4D =>
  tf.randomNormal(shape, 0, 1, 'float32', seed);

/** Runs with a network and checks that nothing stays behind. */
function withNetwork(spec: NetworkSpec, use: (network: Network) => void, seed = 1): void {
  const before = tf.memory().numTensors;
  const network = buildNetwork(spec, random(seed));
  tf.tidy(() => use(network));
  network.dispose();
  assert.equal(tf.memory().numTensors, before, 'tensors leaked');
}

function maxDifference(a: tf.Tensor, b: tf.Tensor): number {
  return tf.tidy(() => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0] as number);
}

describe('parameter counts', () => {
  // Worked out from the layer sizes: 20, 32 … as in He et al. 2016 with batch norms' scales and shifts, and the linear bias.
  const counts: readonly (readonly [string, a10: number, a100: number, b10: number, b100: number])[] = [
    ['resnet8', 75_290, 81_140, 78_042, 83_892],
    ['resnet20', 269_722, 275_572, 272_474, 278_324],
    ['resnet32', 464_154, 470_004, 466_906, 472_756],
    ['resnet44', 658_586, 664_436, 661_338, 667_188],
    ['resnet56', 853_018, 858_868, 855_770, 861_620],
    ['resnet110', 1_727_962, 1_733_812, 1_730_714, 1_736_564],
  ];
  for (const [name, ...expected] of counts) {
    test(`${name}: A and B, 10 and 100 classes`, () => {
      const received = [
        { shortcut: 'A', classes: 10 },
        { shortcut: 'A', classes: 100 },
        { shortcut: 'B', classes: 10 },
        { shortcut: 'B', classes: 100 },
      ].map((options) => parametersOf(planNetwork({ name, ...options }).variables));
      assert.deepEqual(received, expected);
    });
  }
});

test('multiply-adds, written out for ResNet-20', () => {
  const blocks = (count: number, channels: number, side: number): number => count * 9 * channels * channels * side * side;
  const halving = (from: number, side: number): number => (9 + 1) * from * 2 * from * side * side;
  const stages = blocks(6, 16, 32) + halving(16, 16) + blocks(5, 32, 16) + halving(32, 8) + blocks(5, 64, 8);
  assert.equal(planNetwork({ name: 'resnet20' }).multiplyAdds, 9 * 3 * 16 * 32 * 32 + stages + 640);
});

describe('features', () => {
  test('are described before and after the activation, odd sizes included', () => {
    const { features } = planNetwork({ name: 'resnet20', input: [33, 20, 1] });
    assert.deepEqual(
      features.map((f) => [f.name, f.height, f.width, f.channels, f.activated, f.batchNorm]),
      [
        ['stage1.pre', 33, 20, 16, false, 'blocks.0_2.bn2'],
        ['stage1', 33, 20, 16, true, 'blocks.0_2.bn2'],
        ['stage2.pre', 17, 10, 32, false, 'blocks.1_2.bn2'],
        ['stage2', 17, 10, 32, true, 'blocks.1_2.bn2'],
        ['stage3.pre', 9, 5, 64, false, 'blocks.2_2.bn2'],
        ['stage3', 9, 5, 64, true, 'blocks.2_2.bn2'],
      ],
    );
  });
});

describe('modes', () => {
  test('training: the stem moves its statistics by a tenth towards the batch, variance unbiased (to 1e-6)', () => {
    withNetwork(small, (network) => {
      const x = images(5);
      const filter = network.variables.get('conv.weight') as tf.Tensor4D;
      const y = tf.conv2d(x, filter, 1, 1);
      const { mean, variance } = tf.moments(y, [0, 1, 2]);
      network.forward(x, { training: true });
      const n = 4 * 8 * 8;
      assert.ok(maxDifference(network.variables.get('bn.running_mean'), tf.mul(mean, 0.1)) < 1e-6);
      const expected = tf.add(0.9, tf.mul(variance, (0.1 * n) / (n - 1)));
      assert.ok(maxDifference(network.variables.get('bn.running_var'), expected) < 1e-6);
    });
  });
});

describe('shortcut A', () => {
  const sizes: readonly (readonly [height: number, width: number])[] = [
    [4, 4],
    [5, 6],
    [1, 3],
  ];
  for (const [height, width] of sizes) {
    test(`is every second position between zero channels, ${height}×${width}`, () => {
      tf.tidy(() => {
        const x = images(7, [2, height, width, 3]);
        const y = shortcutA(x, 8, 2);
        const kept = tf.stridedSlice(x, [0, 0, 0, 0], [2, height, width, 3], [1, 2, 2, 1]) as tf.Tensor4D;
        const expected = tf.pad(kept, [
          [0, 0],
          [0, 0],
          [0, 0],
          [2, 3],
        ]);
        assert.deepEqual(y.shape, expected.shape);
        assert.equal(maxDifference(y, expected), 0);
      });
    });
  }
});

describe('initial values', () => {
  test('are the same for a seed and different for another', () => {
    const values = (seed: number): Float32Array => {
      let data = new Float32Array(0);
      withNetwork(
        small,
        ({ variables }) => (data = Float32Array.from(variables.get('blocks.1_0.conv1.weight').dataSync())),
        seed,
      );
      return data;
    };
    assert.deepEqual(values(3), values(3));
    assert.notDeepEqual(values(3), values(4));
  });

  test('of one variable do not depend on the others: 7 classes in place of 5 change the linear layer only', () => {
    let five = {} as Record<string, unknown>;
    withNetwork(small, ({ variables }) => (five = variables.snapshot()));
    withNetwork({ ...small, classes: 7 }, ({ variables }) => {
      for (const [name, value] of Object.entries(variables.snapshot())) {
        if (!name.startsWith('fc.')) assert.deepEqual(value, five[name], name);
      }
    });
  });

  test('are Kaiming normal by fan in (standard deviation within 5 %), bias uniform within ±1/8', () => {
    withNetwork({ name: 'resnet8', classes: 200 }, ({ variables }) => {
      const rows: readonly (readonly [string, fanIn: number])[] = [
        ['blocks.2_0.conv2.weight', 9 * 64],
        ['blocks.1_0.conv1.weight', 9 * 16],
        ['blocks.2_0.short.0.weight', 32],
        ['fc.weight', 64],
      ];
      for (const [name, fanIn] of rows) {
        const data = Float32Array.from(variables.get(name).dataSync());
        const std = Math.sqrt(data.reduce((sum, v) => sum + v * v, 0) / data.length);
        assert.ok(Math.abs(std / Math.sqrt(2 / fanIn) - 1) < 0.05, `${name}: ${std}`);
      }
      const bias = variables.get('fc.bias').dataSync();
      const largest = Math.max(...bias.map(Math.abs));
      assert.ok(largest <= 1 / 8 && largest > 0.11, `${largest}`);
    });
  });
});

describe('refuses', () => {
  const rows: readonly (readonly [string, NetworkSpec, string])[] = [
    [
      'an unknown option',
      { name: 'resnet8', width: 2 },
      'buildNetwork: resnet8: expected options among name, classes, input, shortcut, received "width"',
    ],
    [
      'an unknown shortcut',
      { name: 'resnet8', shortcut: 'C' },
      'buildNetwork: resnet8: shortcut: expected one of A, B, received "C"',
    ],
    [
      'no class',
      { name: 'resnet8', classes: 0 },
      `buildNetwork: resnet8: classes: expected an integer in [1, 1000000], received 0`,
    ],
    [
      'an input of two sizes',
      { name: 'resnet8', input: [32, 32] as unknown as [number, number, number] },
      'buildNetwork: resnet8: input: expected [height, width, channels], received [32,32]',
    ],
    [
      'an input of no channels',
      { name: 'resnet8', input: [32, 32, 0] },
      `buildNetwork: resnet8: input: expected an integer in [1, 65536], received 0`,
    ],
  ];
  for (const [name, spec, message] of rows) {
    test(name, () => assert.throws(() => buildNetwork(spec, random(0)), { name: 'InputError', message }));
  }

  test('images of another shape, and features it does not have, listing those it has', () => {
    withNetwork(small, (network) => {
      assert.throws(() => network.forward(images(0, [2, 8, 8, 1])), {
        message: 'resnet8.forward: expected images of shape [batch,8,8,3], received [2,8,8,1]',
      });
      assert.throws(() => network.forward(images(), { features: ['stage4'] }), {
        message:
          'resnet8.forward: features: expected one of stage1.pre, stage1, stage2.pre, stage2, stage3.pre, stage3, received "stage4"',
      });
    });
  });
});
