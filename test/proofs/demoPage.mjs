// @ts-check
/**
 * The page of `iekd demo` in headless Chromium: what it computes is what the library computes, on each of its backends, and what goes wrong
 * is said in it.
 *   node test/proofs/demoPage.mjs CHROMIUM [FOLDER]    FOLDER: pictures of the page are left there
 */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withChromium } from './chromium.mjs';

const [program = 'chromium', pictures] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const { buildNetwork, imageSet, lrp, random, start, tf } = require('iekd');
const { doImageJob } = require('iekd/dist/data/classification/imageJob.js');
const { fullAugmentation } = require('iekd/dist/data/classification/augmentation/imageAugmentation.js');
const { imageSizes } = require('iekd/dist/data/classification/imageDataOptions.js');
const { serveFolder } = require('iekd/dist/demo/serveFolder.js');
const { writeDemo } = require('iekd/dist/demo/writeDemo.js');
const { encodePng } = require('iekd/dist/kernel/display/png.js');
const sharp = require('sharp');

/** Of the largest logit, and of the largest value of a map. */
const LOGITS = 1e-5;
const MAPS = 1e-4;
/** Levels of 256 by which a browser's JPEG may be another than libvips's; a PNG is the same. */
const JPEG_LEVELS = 3;

const NORMALISATION = { mean: [0.49, 0.48, 0.45], std: [0.25, 0.24, 0.26] };
/** A teacher brings its own. */
const OTHER = { mean: [0.4, 0.5, 0.6], std: [0.2, 0.3, 0.25] };
/** Student and teacher, the stage whose channels are split and their number, backends. Each kind of operation is in one of them. */
const PAIRS = [
  {
    student: { name: 'resnet8' },
    teacher: { name: 'resnet14', shortcut: 'B' },
    stage: 'stage3',
    channels: 64,
    backends: ['webgl', 'wasm', 'cpu'],
  },
  { student: { name: 'shufflenetv2' }, teacher: { name: 'wrn-16-1' }, stage: '', channels: 0, backends: ['wasm'] },
  { student: { name: 'mobilenetv2' }, teacher: { name: 'vgg8' }, stage: '', channels: 0, backends: ['webgl', 'wasm'] },
];
const CLASSES = ['cat', '<b>dog</b>', ...Array.from({ length: 8 }, (_, i) => `class ${i}`)];
const GPU_NOTES = /GL Driver Message|software WebGL|GPU stall|too many active WebGL/i;

/**
 * Batch norms with statistics of something, as training leaves them.
 * @param {import('iekd').NetworkSpec} spec
 * @param {number} seed
 */
function settled(spec, seed) {
  const network = buildNetwork({ classes: 10, input: [32, 32, 3], ...spec }, random(seed));
  const stream = random(seed).stream('settle');
  for (let pass = 0; pass < 8; pass++) {
    const values = Float32Array.from({ length: 4 * 32 * 32 * 3 }, () => stream.normal());
    tf.tidy(() => void network.forward(tf.tensor4d(values, [4, 32, 32, 3]), { training: true, random: random(seed) }));
  }
  return network;
}

/**
 * Bytes of a picture with edges and slopes.
 * @param {number} height
 * @param {number} width
 */
const picture = (height, width) =>
  Uint8Array.from({ length: height * width * 3 }, (_, i) => {
    const [y, x, c] = [Math.floor(i / 3 / width) / height, (Math.floor(i / 3) % width) / width, i % 3];
    return Math.round(
      127 + 90 * Math.sin(5 * x + 2 * c) * Math.cos(7 * y * (1 + x)) + (Math.hypot(x - 0.4, y - 0.6) < 0.2 ? 37 : 0),
    );
  });

/** @typedef {import('iekd/dist/demo/pageData.js').PageHalf} PageHalf */

/** @returns {PageHalf[]} */
const halvesOf = (stage = '', channels = 0) => {
  const all = Array.from({ length: channels }, (_, i) => i);
  if (channels === 0) return [];
  return [
    { name: 'inheritance', stage, channels: all.slice(0, channels / 2) },
    { name: 'exploration', stage, channels: all.slice(channels / 2) },
  ];
};

/**
 * Greatest difference, as a part of the largest value.
 * @param {ArrayLike<number>} found
 * @param {ArrayLike<number>} expected
 */
function deviation(found, expected) {
  assert.equal(found.length, expected.length);
  const most = Math.max(...Array.from(expected, Math.abs));
  return Math.max(...Array.from(expected, (value, i) => Math.abs(value - Number(found[i])))) / most;
}

