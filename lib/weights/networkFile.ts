/**
 * A trained network as a file: safetensors with the network's description (`NetworkSpec`, JSON), so that a file alone says what it is.
 * Writing needs a `StorableNetwork`: a description and named variables. Reading needs that `buildNetwork` knows the description's name.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type TensorData, Variables } from '../engine/variables';
import { buildNetwork, planNetwork } from '../models';
import type { Network, NetworkPlan, NetworkSpec, StorableNetwork } from '../models/types';
import { describe, hinted, isObject, objectIn, refuse, refusePhrase, sameShape, textIn } from '../util/check';
import { writeAtomic } from '../util/files';
import { canonicalJson } from '../util/hash';
import { parseJson } from '../util/json';
import { roleOf } from '../util/networkRoles';
import { random } from '../util/rng';
import { encodeHashed } from './contentHash';
import { checkFormat, isOfLibrary, NETWORK_FORMAT } from './fileFormats';
import { finiteValues, otherWeights } from './otherWeights';
import { type TensorFile, tensorFileAt } from './readTensors';
import { DAMAGED } from './safetensors';

/** What a file of weights holds. */
export interface StoredWeights {
  readonly spec: NetworkSpec;
  readonly tensors: Readonly<Record<string, TensorData>>;
  /** What wrote it, where that was another program. */
  readonly writtenBy?: TensorFile['kind'];
  /** What must be known of how another program's file was read, in a sentence. */
  readonly remark?: string;
  /** Notes of the writer, as text: how it was trained, how good it is. */
  readonly notes: Readonly<Record<string, string>>;
  /** SHA-256 of the contents: of the file as it would be without its own entry `sha256`. */
  readonly sha256: string;
  /** Whether the SHA-256 was noted, in the file itself or by its run, so that it is known to be whole; older files do not say it. */
  readonly checked: boolean;
}

/** Name of a file of weights in a run's folder: `student-last.safetensors`, `peer1-best.safetensors`; `ema`: their moving average. */
export function weightsName(role: string, when: 'last' | 'best' | 'ema'): string {
  return `${role}-${when}.safetensors`;
}

/** Paths of the weights in a run's folder: the student's last, best and averaged ones, then its peers'. */
export function weightsIn(folder: string): string[] {
  const paths: string[] = [];
  for (let i = 0; existsSync(join(folder, weightsName(roleOf(i), 'last'))); i++) {
    paths.push(
      ...(['last', 'best', 'ema'] as const).map((when) => join(folder, weightsName(roleOf(i), when))).filter(existsSync),
    );
  }
  return paths;
}

/**
 * Writes a network's description and values to a safetensors file, whole or not at all: equal content gives equal bytes.
 * @param notes entries beside the description, as text @param tensors values of that network; default those that it has now
 * @returns the SHA-256 of its contents, which the file carries too
 * @example
 * ```ts
 * import { buildNetwork, loadNetwork, random, saveWeights, start } from 'iekd';
 *
 * await start();
 * const network = buildNetwork({ name: 'resnet8' }, random(0));
 * const sha256 = saveWeights('resnet8.safetensors', network, { origin: 'untrained' });
 * const same = loadNetwork('resnet8.safetensors');
 * console.log(sha256, same.name);
 * ```
 */
export function saveWeights(
  path: string,
  network: StorableNetwork,
  notes: Readonly<Record<string, string>> = {},
  tensors?: Readonly<Record<string, TensorData>>,
): string {
  const { spec, variables } = storable(network);
  const { bytes, sha256 } = encodeHashed(tensors ?? variables.snapshot(), {
    ...notes,
    format: NETWORK_FORMAT.name,
    network: canonicalJson(spec),
  });
  writeAtomic(textIn('saveWeights: path', path), bytes);
  return sha256;
}

function storable(network: StorableNetwork): StorableNetwork {
  const { spec, variables } = objectIn('saveWeights', 'a network', network, ['spec', 'variables']);
  if (!(variables instanceof Variables)) throw refuse('saveWeights', 'a network', network);
  return { spec, variables };
}

/**
 * Reads a file of weights without building its network: one of `saveWeights`, or of another program.
 * @param other the network that a file of another program has; default what its tensors say
 * @throws InputError when it is missing, something else, damaged (its contents are not those of the SHA-256 in it), or has values
 * that are not finite; and where nobody says which network a file of another program has
 */
