/** What layers of a LayersModel do, as operations: written and read again they compute the same, relevance is kept, others are named. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { exportOnnx, exportTfjs, loadNetwork, lrp, start, tf } from 'iekd';
import type { ImageSet } from 'iekd/dist/data/types';
import { outputDifferences, outputsOf } from 'iekd/dist/export/compare';
import { tfjsModel } from 'iekd/dist/export/tfjs/exportTfjs';
import { tfjsNetwork } from 'iekd/dist/export/tfjs/tfjsNetwork';
import { fromLayersModel } from 'iekd/dist/models/layersModel/fromLayersModel';
import type { Network } from 'iekd/dist/models/types';
import { random } from 'iekd/dist/util/rng';
import { layersModels } from '../../fixtures/layersModels';

before(() => start({ engine: 'portable', threads: 1 }));

function images({ input: [height, width, channels] }: Network): ImageSet {
  const stream = random(4).stream('images');
  const pixels = Uint8Array.from({ length: 2 * height * width * channels }, () => Math.floor(256 * stream.uniform()));
  return { count: 2, height, width, channels, images: pixels, labels: Uint16Array.of(0, 1) };
}

describe('operations', () => {
  for (const [name, make] of Object.entries(layersModels)) {
    test(`${name}: what is written as tfjs computes the same, folded or not, and comes back`, async () => {
      const network = make();
      for (const foldBatchNorm of [false, true]) {
        const written = await tfjsNetwork(network, tfjsModel(network, { foldBatchNorm }));
        const [logits] = await outputDifferences(network, async (x) => outputsOf(written, x));
        assert.ok(logits && logits.difference <= 1e-5 * logits.largest, JSON.stringify(logits));
        written.dispose();
      }
      const folder = mkdtempSync(join(tmpdir(), 'iekd-operations-'));
      exportTfjs(network, folder);
      const same = loadNetwork(join(folder, 'model.json'));
      const [logits] = await outputDifferences(network, async (x) => outputsOf(same, x));
      assert.ok(logits && logits.difference <= 1e-5 * logits.largest, JSON.stringify(logits));
      rmSync(folder, { recursive: true });
      for (const one of [same, network]) one.dispose();
    });

    test(`${name}: relevance of the logit is that of the stages and of the pixels, but for what biases keep`, () => {
      const network = make();
      for (const { name: variable, variable: value } of network.variables.entries())
        if (/(bias|running_mean)$/.test(variable)) value.assign(tf.zerosLike(value));
      const rules = { linear: 'zero', convolution: 'zero', first: 'zero', sum: 'zero', norm: 'zero' } as const;
      const normalisation = {
        mean: network.input[2] === 1 ? [0.5] : [0.5, 0.5, 0.5],
        std: network.input[2] === 1 ? [1] : [1, 1, 1],
      };
      const { sums } = lrp(network, images(network), { normalisation, rules });
      const [top] = sums;
      for (const { at, relevance } of sums) {
        relevance.forEach((sum, i) => {
          const whole = top?.relevance[i] as number;
          assert.ok(Math.abs(sum - whole) < 1e-3 * Math.max(1, Math.abs(whole)), `${at}: ${sum} of ${whole}`);
        });
      }
      network.dispose();
    });
  }

  test('a layer that does not say it is named', () => {
    const model = tf.sequential();
    model.add(tf.layers.conv2d({ name: 'conv', inputShape: [8, 8, 3], filters: 4, kernelSize: 3 }));
    model.add(tf.layers.upSampling2d({ name: 'up' }));
    model.add(tf.layers.globalAveragePooling2d({}));
    model.add(tf.layers.dense({ units: 2 }));
    const network = fromLayersModel(model);
    const message = /expected layers that say what they do, received up, UpSampling2D$/;
    assert.throws(() => exportOnnx(network, 'x.onnx'), message);
    assert.throws(() => lrp(network, images(network), { normalisation: { mean: [0, 0, 0], std: [1, 1, 1] } }), message);
    network.dispose();
  });
});
