/**
 * A trained network as a file: safetensors with the network's description (`NetworkSpec`, JSON), so that a file alone says what it is.
 * Writing needs a `StorableNetwork`: a description and named variables. Reading needs that `buildNetwork` knows the description's name.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TensorData } from '../engine/variables';
import { buildNetwork } from '../models';
import type { Network, NetworkSpec, StorableNetwork } from '../models/types';
import { refuse, refusePhrase } from '../util/check';
import { writeAtomic } from '../util/files';
import { canonicalJson, sha256 } from '../util/hash';
import { roleOf } from '../util/networkRoles';
import { random } from '../util/rng';
import { decodeSafetensors, encodeSafetensors } from './safetensors';

const FORMAT = 'iekd-network';

/** What a file of weights holds. */
export interface StoredWeights {
  readonly spec: NetworkSpec;
  readonly tensors: Readonly<Record<string, TensorData>>;
  /** Notes of the writer, as text: how it was trained, how good it is. */
  readonly notes: Readonly<Record<string, string>>;
  /** SHA-256 of the file. */
  readonly sha256: string;
}

/** Name of a file of weights in a run's folder: `student-last.safetensors`, `peer1-best.safetensors`. */
export function weightsName(role: string, when: 'last' | 'best'): string {
  return `${role}-${when}.safetensors`;
}

/** Paths of the weights in a run's folder: the student's last and best, then its peers'. */
export function weightsIn(folder: string): string[] {
  const paths: string[] = [];
  for (let i = 0; existsSync(join(folder, weightsName(roleOf(i), 'last'))); i++) {
    paths.push(...(['last', 'best'] as const).map((when) => join(folder, weightsName(roleOf(i), when))).filter(existsSync));
  }
  return paths;
}

/**
 * Writes a network's description and values to a safetensors file, whole or not at all: equal content gives equal bytes.
 * @param notes entries beside the description, as text @param tensors values of that network; default those that it has now
 * @returns the file's SHA-256
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
  { spec, variables }: StorableNetwork,
  notes: Readonly<Record<string, string>> = {},
  tensors: Readonly<Record<string, TensorData>> = variables.snapshot(),
): string {
  const bytes = encodeSafetensors(tensors, { ...notes, format: FORMAT, network: canonicalJson(spec) });
  writeAtomic(path, bytes);
  return sha256(bytes);
}

/** Reads a file of weights without building its network. @throws InputError when it is missing, damaged or something else */
export function readWeights(path: string): StoredWeights {
  const bytes = readBytes(path);
  const { tensors: stored, metadata } = decodeSafetensors(bytes, path);
  const { format, network, ...notes } = metadata;
  if (format !== FORMAT || network === undefined) throw refuse(path, `weights of the format ${FORMAT}`, format);
  const tensors: Record<string, TensorData> = {};
  for (const [name, { shape, data }] of Object.entries(stored)) {
    if (!(data instanceof Float32Array)) throw refusePhrase(`${path}: ${name}`, 'float32 values', 'int32');
    tensors[name] = { shape, data };
  }
  return { spec: parseSpec(path, network), tensors, notes, sha256: sha256(bytes) };
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
  const { spec, tensors } = readWeights(path);
  const network = buildNetwork(spec, random(0));
  try {
    if (expected && canonicalJson(expected) !== canonicalJson(network.spec)) {
      throw refusePhrase(path, `weights of ${canonicalJson(expected)}`, `those of ${canonicalJson(network.spec)}`);
    }
    network.variables.load(tensors, path);
    return network;
  } catch (error) {
    network.dispose();
    throw error;
  }
}

function parseSpec(path: string, text: string): NetworkSpec {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refusePhrase(`${path}: network`, 'a description in JSON', 'text that does not parse');
  }
  if (typeof value !== 'object' || value === null || !('name' in value) || typeof value.name !== 'string') {
    throw refuse(`${path}: network`, 'a description with a name', value);
  }
  return value as NetworkSpec;
}

function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw refusePhrase(path, 'a file of weights', (error as NodeJS.ErrnoException).code ?? String(error));
  }
}
