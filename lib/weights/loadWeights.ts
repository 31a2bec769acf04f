/** Weights of a file into a network that is there, with a list of what was loaded and what was not. */
import type { TensorData } from '../engine/variables';
import { networkIn } from '../models/givenNetwork';
import type { Network } from '../models/types';
import { booleanIn, knownKeys, refusePhrase, textIn } from '../util/check';
import { isOfLibrary } from './fileFormats';
import { compareWeights, type LoadReport, misfitText } from './loadReport';
import { finiteValues, namedFor } from './otherWeights';
import { type ReadTensorsOptions, readTensors, type TensorFile } from './readTensors';

/** Options of `loadWeights`. */
export interface LoadWeightsOptions extends ReadTensorsOptions {
  /** Whether every variable must be in the file, and every tensor of the file in the network; default true. */
  readonly strict?: boolean;
  /** Whether the last layer may be one of other classes: it then stays as it is. Default false. */
  readonly otherClasses?: boolean;
}

/**
 * Loads a file's values into a network: one of `saveWeights`, of PyTorch, or safetensors of others, whose names are mapped by the families
 * (torchvision, timm, akamaster, RepDistiller and others; `module.` before all names); or a layers model of TensorFlow.js.
 * @throws InputError for files as `readTensors` refuses them, values that are not finite, and, unless options say otherwise, a list of
 *   what does not fit; nothing is written then
 * @example
 * ```ts
 * import { buildNetwork, loadWeights, random, start } from 'iekd';
 *
 * await start();
 * const network = buildNetwork({ name: 'resnet18', stem: 'imagenet', input: [224, 224, 3], classes: 37 }, random(0));
 * const { loaded, reshaped } = loadWeights(network, 'resnet18-f37072fd.pth', { otherClasses: true });
 * console.log(loaded.length, reshaped.map(({ name }) => name)); // fc.weight, fc.bias
 * ```
 */
export function loadWeights(network: Network, path: string, options: LoadWeightsOptions = {}): LoadReport {
  networkIn('loadWeights: network', network);
  textIn('loadWeights: path', path);
  knownKeys('loadWeights', options, ['key', 'strict', 'otherClasses']);
  const { key, strict = true, otherClasses = false } = options;
  booleanIn('loadWeights: strict', strict);
  booleanIn('loadWeights: otherClasses', otherClasses);
  const file = readTensors(path, key === undefined ? {} : { key });
  const values = valuesFor(network, file, path);
  const before = network.variables.snapshot();
  const report = compareWeights(before, values);
  const head = otherClasses ? lastLayer(network) : undefined;
  const misfits = report.reshaped.filter(({ name }) => head === undefined || !name.startsWith(head));
  if (strict && (misfits.length > 0 || report.missing.length > 0 || report.unexpected.length > 0)) {
    throw refusePhrase(path, `weights of ${network.name}`, misfitText({ ...report, reshaped: misfits }), HINT);
  }
  const loaded = Object.fromEntries(report.loaded.map((name) => [name, values[name] as TensorData]));
  network.variables.load({ ...before, ...loaded }, path);
  return report;
}

const HINT = 'name the network that the file has, or load what fits with { strict: false }';

/** A file of this library has the network's own names and layouts. */
function valuesFor({ spec }: Network, file: TensorFile, where: string): Record<string, TensorData> {
  const { tensors, notes } = file;
  if (!isOfLibrary(notes)) return namedFor(file, spec, where);
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { shape, data }]) => [name, { shape, data: finiteValues(`${where}: ${name}`, data) }]),
  );
}

/** What the names of the last layer begin with: `fc.`. */
const lastLayer = ({ variables }: Network): string | undefined => /^.*\./.exec(variables.entries().at(-1)?.name ?? '')?.[0];