export function readWeights(path: string, other?: NetworkSpec): StoredWeights {
  const file = tensorFileAt(path);
  if (!isOfLibrary(file.notes)) {
    const { kind: writtenBy, notes, sha256, checked } = file;
    return { ...otherWeights(file, path, other), writtenBy, notes, sha256, checked };
  }
  checkFormat(path, file.notes, NETWORK_FORMAT);
  const { tensors: stored, sha256, checked } = file;
  const { format: _, network, ...notes } = file.notes;
  const spec = parseSpec(path, network);
  const tensors: Record<string, TensorData> = {};
  for (const [name, { shape, data }] of Object.entries(stored))
    tensors[name] = { shape, data: finiteValues(`${path}: ${name}`, data) };
  return { spec, tensors, notes, sha256, checked };
}

/**
 * Builds the network that a file describes, with its weights. The caller disposes of it.
 * @param expected refuses another network than this one
 * @throws InputError for files as `readWeights` refuses them, descriptions that `buildNetwork` refuses, and other names or shapes
 * @example
 * ```ts
 * import { loadNetwork, start } from 'iekd';
 *
 * await start();
 * const teacher = loadNetwork('teacher.safetensors', { name: 'resnet56', shortcut: 'B', classes: 10, input: [32, 32, 3] });
 * console.log(teacher.variables.parameterCount());
 * teacher.dispose();
 * ```
 */
export function loadNetwork(path: string, expected?: NetworkSpec): Network {
  return networkOf(readWeights(textIn('loadNetwork: path', path)), path, expected);
}

/** As `loadNetwork`, of weights that are read already. @param where the file's name, for errors */
export function networkOf({ spec, tensors }: StoredWeights, where: string, expected?: NetworkSpec): Network {
  const plan = planNetwork(spec);
  if (expected && canonicalJson(expected) !== canonicalJson(plan.spec)) {
    const [wanted, found] = differing(expected, plan.spec);
    throw refusePhrase(where, `weights of ${wanted}`, `those of ${found}`, 'name the network that the file has, or another file');
  }
  checkPlan(plan, tensors, where);
  const network = buildNetwork(spec, random(0));
  try {
    network.variables.load(tensors, where);
    return network;
  } catch (error) {
    network.dispose();
    throw error;
  }
}

/**
 * Writes weights that were read as a file of this library. @param where they come from, for errors @returns the SHA-256 of its contents
 * @throws InputError where they are not those of their network, all of them
 */
export function saveStored(path: string, { spec, tensors, notes }: StoredWeights, where: string): string {
  checkPlan(planNetwork(spec), tensors, where);
  const { bytes, sha256 } = encodeHashed(tensors, { ...notes, format: NETWORK_FORMAT.name, network: canonicalJson(spec) });
  writeAtomic(path, bytes);
  return sha256;
}

/** Two networks by what differs in their descriptions: `resnet8 with shortcut "A"`, `resnet8 with shortcut "B"`. */
function differing(...specs: readonly [NetworkSpec, NetworkSpec]): readonly [string, string] {
  const [a, b] = specs;
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((key) => key !== 'name');
  const others = keys.filter((key) => canonicalJson(a[key]) !== canonicalJson(b[key]));
  const text = (spec: NetworkSpec): string => {
    const options = others.map((key) => (spec[key] === undefined ? `no ${key}` : `${key} ${describe(spec[key])}`));
    return `${spec.name}${options.length > 0 ? ` with ${options.join(', ')}` : ''}`;
  };
  return [text(a), text(b)];
}

/** Refuses a description that asks for other variables than the file has, before any is made: it may ask for more than memory holds. */
function checkPlan({ variables, spec }: NetworkPlan, tensors: StoredWeights['tensors'], where: string): void {
  const names = new Set(variables.map(({ name }) => name));
  const unknown = Object.keys(tensors).find((name) => !names.has(name));
  if (unknown !== undefined) throw refuse(where, `only tensors that a ${spec.name} has`, unknown);
  for (const { name, shape } of variables) {
    const found = Object.hasOwn(tensors, name) ? tensors[name] : undefined;
    if (!found) throw refusePhrase(where, `a tensor "${name}"`, 'none of that name');
    if (!sameShape(found.shape, shape)) throw refuse(`${where}: ${name}`, `shape ${JSON.stringify(shape)}`, found.shape);
  }
}

function parseSpec(path: string, text: string | undefined): NetworkSpec {
  const where = `${path}: network`;
  return hinted(DAMAGED, () => {
    if (text === undefined) throw refusePhrase(where, 'a description of the network', 'none');
    const value = parseJson(text, where);
    if (!isObject(value) || typeof value['name'] !== 'string') throw refuse(where, 'a description with a name', value);
    return value as unknown as NetworkSpec;
  });
}
