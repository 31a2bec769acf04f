/**
 * What every network keeps to, one row each: features, modes, gradients, memory, initial values. Values are held against
 * PyTorch's in golden.test.ts. Maps are tiny, and the largest networks are only planned.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { start } from 'iekd/dist/engine/start';
import { tf } from 'iekd/dist/engine/tf';
import { crossEntropy } from 'iekd/dist/losses/crossEntropy';
import { buildNetwork, planNetwork } from 'iekd/dist/models/index';
import type { FeatureInfo, ForwardResult, Network, NetworkSpec } from 'iekd/dist/models/types';
import { random } from 'iekd/dist/util/rng';

before(async () => {
  await start();
});

const seed = random(7);
const images = ([height, width, channels]: readonly [number, number, number], batch = 2): tf.Tensor4D =>
  tf.randomNormal([batch, height, width, channels], 0, 1, 'float32', 1);

/** Runs with a network and checks that nothing stays behind. */
function withNetwork(spec: NetworkSpec, use: (network: Network) => void): void {
  const tensors = tf.memory().numTensors;
  const network = buildNetwork({ classes: 5, ...spec }, seed);
  try {
    tf.tidy(() => use(network));
  } finally {
    network.dispose();
  }
  assert.equal(tf.memory().numTensors, tensors, 'tensors leaked');
}

const valuesOf = (t: tf.Tensor | undefined): number[] => [...(t as tf.Tensor).dataSync()];
const maxDifference = (a: tf.Tensor, b: tf.Tensor): number => tf.tidy(() => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0] as number);

/** Small enough to be built and differentiated. */
const SMALL: readonly NetworkSpec[] = [
  { name: 'resnet8', input: [8, 8, 3] },
  { name: 'resnet8', input: [9, 6, 3], shortcut: 'A' },
  { name: 'resnet18', input: [32, 32, 1], stem: 'imagenet' },
  { name: 'wrn-10-1', input: [8, 8, 3] },
  { name: 'wrn-16-2', input: [8, 7, 3], dropout: 0.3 },
  { name: 'vgg8', input: [8, 8, 3], pools: 2 },
  { name: 'vgg8-bn', input: [9, 8, 1], pools: 2, hidden: 16, dropout: 0.5 },
  { name: 'mobilenet', input: [8, 8, 3], width: 0.1 },
  { name: 'mobilenet', input: [32, 32, 3], width: 0.1, stem: 'imagenet' },
  { name: 'mobilenetv2', input: [16, 16, 3], width: 0.1, dropout: 0.2 },
  { name: 'shufflenetv2', input: [16, 16, 3], width: 0.5 },
  { name: 'resnet8', input: [16, 8, 3], projector: { channels: 12, pool: 2 } },
  {
    name: 'mine',
    input: [9, 8, 3],
    stages: [
      [{ conv: 4, size: 5 }, { residual: [{ conv: 4 }, { dropout: 0.1 }, { conv: 4 }] }],
      [{ maxPool: 3, pad: 1 }, { depthwise: 5 }, { conv: 6, size: 1, activation: 'relu6' }],
    ],
    head: [{ linear: 8 }, { dropout: 0.5 }],
  },
];

/** Shape and signs; `stage` is `stage.pre` rectified. */
function checkMap({ name, height, width, channels, activated }: FeatureInfo, { features }: ForwardResult): void {
  const map = features[name] as tf.Tensor4D;
  assert.deepEqual(map.shape, [2, height, width, channels]);
  if (name.endsWith('.pre')) {
    assert.ok((tf.min(map).dataSync()[0] as number) < 0, `${name} is activated`);
    return;
  }
  const pre = features[`${name}.pre`] as tf.Tensor4D;
  // ReLU6 is ReLU up to the largest value that it gives.
  assert.equal(maxDifference(map, activated ? tf.minimum(tf.relu(pre), tf.max(map)) : pre), 0, name);
  if (activated) assert.ok((tf.max(map).dataSync()[0] as number) > 0, name);
}

/** Parameters whose gradient is 0 because a batch norm takes them away again: biases of the convolutions before one. */
function takenAway({ variables }: Network): Set<string> {
  const norms = variables.entries().flatMap(({ name }) => /^features\.(\d+)\.running_mean$/.exec(name)?.[1] ?? []);
  return new Set(norms.map((index) => `features.${Number(index) - 1}.bias`));
}

