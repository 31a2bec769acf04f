/**
 * A network as a layers model of TensorFlow.js: `model.json` and files of weights beside it, which `tf.loadLayersModel` of the plain
 * package loads in a page. Input [batch, height, width, channels], output `logits` [batch, classes]; of a detector `logits`
 * [batch, priors, 1 + classes], the background first, and `offsets` [batch, priors, 4].
 */
import { join } from 'node:path';
import type { Network } from '../../models/types';
import { booleanIn, knownKeys, nameIn, textIn } from '../../util/check';
import { writeAtomic } from '../../util/files';
import { type ExportedNetwork, type ExportOptions, exportedNetwork } from '../exportedNetwork';
import { type MapValue, writeOperations } from '../walk';
import { fileSizes, type WrittenFile } from '../writtenFile';
import { kerasWriter } from './kerasLayers';
import { modelTopology, type TopologyBuilder, topologyBuilder } from './kerasTopology';
import { encodeWeight, type Quantisation } from './quantise';

/** Options of `exportTfjs`. */
export interface TfjsOptions extends ExportOptions {
  /** Whether batch norms are folded into the convolutions before them: fewer layers, other rounding. Default false. */
  readonly foldBatchNorm?: boolean;
  /** Bits of filters and matrices in the files: `uint8` is a quarter of them, `float16` a half. Default `none`, float32. */
  readonly quantise?: Quantisation;
}

/** A layers model in memory: the text of `model.json`, and the files of weights by their names. */
export interface TfjsModel {
  readonly json: string;
  readonly shards: Readonly<Record<string, Uint8Array>>;
}

const OPTIONS = ['classNames', 'normalisation', 'foldBatchNorm', 'quantise'];
/** Of one file of weights, as tfjs's own converter has it: browsers fetch several at once. */
const SHARD = 4 * 2 ** 20;

/**
 * Writes a network as `model.json` and its weights into a folder. @returns the files, with their sizes
 * @throws InputError for layers that Keras has not, or that do not say what they do, and for unknown options
 * @example
 * ```ts
 * import { buildNetwork, exportTfjs, random, start } from 'iekd';
 *
 * await start();
 * const network = buildNetwork({ name: 'resnet8' }, random(0));
 * exportTfjs(network, 'resnet8-web', { foldBatchNorm: true, quantise: 'uint8' });
 * ```
 */
export function exportTfjs(network: Network, folder: string, options: TfjsOptions = {}): WrittenFile[] {
  textIn('exportTfjs: folder', folder);
  const { json, shards } = tfjsModel(network, options);
  const files = Object.entries(shards).map(([name, bytes]) => ({ path: join(folder, name), bytes }));
  const model = join(folder, 'model.json');
  for (const { path, bytes } of files) writeAtomic(path, bytes);
  writeAtomic(model, json); // last: who sees it finds all that it names
  return fileSizes([model, ...files.map(({ path }) => path)]);
}

/** As `exportTfjs`, nothing written. */
export function tfjsModel(network: Network, options: TfjsOptions = {}): TfjsModel {
  knownKeys('exportTfjs', options, OPTIONS);
  const foldBatchNorm = booleanIn('exportTfjs: foldBatchNorm', options.foldBatchNorm ?? false);
  const quantise = nameIn('exportTfjs: quantise', ['none', 'uint8', 'float16'] as const, options.quantise ?? 'none');
  const exported = exportedNetwork('exportTfjs', network, { ...options, foldBatchNorm });
  const build = topologyBuilder();
  const outputs = writeNetwork(build, exported);
  const weights = build.weights.map((weight) => encodeWeight(weight, quantise));
  const shards = sharded(weights.map(({ bytes }) => bytes));
  const json = {
    ...{ format: 'layers-model', generatedBy: 'iekd', convertedBy: null },
    modelTopology: modelTopology(exported.name, build.layers, 'images', outputs),
    weightsManifest: [{ paths: Object.keys(shards), weights: weights.map(({ entry }) => entry) }],
    userDefinedMetadata: { ...exported.notes, input: 'normalised' },
  };
  return { json: JSON.stringify(json), shards };
}

/** All layers. @returns the names of the outputs */
function writeNetwork(build: TopologyBuilder, network: ExportedNetwork): string[] {
  const [height, width, channels] = network.input;
  const shape = { batch_input_shape: [null, height, width, channels], dtype: 'float32', sparse: false };
  const maps = new Map<string, MapValue>();
  let last: MapValue = { name: build.layer('InputLayer', 'images', [], shape), size: network.input };
  for (const { name, operations } of network.stages) {
    last = writeOperations(operations, last, kerasWriter(build));
    maps.set(name, last);
  }
  const heads = network.heads.map(({ feature, operations }) =>
    writeOperations(operations, maps.get(feature) as MapValue, kerasWriter(build)),
  );
  if (network.perPrior !== undefined) return predictions(build, heads, network.classes, network.perPrior);
  return heads.map(({ name }) => build.layer('Reshape', 'logits', [name], { target_shape: [network.classes] }));
}

/** Of a head on each map: position by position, prior by prior; then class scores and offsets apart. */
function predictions(build: TopologyBuilder, heads: readonly MapValue[], classes: number, perPrior: number): string[] {
  let priors = 0;
  const rows = heads.map(({ name, size: [height, width, channels] }) => {
    const count = (height * width * channels) / perPrior;
    priors += count;
    return build.layer('Reshape', 'heads', [name], { target_shape: [count, perPrior] });
  });
  const all = rows.length > 1 ? build.layer('Concatenate', 'heads', rows, { axis: 1 }) : (rows[0] as string);
  const rank4 = build.layer('Reshape', 'heads', [all], { target_shape: [1, priors, perPrior] });
  const part = (label: string, from: number, to: number): string => {
    const cropping = [
      [0, 0],
      [from, perPrior - to],
    ];
    const cut = build.layer('Cropping2D', 'heads', [rank4], { cropping, data_format: 'channels_first' });
    return build.layer('Reshape', label, [cut], { target_shape: [priors, to - from] });
  };
  return [part('logits', 0, 1 + classes), part('offsets', 1 + classes, perPrior)];
}

/** All bytes one after the other, in files of 4 MiB. */
function sharded(parts: readonly Uint8Array[]): Record<string, Uint8Array> {
  const all = Buffer.concat(parts);
  const count = Math.max(1, Math.ceil(all.length / SHARD));
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`group1-shard${i + 1}of${count}.bin`, all.subarray(i * SHARD, (i + 1) * SHARD)]),
  );
}
