/** What a detector finds in a set: the images of the meter, so that mean average precision is the task's; refusals; nothing left behind. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { buildNetwork, detectedImages, detection, evaluate, random, start, vocEvaluation } from 'iekd';
import { tf } from 'iekd/dist/engine/tf';
import { CELL_PIXELS, cellData } from '../fixtures/cells';
import { pictures } from '../fixtures/lrpNetworks';

before(() => start({ engine: 'portable' }));

const data = cellData(3);
const network = () =>
  buildNetwork({ name: 'ssd-resnet8', width: 4, classes: 3, input: [CELL_PIXELS, CELL_PIXELS, 3] }, random(1));

test('the same objects and the same mean average precision as the task measures', async () => {
  const own = network();
  const count = tf.memory().numTensors;
  const images = await detectedImages(own, data.test, data, { batch: 2 });
  assert.equal(tf.memory().numTensors, count, 'tensors');
  assert.deepEqual(
    images.map(({ objects }) => objects.classes),
    data.samples.map(({ objects }) => objects.classes),
  );
  assert.deepEqual(images[0]?.objects.boxes, data.samples[0]?.objects.boxes); // pictures are as large as the network's images
  const { metrics } = await evaluate(own, data, 'test', { task: detection() });
  assert.equal(vocEvaluation(images, 3).meanAveragePrecision, metrics['map']);
  for (const { detections } of images) assert.equal(detections.priors.length, detections.classes.length);
  const sure = await detectedImages(own, data.test, data, { score: 1 });
  assert.ok(sure.every(({ detections }) => detections.classes.length === 0));
  own.dispose();
});

test('refuses networks without priors, images without objects, and options that are none', async () => {
  const [plain, own] = [buildNetwork({ name: 'resnet8' }, random(1)), network()];
  await assert.rejects(detectedImages(plain, data.test, data), {
    message: 'detectedImages: expected a network with priors, as ssd-resnet8, received resnet8',
  });
  const message = 'detectedImages: expected images with objects, received images with labels; detectionDataset makes them';
  await assert.rejects(detectedImages(own, pictures(own, 1), data), { message });
  await assert.rejects(detectedImages(own, data.test, data, { score: 2 }), {
    message: 'detectedImages: score: expected a number in [0, 1], received 2',
  });
  plain.dispose();
  own.dispose();
});
