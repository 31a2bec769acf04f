/**
 * A network as a file of ONNX (https://onnx.ai), opset 17, which ONNX Runtime, OpenVINO, TensorRT and others read. Input `images`
 * [batch, channels, height, width], output `logits` [batch, classes]; of a detector `logits` [batch, priors, 1 + classes], the background
 * first, and `offsets` [batch, priors, 4]. The batch is of any size. Batch norm, pooling and shortcuts are ONNX's own operators.
 */

import type { Network } from '../../models/types';
import { booleanIn, knownKeys, nameIn, refusePhrase, textIn } from '../../util/check';
import { writeAtomic } from '../../util/files';
import { type ExportedNetwork, type ExportOptions, exportedNetwork } from '../exportedNetwork';
import { type MapValue, writeOperations } from '../walk';
import { fileSizes, type WrittenFile } from '../writtenFile';
import { FLOAT, type GraphBuilder, graphBuilder } from './graph';
import { modelType } from './onnxMessages';
import { onnxWriter } from './operators';

/** Options of `exportOnnx`. */
export interface OnnxOptions extends ExportOptions {
  /** Whether batch norms are folded into the convolutions before them: a smaller graph, other rounding. Default false. */
  readonly foldBatchNorm?: boolean;
  /** `inside`: the file normalises images itself, its input has values in [0, 1]. `none` (default): its input is normalised. */
  readonly normalise?: 'inside' | 'none';
  /** Stages whose maps [batch, channels, height, width] are outputs, too, by their names (`stage3`). Default none. */
  readonly features?: readonly string[];
}

const OPTIONS = ['classNames', 'normalisation', 'foldBatchNorm', 'normalise', 'features'];
/** Opset 17 came with IR version 8; what reads one reads the other. */
const VERSIONS = { ir: 8, opset: 17 } as const;
/** A file of protobuf has less than 2 GiB. */
const LARGEST = 2 ** 31 - 1;

/**
 * Writes a network as ONNX. @returns the file, with its size
 * @throws InputError for layers that do not say what they do, unknown options and stages, and networks of 2 GiB or more
 * @example
 * ```ts
 * import { buildNetwork, exportOnnx, random, start } from 'iekd';
 *
 * await start();
 * const network = buildNetwork({ name: 'resnet8' }, random(0));
 * exportOnnx(network, 'resnet8.onnx', { foldBatchNorm: true });
 * ```
 */
export function exportOnnx(network: Network, path: string, options: OnnxOptions = {}): WrittenFile[] {
  knownKeys('exportOnnx', options, OPTIONS);
  textIn('exportOnnx: path', path);
  const foldBatchNorm = booleanIn('exportOnnx: foldBatchNorm', options.foldBatchNorm ?? false);
  writeAtomic(path, encoded(exportedNetwork('exportOnnx', network, { ...options, foldBatchNorm }), options));
  return fileSizes([path]);
}

/** The bytes of a file. */
function encoded(network: ExportedNetwork, { normalise = 'none', features = [] }: OnnxOptions): Uint8Array {
  const inside = nameIn('exportOnnx: normalise', ['inside', 'none'] as const, normalise) === 'inside';
  const build = graphBuilder();
  const [height, width, channels] = network.input;
  const images = { name: 'images', size: network.input };
  const maps = new Map<string, MapValue>();
  let last: MapValue = inside ? normalised(build, network, images) : images;
  for (const { name, operations } of network.stages) {
    last = writeOperations(operations, last, onnxWriter(build));
    maps.set(name, last);
  }
  const stages = network.stages.map(({ name }) => name);
  const asked = features.map((feature) => ({
    feature,
    ...(maps.get(nameIn('exportOnnx: features', stages, feature)) as MapValue),
  }));
  const outputs = [
    ...(network.perPrior === undefined ? logits(build, network, maps) : predictions(build, network, maps, network.perPrior)),
    ...asked.map(({ feature, name, size: [rows, columns, count] }) => output(build, name, feature, [count, rows, columns])),
  ];
  const model = {
    ...{ irVersion: VERSIONS.ir, opsetImport: [{ domain: '', version: VERSIONS.opset }], producerName: 'iekd' },
    graph: { ...build.graph, name: network.name, input: [valueInfo('images', [channels, height, width])], output: outputs },
    metadataProps: Object.entries({ ...network.notes, input: inside ? 'in [0, 1]' : 'normalised' }).map(([key, value]) => ({
      key,
      value,
    })),
  };
  const values = build.graph.initializer.reduce((sum: number, one) => sum + (one as { rawData: Uint8Array }).rawData.length, 0);
  if (values > LARGEST) throw refusePhrase('exportOnnx', 'a network of less than 2 GiB', `${network.name} with ${values} bytes`);
  return modelType().encode(model).finish();
}

/** (image − mean) / std */
function normalised(
  build: GraphBuilder,
  { name: network, normalisation, input: [, , channels] }: ExportedNetwork,
  { name, size }: MapValue,
): MapValue {
  if (!normalisation) {
    throw refusePhrase(
      'exportOnnx: normalise',
      'the option normalisation, mean and std',
      `none, and ${network} has none of its own`,
    );
  }
  const constant = (part: 'mean' | 'std'): string =>
    build.floats(`images.${part}`, [channels, 1, 1], Float32Array.from(normalisation[part]));
  const centred = build.node('Sub', [name, constant('mean')], 'images');
  return { name: build.node('Div', [centred, constant('std')], 'images'), size };
}

/** Of the one head, [batch, classes]. */
function logits(build: GraphBuilder, { heads, classes }: ExportedNetwork, maps: ReadonlyMap<string, MapValue>): object[] {
  return heads.map(({ feature, operations }) => {
    const { name } = writeOperations(operations, maps.get(feature) as MapValue, onnxWriter(build));
    return output(build, build.node('Flatten', [name], 'logits'), 'logits', [classes]);
  });
}

/** Of a head on each map: position by position, prior by prior; then class scores and offsets apart. */
function predictions(
  build: GraphBuilder,
  { heads, classes }: ExportedNetwork,
  maps: ReadonlyMap<string, MapValue>,
  perPrior: number,
): object[] {
  let priors = 0;
  const rows = heads.map(({ feature, operations }) => {
    const {
      name,
      size: [height, width, channels],
    } = writeOperations(operations, maps.get(feature) as MapValue, onnxWriter(build));
    priors += (height * width * channels) / perPrior;
    const positions = build.node('Transpose', [name], 'heads', { perm: [0, 2, 3, 1] });
    return build.node('Reshape', [positions, build.integers('shape', [0, -1, perPrior])], 'heads');
  });
  const all = build.node('Concat', rows, 'heads', { axis: 1 });
  const part = (name: string, from: number, to: number): object => {
    const bounds = [[from], [to], [2]].map((values) => build.integers('slice', values));
    return output(build, build.node('Slice', [all, ...bounds], name), name, [priors, to - from]);
  };
  return [part('logits', 0, 1 + classes), part('offsets', 1 + classes, perPrior)];
}

/** Gives a value the name of an output. @param shape of one image's */
function output(build: GraphBuilder, value: string, name: string, shape: readonly number[]): object {
  build.graph.node.push({ opType: 'Identity', name: `/${name}`, input: [value], output: [name] });
  return valueInfo(name, shape);
}

const valueInfo = (name: string, shape: readonly number[]): object => ({
  name,
  type: { tensorType: { elemType: FLOAT, shape: { dim: [{ dimParam: 'batch' }, ...shape.map((dimValue) => ({ dimValue }))] } } },
});