/** In the page: logits and maps of every network for the first sample, and its bytes as the networks see them. */
const COMPUTED = `(async () => {
  const { library } = await import('./library.js');
  const { pictureOfBlob } = await import('./pictures.js');
  const data = await (await fetch('demo.json')).json();
  const images = [];
  for (const { file } of data.samples) {
    const { picture } = await pictureOfBlob(await (await fetch(file)).blob());
    images.push(library.imageOfPicture(picture, data.image));
  }
  const found = [];
  for (const one of data.networks) {
    const network = await library.loadPageNetwork(one);
    const { logits } = await network.predict(images[0]);
    const maps = network.explain(images[0], 1).map(({ of, values, scale }) => ({ of, values: Array.from(values, (v) => v * scale) }));
    found.push({ logits: Array.from(logits), maps });
  }
  return { images: images.map(({ images }) => Array.from(images)), found };
})()`;

/**
 * What the library says of the same.
 * @param {import('iekd').Network} network
 * @param {import('iekd').ImageSet} image
 * @param {import('iekd').Normalisation} normalisation
 * @param {readonly PageHalf[]} halves
 */
function expected(network, image, normalisation, halves) {
  const options = { normalisation, target: 1 };
  const all = [{}, ...halves.map(({ stage, channels }) => ({ feature: stage, part: channels }))];
  const found = all.map((own) => lrp(network, image, { ...options, ...own }));
  const maps = found.map(({ relevance }) => {
    const length = relevance.length / 3;
    return Float32Array.from({ length }, (_, i) => relevance.subarray(3 * i, 3 * i + 3).reduce((sum, value) => sum + value, 0));
  });
  return { logits: found[0]?.logits ?? [], maps };
}

/**
 * As the library reads a test image of a folder.
 * @param {string} file
 */
async function imageOfFile(file) {
  const { bytes } = await doImageJob({ ...imageSizes({ pixels: 32 }), channels: 3, augmentation: fullAugmentation(), file });
  return bytes;
}

/** @param {string} folder @param {typeof PAIRS[number]} pair @param {number} seed */
async function write(folder, { student, teacher, stage, channels }, seed) {
  const networks = { teacher: settled({ ...teacher, normalisation: OTHER }, seed + 1), student: settled(student, seed) };
  const halves = halvesOf(stage, channels);
  const jpeg = await sharp(picture(200, 300), { raw: { height: 200, width: 300, channels: 3 } })
    .jpeg({ quality: 90 })
    .toBuffer();
  const samples = [
    { bytes: encodePng(picture(32, 32), 32, 32, 3), ending: '.png', label: 'made' },
    { bytes: jpeg, ending: '.jpg', label: 'larger' },
  ];
  writeDemo(folder, {
    ...networks,
    halves,
    classNames: CLASSES,
    normalisation: NORMALISATION,
    dataset: 'pictures',
    method: 'ie-ft',
    samples,
  });
  const larger = await imageOfFile(join(folder, 'samples/2.jpg'));
  return { networks, halves, larger };
}

/** @param {import('./chromium.mjs').Page} page @param {string} url @param {string} backend */
async function opened(page, url, backend) {
  await page.open(`${url}?backend=${backend}`);
  await page.until("document.documentElement.dataset.shown || !document.getElementById('problem').hidden");
  assert.equal(await page.evaluate("document.getElementById('problem').textContent"), '');
  assert.equal(await page.evaluate('document.documentElement.dataset.ready'), backend);
}

/** @param {string} folder @param {typeof PAIRS[number]} pair @param {number} seed */
async function compare(folder, pair, seed) {
  const { networks, halves, larger } = await write(folder, pair, seed);
  const image = imageSet('picture', picture(32, 32), new Uint8Array(1), { height: 32, width: 32, channels: 3 });
  const library = [expected(networks.teacher, image, OTHER, []), expected(networks.student, image, NORMALISATION, halves)];
  const server = await serveFolder(folder, 0);
  for (const backend of pair.backends) {
    await withChromium(program, async (page) => {
      await opened(page, server.url, backend);
      const { images, found } = await page.evaluate(COMPUTED);
      assert.deepEqual(images[0], Array.from(image.images), 'the PNG, as it is');
      const levels = Math.max(
        ...images[1].map((/** @type {number} */ byte, /** @type {number} */ i) => Math.abs(byte - Number(larger[i]))),
      );
      assert.ok(levels <= JPEG_LEVELS, `the JPEG: expected at most ${JPEG_LEVELS} levels of difference, received ${levels}`);
      for (const [i, { name }] of [networks.teacher, networks.student].entries()) {
        const logits = deviation(found[i].logits, library[i]?.logits ?? []);
        const maps = found[i].maps.map((/** @type {any} */ map, /** @type {number} */ m) =>
          deviation(map.values, library[i]?.maps[m] ?? []),
        );
        assert.equal(maps.length, library[i]?.maps.length);
        const said = `${name}, ${backend}: logits ${logits.toExponential(1)}, maps ${maps.map((/** @type {number} */ d) => d.toExponential(1)).join(', ')}, JPEG ${levels} levels`;
        console.log(said);
        assert.ok(
          logits <= LOGITS && maps.every((/** @type {number} */ d) => d <= MAPS),
          `expected ${LOGITS} and ${MAPS}: ${said}`,
        );
      }
      assert.deepEqual(
        page.complaints.filter((text) => !GPU_NOTES.test(text)),
        [],
      );
    });
  }
  await server.close();
}

