/** A folded layers model as a network: relevance through its weights is that of the network that was exported. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { buildNetwork, fromLayersModel, lrp, type Network, type NetworkSpec, random, start, tf } from 'iekd';
import { exportedModel } from 'iekd/dist/export/tfjs/exportedModel';
import { type TfjsModel, tfjsModel } from 'iekd/dist/export/tfjs/exportTfjs';
import { deviation, pictures, settle } from '../fixtures/lrpNetworks';

before(() => start({ engine: 'portable' }));

const NORMALISATION = { mean: [0.4, 0.5, 0.6], std: [0.2, 0.3, 0.25] };
/** Of the largest value. */
const TOLERANCE = 1e-5;

async function loaded({ json, shards }: TfjsModel): Promise<tf.LayersModel> {
  const { modelTopology, weightsManifest } = JSON.parse(json) as {
    modelTopology: object;
    weightsManifest: { weights: tf.io.WeightsManifestEntry[] }[];
  };
  const weightData = Uint8Array.from(Buffer.concat(Object.values(shards))).buffer;
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
  return tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
}

const made = (spec: NetworkSpec): Network => settle(buildNetwork({ classes: 5, input: [32, 32, 3], ...spec }, random(1)), true);

describe('logits and relevance of the whole and of a half', () => {
  // Norms after convolutions; norms that stand alone; depthwise convolutions; interleaved branches; max pooling and hidden layers.
  for (const name of ['resnet8', 'wrn-16-1', 'mobilenetv2', 'shufflenetv2', 'vgg8-bn'] as const) {
    test(name, async () => {
      const network = made({ name });
      const exported = exportedModel(await loaded(tfjsModel(network, { foldBatchNorm: true })), network.spec);
      const images = pictures(network, 2);
      const part = Array.from({ length: (network.features.at(-1)?.channels ?? 0) >> 1 }, (_, i) => 2 * i);
      for (const options of [{ target: 1 }, { target: 1, part }]) {
        const expected = lrp(network, images, { normalisation: NORMALISATION, ...options });
        const found = lrp(exported, images, { normalisation: NORMALISATION, ...options });
        assert.ok(deviation(found.logits, expected.logits) < TOLERANCE);
        assert.ok(deviation(found.relevance, expected.relevance) < TOLERANCE);
      }
      const x = tf.ones<tf.Rank.R4>([1, 32, 32, 3]);
      const [own, theirs] = [exported, network].map((one) => one.forward(x).logits.dataSync());
      assert.ok(deviation(own ?? [], theirs ?? []) < TOLERANCE);
      const tensors = tf.memory().numTensors;
      exported.dispose();
      assert.ok(tf.memory().numTensors < tensors);
      network.dispose();
    });
  }
});

test('a model of another network', async () => {
  const [network, other] = [made({ name: 'resnet8' }), made({ name: 'vgg8' })];
  const exported = exportedModel(await loaded(tfjsModel(network, { foldBatchNorm: true })), other.spec);
  assert.throws(() => lrp(exported, pictures(network, 1), { normalisation: NORMALISATION }), {
    message: /^Variables\.get: expected one of .*, received "features\.0\.weight"/,
  });
});

test('a network of tf.layers', async () => {
  const model = tf.sequential({
    layers: [
      tf.layers.separableConv2d({ inputShape: [8, 8, 3], filters: 6, kernelSize: 3, padding: 'same', name: 'apart' }),
      tf.layers.reLU(),
      tf.layers.conv2d({ filters: 8, kernelSize: 3, strides: 2, useBias: false, name: 'plain' }),
      tf.layers.batchNormalization({ epsilon: 1e-2, scale: false, name: 'norm' }),
      tf.layers.reLU(),
      tf.layers.globalAveragePooling2d({}),
      tf.layers.dense({ units: 5, name: 'out' }),
    ],
  });
  const network = settle(fromLayersModel(model), true);
  const exported = exportedModel(await loaded(tfjsModel(network, { foldBatchNorm: true })), network.spec);
  const [expected, found] = [network, exported].map((one) =>
    lrp(one, pictures(network, 2), { normalisation: NORMALISATION, target: 1 }),
  );
  assert.ok(deviation(found?.relevance ?? [], expected?.relevance ?? []) < TOLERANCE);
});
