/**
 * A LayersModel as a network against the model itself, as tfjs runs it: outputs, gradients and moved statistics, by class of layer. The
 * reference is tfjs's own `predict`, `apply` in training mode and `variableGrads`, in the same process; to 1e-5 of
 * the largest value, at least of 0.1 (a bias before a norm has the gradient 0 but for rounding).
 */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { start } from 'iekd/dist/engine/start';
import { tf } from 'iekd/dist/engine/tf';
import { planNetwork } from 'iekd/dist/models/index';
import { fromLayersModel } from 'iekd/dist/models/layersModel/fromLayersModel';
import { random } from 'iekd/dist/util/rng';

before(async () => {
  await start({ engine: 'portable', threads: 1 });
});

type Symbolic = tf.SymbolicTensor;
const { layers } = tf;

/** What stands between a first convolution and the last dense layer, on maps of 8×8×4. */
const BODIES: Readonly<Record<string, (x: Symbolic, first: Symbolic) => Symbolic>> = {
  'convolution, stride 2, same, ReLU of its own': (x) =>
    layers.conv2d({ filters: 5, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' }).apply(x) as Symbolic,
  'convolution without padding, sigmoid': (x) =>
    layers.conv2d({ filters: 3, kernelSize: [3, 1], activation: 'sigmoid', useBias: false }).apply(x) as Symbolic,
  'depthwise, two of each channel': (x) =>
    layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, padding: 'same', strides: 2 }).apply(x) as Symbolic,
  separable: (x) => layers.separableConv2d({ filters: 5, kernelSize: 3 }).apply(x) as Symbolic,
  'batch norm': (x) => layers.batchNormalization().apply(x) as Symbolic,
  'batch norm of another momentum, ReLU6': (x) =>
    layers.reLU({ maxValue: 6 }).apply(layers.batchNormalization({ momentum: 0.8 }).apply(x)) as Symbolic,
  'batch norm of rows': (x) =>
    layers.batchNormalization({ epsilon: 0.01 }).apply(layers.globalMaxPooling2d({}).apply(x)) as Symbolic,
  'pooling, leaky ReLU': (x) =>
    layers
      .leakyReLU({ alpha: 0.1 })
      .apply(layers.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }).apply(x)) as Symbolic,
  'average pooling, padding, cropping': (x) =>
    layers
      .cropping2D({
        cropping: [
          [0, 1],
          [1, 0],
        ],
      })
      .apply(layers.zeroPadding2d({ padding: 2 }).apply(layers.averagePooling2d({}).apply(x))) as Symbolic,
  'sum and ReLU': (x, first) => layers.activation({ activation: 'relu' }).apply(layers.add().apply([x, first])) as Symbolic,
  'concatenation, product, mean, largest': (x, first) => {
    const products = layers.multiply().apply([x, first]) as Symbolic;
    const means = layers.average().apply([products, x]) as Symbolic;
    return layers.concatenate().apply([layers.maximum().apply([means, first]) as Symbolic, x]) as Symbolic;
  },
  'reshape, dense, hidden layer': (x) =>
    layers
      .dense({ units: 6, activation: 'tanh' })
      .apply(
        layers.flatten().apply(layers.permute({ dims: [2, 1, 3] }).apply(layers.reshape({ targetShape: [4, 16, 4] }).apply(x))),
      ) as Symbolic,
};

function modelOf(body: (x: Symbolic, first: Symbolic) => Symbolic): tf.LayersModel {
  const input = tf.input({ shape: [8, 8, 4] });
  const first = layers.conv2d({ filters: 4, kernelSize: 1, kernelInitializer: 'heNormal' }).apply(input) as Symbolic;
  const map = body(first, input);
  const row = map.shape.length === 2 ? map : (layers.flatten().apply(map) as Symbolic);
  return drawn(tf.model({ inputs: input, outputs: layers.dense({ units: 3 }).apply(row) as Symbolic }));
}

/** The same filters and matrices each time: tfjs draws others. */
function drawn(model: tf.LayersModel): tf.LayersModel {
  for (const [i, weight] of model.trainableWeights.entries()) {
    if (weight.shape.length < 2) continue;
    const stream = random(i).stream('weight');
    const shape = weight.shape as number[];
    const values = Float32Array.from({ length: shape.reduce((n, one) => n * one, 1) }, () => 0.3 * stream.normal());
    tf.tidy(() => void weight.write(tf.tensor(values, shape)));
  }
  return model;
}

/** @param least that the largest value counts as: a gradient that cancels, as of a bias before a norm, is the rounding of its summands */
function close(what: string, actual: tf.Tensor, expected: tf.Tensor, least = 0.1): void {
  tf.tidy(() => {
    const largest = Math.max(least, tf.max(tf.abs(expected)).dataSync()[0] as number);
    const off = tf.max(tf.abs(tf.sub(actual, tf.reshape(expected, actual.shape)))).dataSync()[0] as number;
    assert.ok(off <= 1e-5 * largest, `${what}: off by ${off} of ${largest}`);
  });
}

const variablesOf = (weights: readonly { read(): tf.Tensor }[]): tf.Variable[] => weights.map((w) => w.read() as tf.Variable);
const loss = (logits: tf.Tensor): tf.Scalar => tf.mean(tf.square(tf.sub(logits, 0.5)));