const text = (/** @type {string} */ id) => `document.getElementById('${id}').textContent`;
const press = (/** @type {string} */ selector) => `document.querySelector(${JSON.stringify(selector)}).click()`;
const CAMERA = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];

/** @param {string} folder */
async function use(folder) {
  const server = await serveFolder(folder, 0);
  const { port } = new URL(server.url);
  const shown = (/** @type {import('./chromium.mjs').Page} */ page) =>
    page.evaluate('Number(document.documentElement.dataset.shown)');
  await withChromium(
    program,
    async (page) => {
      await opened(page, server.url, 'wasm');
      const names = await page.evaluate(
        "[...document.querySelectorAll('.card:last-child .top span:first-of-type')].map((e) => e.textContent)",
      );
      assert.equal(names.length, 5);
      assert.ok(
        names.every((/** @type {string} */ name) => CLASSES.includes(name)),
        'names of classes are text',
      );
      assert.equal(await page.evaluate("document.querySelectorAll('.answers b').length"), 0);
      const titles = "[...document.querySelectorAll('figcaption')].map((e) => e.firstChild.textContent)";
      assert.deepEqual(await page.evaluate(titles), ['Teacher', 'Student', 'Inheritance half', 'Exploration half']);
      await page.evaluate(press('.card .top li:nth-child(3) button'));
      await page.until(`${text('looks-text')}.includes(document.querySelector('.card .top li:nth-child(3) span').textContent)`);
      if (pictures) await screenshots(page);

      const notes = join(folder, '..', 'notes.txt');
      writeFileSync(notes, 'no picture');
      await page.choose('#file', [notes]);
      await page.until("!document.getElementById('problem').hidden");
      assert.equal(
        await page.evaluate(text('problem')),
        'This file is no picture that the browser can read: try a JPEG, PNG or WebP.',
      );

      const before = await shown(page);
      await page.choose('#file', [join(folder, 'samples/2.jpg')]);
      await page.until(`Number(document.documentElement.dataset.shown) > ${before}`);
      assert.equal(await page.evaluate("document.getElementById('problem').hidden"), true);

      await page.evaluate(press('#camera'));
      await page.until(`${text('camera')} === 'Take this picture'`);
      await new Promise((resolve) => setTimeout(resolve, 2000));
      const filming = await shown(page);
      await page.evaluate(press('#camera'));
      await page.until(`Number(document.documentElement.dataset.shown) > ${filming}`);
      assert.equal(await page.evaluate(text('camera')), 'Use the camera');
      assert.deepEqual(page.complaints, []);
    },
    CAMERA,
  );
  await withChromium(program, async (page) => {
    await opened(page, server.url, 'wasm');
    await page.evaluate(press('#camera'));
    await page.until("!document.getElementById('problem').hidden");
    assert.match(
      await page.evaluate(text('problem')),
      /^(No camera was found\.|The browser was not allowed to use the camera: )/,
    );
  });
  await withChromium(
    program,
    async (page) => {
      await opened(page, `http://demo.test:${port}/`, 'wasm');
      const hint =
        'or drop one anywhere on this page. The camera needs a secure page: open this one at http://localhost or over https.';
      assert.equal(await page.evaluate(text('hint')), hint);
      assert.equal(await page.evaluate("document.getElementById('camera').hidden"), true);
      renameSync(join(folder, 'student/model.json'), join(folder, 'student/model'));
      await page.open(`${server.url}?backend=cpu`);
      await page.until("!document.getElementById('problem').hidden");
      assert.match(await page.evaluate(text('problem')), /^The student does not load: .*404/);
    },
    ['--host-resolver-rules=MAP demo.test 127.0.0.1'],
  );
  await server.close();
  console.log('the page: answers, classes, a file, no picture, the camera, no camera, no secure page, no model');
}

/** @param {import('./chromium.mjs').Page} page */
async function screenshots(page) {
  mkdirSync(String(pictures), { recursive: true });
  await page.screenshot(join(String(pictures), 'desktop.png'), 1280);
  await page.screenshot(join(String(pictures), 'dark.png'), 1280, 800, true);
  await page.screenshot(join(String(pictures), 'phone.png'), 390, 844);
}

const folder = mkdtempSync(join(tmpdir(), 'iekd-demo-'));
try {
  await start({ engine: 'portable' });
  for (const [i, pair] of PAIRS.entries()) await compare(join(folder, String(i)), pair, 10 * i);
  await use(join(folder, '0'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
