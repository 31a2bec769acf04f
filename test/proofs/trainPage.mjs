// @ts-check
/**
 * The page of `iekd demo --train` in headless Chromium on WebGPU that a program plays: steps of a small ResNet lower the loss, and are
 * those that the same modules make in Node on the plain CPU engine, within 1e-3 of the loss.
 *   node test/proofs/trainPage.mjs CHROMIUM
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withChromium } from './chromium.mjs';

const [program = 'chromium'] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const { buildNetwork, imageSet, random, start } = require('iekd');
const { pageTraining } = require('iekd/dist/demo/page/pageTraining.js');
const { serveFolder } = require('iekd/dist/demo/serveFolder.js');
const { writeDemo } = require('iekd/dist/demo/writeDemo.js');

const STEPS = 6;
/** The same for both, since a program that plays a GPU takes its time to compile for each size. */
const BATCH = 8;
/** Of the loss: rounding, amplified by the steps before. */
const TOLERANCE = 1e-3;
const SIZE = 8;
const NORMALISATION = { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };
const WEBGPU = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];
/** A browser's remarks on its own GPU process. */
const GPU_NOTES = /GPU|WebGL|adapter|powerPreference/i;

/** Two classes that one can tell apart: pictures that are bright on the left, or on the right. */
function pictures(count = 64) {
  const draws = random(5).stream('pictures');
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 2);
  const images = Uint8Array.from({ length: count * SIZE * SIZE * 3 }, (_, i) => {
    const [image, x] = [Math.floor(i / (SIZE * SIZE * 3)), Math.floor(i / 3) % SIZE];
    const bright = x < SIZE / 2 === (labels[image] === 0);
    return Math.round((bright ? 150 : 60) + 40 * draws.uniform());
  });
  return imageSet('pictures', images, labels, { height: SIZE, width: SIZE, channels: 3 });
}

/** @param {import('iekd').ImageSet} set @param {import('iekd').NetworkSpec} spec */
async function expected(set, spec) {
  const training = pageTraining(set, { spec, normalisation: NORMALISATION, batch: BATCH });
  const losses = [];
  for (let i = 0; i < STEPS; i++) losses.push((await training.step()).loss);
  training.dispose();
  return losses;
}

/** In the page: the same steps, by what the page itself loads. */
const TRAINED = `(async () => {
  const { library } = await import('./trainer.js');
  const data = await (await fetch('demo.json')).json();
  const [{ spec, normalisation }] = data.networks;
  const training = library.pageTraining(await library.trainingSet(data), { spec, normalisation, batch: ${BATCH} });
  const losses = [];
  for (let i = 0; i < ${STEPS}; i++) losses.push((await training.step()).loss);
  const accuracy = await training.accuracy(64);
  training.dispose();
  return { losses, accuracy, backend: globalThis.tf.getBackend(), left: globalThis.tf.memory().numTensors };
})()`;

/** @param {readonly number[]} found @param {readonly number[]} wanted */
function same(found, wanted) {
  const worst = Math.max(...wanted.map((loss, i) => Math.abs(loss - Number(found[i])) / Math.max(1, loss)));
  assert.ok(worst <= TOLERANCE, `losses ${found} in the page, ${wanted} in Node`);
  return worst;
}

const folder = mkdtempSync(join(tmpdir(), 'iekd-train-page-'));
try {
  await start({ engine: 'cpu' });
  const set = pictures();
  const student = buildNetwork({ name: 'resnet8', classes: 2, input: [SIZE, SIZE, 3] }, random(1));
  const wanted = await expected(set, student.spec);
  const page = { student, halves: [], classNames: ['left', 'right'], normalisation: NORMALISATION, samples: [], training: set };
  writeDemo(join(folder, 'page'), page);
  const server = await serveFolder(join(folder, 'page'), 0);
  await withChromium(
    program,
    async (page) => {
      await page.open(`${server.url}train.html?batch=${BATCH}`);
      await page.until("document.documentElement.dataset.ready || !document.getElementById('problem').hidden");
      assert.equal(await page.evaluate("document.getElementById('problem').textContent"), '');
      assert.equal(await page.evaluate('document.documentElement.dataset.ready'), 'webgpu');
      const before = await page.evaluate('globalThis.tf.memory().numTensors');
      const { losses, accuracy, backend, left } = await page.evaluate(TRAINED);
      assert.deepEqual([backend, left], ['webgpu', before]);
      const worst = same(losses, wanted);
      assert.ok(losses[STEPS - 1] < losses[0] / 2, `losses ${losses}`);
      await page.evaluate("document.getElementById('run').click()");
      await page.until('Number(document.documentElement.dataset.step) >= 3');
      await page.evaluate("document.getElementById('run').click()");
      const told = await page.evaluate("document.getElementById('progress').textContent");
      assert.match(told, /^Step \d+, epoch \d+: loss \d\.\d{3}, \d+ images a second/);
      assert.deepEqual(
        page.complaints.filter((text) => !GPU_NOTES.test(text)),
        [],
      );
      const text = losses.map((/** @type {number} */ loss) => loss.toFixed(4)).join(', ');
      console.log(
        `webgpu in the page: losses ${text}; ${worst.toExponential(1)} from the plain engine; ${100 * accuracy} % right`,
      );
    },
    WEBGPU,
  );
  await server.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