describe('the values of the model itself', () => {
  for (const [name, body] of Object.entries(BODIES)) {
    test(name, () => {
      const model = modelOf(body);
      const network = fromLayersModel(model);
      const tensors = tf.memory().numTensors;
      tf.tidy(() => {
        const x = tf.randomNormal<tf.Rank.R4>([3, 8, 8, 4], 0.2, 1, 'float32', 3);
        close('logits', network.forward(x).logits, model.predict(x) as tf.Tensor);
        const [theirs, ours] = [variablesOf(model.trainableWeights), network.variables.parameters().map((v) => v.variable)];
        const expected = tf.variableGrads(() => loss(model.apply(x, { training: true }) as tf.Tensor), theirs);
        const found = tf.variableGrads(() => loss(network.forward(x, { training: true, random: random(0) }).logits), ours);
        assert.equal(ours.length, theirs.length);
        for (const [i, { name: own, variable }] of network.variables.parameters().entries()) {
          close(own, found.grads[variable.name] as tf.Tensor, expected.grads[(theirs[i] as tf.Variable).name] as tf.Tensor, 1);
        }
        const moved = network.variables.entries().filter(({ trainable }) => !trainable);
        const statistics = variablesOf(model.weights).filter((v) => !theirs.includes(v));
        assert.equal(moved.length, statistics.length);
        for (const [i, { name: own, variable }] of moved.entries()) close(own, variable, statistics[i] as tf.Tensor);
      });
      assert.equal(tf.memory().numTensors, tensors, 'tensors leaked');
      network.dispose();
      model.dispose();
    });
  }
});

describe('features', () => {
  const built = (): tf.LayersModel => {
    const input = tf.input({ shape: [8, 8, 1] });
    const one = layers.conv2d({ filters: 3, kernelSize: 3, padding: 'same', name: 'one' }).apply(input);
    const cut = layers.reLU({ name: 'cut' }).apply(layers.batchNormalization({ name: 'norm' }).apply(one)) as Symbolic;
    const two = layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same', strides: 2, activation: 'relu', name: 'two' });
    const pooled = layers.globalAveragePooling2d({}).apply(layers.maxPooling2d({}).apply(two.apply(cut))) as Symbolic;
    return tf.model({ inputs: input, outputs: layers.dense({ units: 3, activation: 'softmax' }).apply(pooled) as Symbolic });
  };
  const rows: readonly (readonly [string, Readonly<Record<string, string>> | undefined, readonly string[]])[] = [
    ['the last map of each size', undefined, ['stage1 8×8×3 cut norm', 'stage2 4×4×4 cut']],
    ['those that are named', { early: 'one', late: 'two' }, ['early 8×8×3', 'late 4×4×4 cut']],
  ];
  for (const [name, features, expected] of rows) {
    test(name, () => {
      const model = built();
      const network = fromLayersModel(model, features ? { features } : {});
      const described = network.features
        .filter((map) => !map.name.endsWith('.pre'))
        .map(({ name: own, height, width, channels, activated, batchNorm = '' }) =>
          `${own} ${height}×${width}×${channels}${activated ? ' cut' : ''} ${batchNorm}`.trim(),
        );
      assert.deepEqual(described, expected);
      tf.tidy(() => {
        const x = tf.randomNormal<tf.Rank.R4>([2, 8, 8, 1], 0, 1, 'float32', 4);
        const names = network.features.map((map) => map.name);
        const { features: maps, logits } = network.forward(x, { features: names });
        for (const { name: own, activated } of network.features) {
          const pre = maps[`${own}.pre`] as tf.Tensor4D;
          if (!own.endsWith('.pre')) close(own, maps[own] as tf.Tensor, activated ? tf.relu(pre) : pre);
        }
        const [first = ''] = names;
        const interventions = { [first]: (map: tf.Tensor4D) => tf.mul<tf.Tensor4D>(map, 2) };
        const changed = network.forward(x, { features: [first], interventions });
        close(first, changed.features[first] as tf.Tensor, tf.mul(maps[first] as tf.Tensor, 2));
        assert.ok((tf.max(tf.abs(tf.sub(changed.logits, logits))).dataSync()[0] as number) > 1e-4);
      });
      network.dispose();
      model.dispose();
    });
  }

  test('equal networks have equal descriptions, whatever tfjs calls their layers and however they are written', () => {
    const sequential = (): tf.LayersModel =>
      tf.sequential({
        layers: [
          layers.conv2d({ inputShape: [8, 8, 3], filters: 2, kernelSize: 3 }),
          layers.flatten(),
          layers.dense({ units: 3 }),
        ],
      });
    const x = tf.input({ shape: [8, 8, 3] });
    const conv = layers.conv2d({ filters: 2, kernelSize: 3 }).apply(x);
    const functional = tf.model({
      inputs: x,
      outputs: layers.dense({ units: 3 }).apply(layers.flatten().apply(conv)) as Symbolic,
    });
    const specs = [sequential(), sequential(), functional].map((one) => {
      const network = fromLayersModel(one);
      network.dispose();
      return network.spec;
    });
    assert.deepEqual(specs[1], specs[0]);
    assert.deepEqual(specs[2], specs[0]);
    assert.deepEqual(planNetwork(JSON.parse(JSON.stringify(specs[0]))).spec, specs[0]);
  });
});

test('initial values are drawn by name, with the deviation that the initialiser says', () => {
  const model = modelOf(
    (x) => layers.conv2d({ filters: 200, kernelSize: 3, kernelInitializer: 'heUniform' }).apply(x) as Symbolic,
  );
  const { variables } = planNetwork({ name: 'mine', topology: model.toJSON(null, false) });
  const plan = variables.find(({ shape }) => shape.at(-1) === 200 && shape.length === 4);
  assert.ok(plan);
  const values = plan.initial(plan.shape, random(1).stream(plan.name));
  const bound = Math.sqrt(6 / (9 * 4));
  assert.ok(values.every((v) => Math.abs(v) <= bound));
  const deviation = Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);
  assert.ok(Math.abs(deviation / (bound / Math.sqrt(3)) - 1) < 0.03, String(deviation));
  model.dispose();
});
