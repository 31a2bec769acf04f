/** Analyses of classes of whole images refuse a detector by name, and say what looks into one. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { activeNeurons } from 'iekd/dist/analysis/activeNeurons';
import { predictions } from 'iekd/dist/analysis/predictions';
import { weightNoise } from 'iekd/dist/analysis/weightNoise';
import { start } from 'iekd/dist/engine/start';
import { buildNetwork } from 'iekd/dist/models/index';
import { random } from 'iekd/dist/util/rng';
import { tinyData } from '../fixtures/tinyNetworks';

before(() => start({ engine: 'portable' }));

const data = tinyData();
const images = data.test;
const analyses: readonly (readonly [string, (network: ReturnType<typeof buildNetwork>) => unknown])[] = [
  ['predictions', (network) => predictions(network, images, data)],
  ['weightNoise', (network) => weightNoise({ network, images, normalisation: data, sigmas: [0.1] })],
  ['featureGradients', (network) => activeNeurons({ network, images, normalisation: data, parts: ['stage3'] })],
];
for (const [where, analyse] of analyses) {
  test(`${where} refuses a detector`, async () => {
    const network = buildNetwork({ name: 'ssd-resnet8', width: 2, input: [32, 32, 3], classes: 3 }, random(1));
    const message = `${where}: expected a network that says a class of each image, received ssd-resnet8, a detector; detectedImages gives what a detector finds`;
    await assert.rejects(async () => analyse(network), { name: 'InputError', message });
    network.dispose();
  });
}