describe('every network', () => {
  for (const spec of SMALL) {
    describe(Object.values(spec).join(' '), () => {
      const input = spec.input as [number, number, number];
      const plan = planNetwork({ classes: 5, ...spec });
      let network: Network;
      let tensors = 0;
      before(() => {
        tensors = tf.memory().numTensors;
        network = buildNetwork({ classes: 5, ...spec }, seed);
      });
      after(() => {
        network.dispose();
        assert.equal(tf.memory().numTensors, tensors, 'tensors leaked');
      });
      const inTidy = (what: string, use: () => void): void => {
        test(what, () => {
          const held = tf.memory().numTensors;
          tf.tidy(use);
          assert.equal(tf.memory().numTensors, held, 'tensors leaked');
        });
      };

      test('is what was planned, from a full description that builds it again', () => {
        const made = network.variables
          .entries()
          .map(({ name, trainable, variable }) => ({ name, trainable, shape: variable.shape }));
        assert.deepEqual(
          made,
          plan.variables.map(({ name, trainable, shape }) => ({ name, trainable, shape })),
        );
        assert.equal(new Set(made.map(({ name }) => name)).size, made.length);
        assert.deepEqual([network.spec, network.classes, network.input], [plan.spec, 5, input]);
        assert.equal(JSON.stringify(planNetwork(JSON.parse(JSON.stringify(plan.spec)) as NetworkSpec)), JSON.stringify(plan));
      });

      inTidy('has the described features, asked for or not the same logits, and the rectifier between two of them', () => {
        const x = images(input);
        const names = network.features.map(({ name }) => name);
        const [plain, asked] = [network.forward(x), network.forward(x, { features: names })];
        assert.deepEqual(plain.logits.shape, [2, 5]);
        assert.deepEqual(plain.features, {});
        assert.ok(maxDifference(plain.logits, asked.logits) <= 1e-5 * Math.max(1, ...valuesOf(plain.logits).map(Math.abs)));
        assert.deepEqual(Object.keys(asked.features).sort(), [...names].sort());
        for (const info of network.features) checkMap(info, asked);
      });

      inTidy('goes on with what an intervention makes of a feature, and returns it', () => {
        const x = images(input);
        const names = network.features.map(({ name }) => name);
        const plain = network.forward(x, { features: names });
        const largest = Math.max(1, ...valuesOf(plain.logits).map(Math.abs));
        const same = Object.fromEntries(names.map((name) => [name, (map: tf.Tensor4D) => tf.mul<tf.Tensor4D>(map, 1)]));
        assert.ok(maxDifference(network.forward(x, { interventions: same }).logits, plain.logits) <= 1e-5 * largest);
        for (const name of names) {
          const { logits, features } = network.forward(x, {
            features: [name],
            interventions: { [name]: (map) => tf.mul(map, 1.5) },
          });
          assert.ok(maxDifference(logits, plain.logits) > 1e-4 * largest, name);
          const expected = tf.mul(plain.features[name] as tf.Tensor4D, 1.5);
          const close = maxDifference(features[name] as tf.Tensor4D, expected);
          assert.ok(close <= 1e-5 * (tf.max(tf.abs(expected)).dataSync()[0] as number), `${name}: ${close}`);
        }
      });

      inTidy('refuses interventions on features that it does not have, and those that change a shape', () => {
        const x = images(input);
        assert.throws(() => network.forward(x, { interventions: { stage9: (map) => map } }), {
          message: `${network.name}.forward: interventions: expected one of ${network.features.map((f) => f.name).join(', ')}, received "stage9"`,
        });
        const { height, width, channels } = network.features[1] as FeatureInfo;
        const own = [height, width, channels].join(',');
        assert.throws(() => network.forward(x, { interventions: { stage1: (map) => tf.concat([map, map], 0) } }), {
          message: `${network.name}.forward: interventions: stage1: expected a map of shape [2,${own}], received [4,${own}]`,
        });
      });

      inTidy(
        'in evaluation a zero added to a feature has its gradient: before the rectifier, that after it where it lets pass',
        () => {
          const x = images(input);
          const labels = tf.tensor1d([0, 3], 'int32');
          const { features } = network.forward(x, { features: network.features.map(({ name }) => name) });
          const names = network.features.map(({ name }) => name);
          const probes = names.map((name) => tf.zerosLike(features[name] as tf.Tensor4D));
          const loss = (...added: tf.Tensor[]): tf.Scalar => {
            const add = (i: number) => (map: tf.Tensor4D) => tf.add<tf.Tensor4D>(map, added[i] as tf.Tensor4D);
            const interventions = Object.fromEntries(names.map((name, i) => [name, add(i)]));
            return crossEntropy(network.forward(x, { interventions }).logits, labels);
          };
          const gradients = tf.grads(loss)(probes);
          for (const [i, { name, activated }] of network.features.entries()) {
            const gradient = gradients[i] as tf.Tensor;
            const largest = tf.max(tf.abs(gradient)).dataSync()[0] as number;
            assert.ok(Number.isFinite(largest) && largest > 0, `${name}: ${largest}`);
            if (!activated) continue;
            const pre = features[`${name}.pre`] as tf.Tensor4D;
            const ceiling = tf.max(features[name] as tf.Tensor4D);
            const passed = tf.where(tf.greater(pre, 0), gradient, 0); // ReLU6 cuts above too, where the map is at its largest
            const known = tf.where(tf.less(pre, ceiling), passed, 0);
            const found = tf.where(tf.less(pre, ceiling), gradients[names.indexOf(`${name}.pre`)] as tf.Tensor, 0);
            assert.ok(maxDifference(found, known) <= 1e-5 * largest, name);
          }
        },
      );

      inTidy('evaluation leaves every variable as it was; training moves all statistics and nothing else', () => {
        const initial = network.variables.snapshot();
        network.forward(images(input), { features: ['stage1', 'stage2.pre'] });
        assert.deepEqual(network.variables.snapshot(), initial);
        network.forward(images(input), { training: true, random: seed });
        const after = network.variables.snapshot();
        for (const { name, trainable } of network.variables.entries()) {
          // A classifier that does not learn is neither.
          if (trainable || name.startsWith('classifier.')) assert.deepEqual(after[name], initial[name], name);
          else assert.notDeepEqual(after[name], initial[name], name);
        }
      });

      inTidy('every parameter has a gradient, finite and not zero but for biases that a norm takes away', () => {
        const parameters = network.variables.parameters();
        const without = takenAway(network);
        const { grads } = tf.variableGrads(
          () => tf.sum(tf.square(network.forward(images(input, 4), { training: true, random: seed }).logits)),
          parameters.map((p) => p.variable),
        );
        for (const { name, variable } of parameters) {
          const size = tf.sum(tf.abs(grads[variable.name] as tf.Tensor)).dataSync()[0] as number;
          if (without.has(name)) assert.equal(size, 0, name);
          else assert.ok(Number.isFinite(size) && size > 0, `${name}: ${size}`);
        }
      });

      inTidy('has finite logits for one image, in either mode', () => {
        for (const training of [true, false]) {
          const { logits } = network.forward(images(input, 1), { training, random: seed });
          assert.deepEqual(logits.shape, [1, 5]);
          assert.ok(valuesOf(logits).every(Number.isFinite), `training ${training}: ${valuesOf(logits)}`);
        }
      });
    });
  }

  test('may have one class', () => {
    withNetwork({ name: 'wrn-10-1', input: [8, 8, 3], classes: 1 }, (network) => {
      assert.deepEqual(network.forward(images([8, 8, 3])).logits.shape, [2, 1]);
    });
  });
});

