// @ts-check
/**
 * Every family and two networks of tf.layers as ONNX, run by ONNX Runtime: outputs to 1e-5 of the largest. Leaves the files in the folder, with a state dict and what it
 * computes for exportedNetworks.py.
 *   node test/proofs/exports.mjs FOLDER    FOLDER has onnxruntime-node in its node_modules
 */
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const [typed = '.'] = process.argv.slice(2);
const folder = resolve(typed);
const require = createRequire(import.meta.url);
const { buildNetwork, exportOnnx, exportTorch, random, start, tf } = require('iekd');
const { outputDifferences, outputsOf } = require('iekd/dist/export/compare.js');
const { onnxOutputs } = require('iekd/dist/export/onnx/onnxRuntime.js');
const { encodeSafetensors } = require('iekd/dist/weights/safetensors.js');
const { writeAtomic } = require('iekd/dist/util/files.js');
require('../typescript.cjs');
/** @type {typeof import('../fixtures/layersModels.js')} */
const { layersModels } = require('../fixtures/layersModels.ts');

const TOLERANCE = 1e-5;
/** @type {readonly import('iekd').NetworkSpec[]} */
const NETWORKS = [
  { name: 'resnet20', shortcut: 'A' },
  { name: 'resnet20', shortcut: 'B' },
  { name: 'resnet8x4' },
  { name: 'resnet8', projector: { channels: 256, pool: 2 } },
  { name: 'resnet18' },
  { name: 'resnet50', stem: 'imagenet', input: [64, 64, 3] },
  { name: 'wrn-16-2', dropout: 0.3 },
  { name: 'vgg8', hidden: 64 },
  { name: 'vgg11-bn' },
  { name: 'mobilenet', width: 0.5, stem: 'imagenet', input: [65, 65, 3] },
  { name: 'mobilenetv2' },
  { name: 'shufflenetv2', width: 0.5 },
  { name: 'shufflenetv2', stem: 'imagenet', input: [64, 64, 3] },
  { name: 'ssd-resnet8', input: [64, 64, 3] },
  { name: 'ssd300-resnet18' },
  { name: 'ssd300-vgg16' },
  { name: 'ssdlite-mobilenetv2' },
];

/** Norms that do something. @param {any} network */
function settle(network) {
  for (const { name, variable } of network.variables.entries()) {
    const stream = random(3).stream(name);
    const draw = name.endsWith('running_var') ? () => 0.5 + stream.uniform() : () => 0.3 * stream.normal();
    if (!/(running_var|running_mean|bias)$/.test(name)) continue;
    tf.tidy(() => variable.assign(tf.tensor(Float32Array.from({ length: variable.size }, draw), variable.shape)));
  }
}

process.chdir(folder);
await start();
let failed = false;
const ofLayers = Object.values(layersModels).map((make) => {
  const network = make();
  network.dispose();
  return network.spec;
});
for (const [i, spec] of [...NETWORKS, ...ofLayers].entries()) {
  const network = buildNetwork(spec, random(1));
  if (!network.priors) settle(network); // heads of detectors begin near 0, and what is before them is large then
  for (const foldBatchNorm of [false, true]) {
    const path = join(folder, `${i}-${spec.name}${foldBatchNorm ? '-folded' : ''}.onnx`);
    const [file] = exportOnnx(network, path, { foldBatchNorm });
    const run = onnxOutputs(path);
    if (!file || !run) throw new Error(`onnxruntime-node is not in ${folder}`);
    for (const { output, difference, largest } of await outputDifferences(network, run)) {
      const share = difference / largest;
      failed ||= !(share <= TOLERANCE);
      console.log(
        `${JSON.stringify({ ...spec, topology: undefined })} ${foldBatchNorm ? 'folded' : 'as it is'}: ${output} ${share.toExponential(1)}, ${file.bytes} bytes`,
      );
    }
  }
  network.dispose();
}

for (const shortcut of ['A', 'B']) {
  const network = buildNetwork({ name: 'resnet20', shortcut }, random(1));
  settle(network);
  exportTorch(network, join(folder, `resnet20-${shortcut}.safetensors`), { names: 'akamaster' });
  const stream = random(2).stream('images');
  const shape = /** @type {[number, number, number, number]} */ ([2, 32, 32, 3]);
  const data = Float32Array.from({ length: 2 * 32 * 32 * 3 }, () => stream.normal());
  const { logits } = outputsOf(network, tf.tensor4d(data, shape));
  if (!logits) throw new Error('no logits');
  const expected = { images: { shape, data }, logits: { shape: [2, 10], data: logits } };
  writeAtomic(join(folder, `resnet20-${shortcut}-expected.safetensors`), encodeSafetensors(expected));
  network.dispose();
}
process.exitCode = failed ? 1 : 0;