describe('initial values', () => {
  test('are drawn by the name of the variable: another number of classes changes the last layer only', () => {
    let five = {} as ReturnType<Network['variables']['snapshot']>;
    const spec = { name: 'mobilenetv2', width: 0.1, input: [16, 16, 3] } as const;
    withNetwork(spec, ({ variables }) => (five = variables.snapshot()));
    withNetwork({ ...spec, classes: 7 }, ({ variables }) => {
      for (const [name, value] of Object.entries(variables.snapshot())) {
        if (!name.startsWith('classifier.')) assert.deepEqual(value, five[name], name);
        else assert.notDeepEqual(value, five[name], name);
      }
    });
  });

  test('are normal by fan out, depthwise by their nine inputs (standard deviation within 5 %), convolutions’ biases 0', () => {
    const rows: readonly (readonly [NetworkSpec, name: string, fan: number])[] = [
      [{ name: 'wrn-10-2' }, 'block2.layer.0.conv1.weight', 9 * 64],
      [{ name: 'mobilenet', width: 0.5 }, 'layers.8.conv1.weight', 9],
      [{ name: 'mobilenet', width: 0.5 }, 'layers.8.conv2.weight', 256],
    ];
    for (const [spec, name, fan] of rows) {
      withNetwork({ ...spec, input: [8, 8, 3] }, ({ variables }) => {
        const data = valuesOf(variables.get(name));
        const std = Math.sqrt(data.reduce((sum, v) => sum + v * v, 0) / data.length);
        assert.ok(Math.abs(std / Math.sqrt(2 / fan) - 1) < 0.05, `${name}: ${std}`);
      });
    }
    withNetwork({ name: 'vgg8', input: [8, 8, 3], pools: 2 }, ({ variables }) => {
      assert.ok(valuesOf(variables.get('features.0.bias')).every((v) => v === 0));
    });
  });
});
