/**
 * Values of a layers model of TensorFlow.js: a list of groups, each of files whose bytes, one after the other, are those of its weights
 * (tfjs-core, io/types). Quantised ones come back as float32: w = min + scale · q of uint8 and uint16, IEEE's half precision of float16.
 */
import { isObject, pick, refuse, refusePhrase } from '../../util/check';
import { dtypeNamed, readTensor, type StoredTensor, type TensorValues } from '../dtypes';
import { shapeVolume } from '../shapeVolume';

/** A group, checked: nothing of its files is read yet. */
export interface WeightGroup {
  readonly paths: readonly string[];
  readonly weights: readonly ManifestWeight[];
  /** Of all its files. */
  readonly bytes: number;
}

/** A weight in a group. */
export interface ManifestWeight {
  readonly name: string;
  readonly shape: readonly number[];
  /** In the files. */
  readonly bytes: number;
  /** In the files, by its name in dtypes.ts. */
  readonly dtype: string;
  read(bytes: Uint8Array): TensorValues;
}

/** dtypes.ts has the names on the right. */
const DTYPES: Readonly<Record<string, string>> = { float32: 'F32', int32: 'I32', bool: 'BOOL' };
const QUANTISED: Readonly<Record<string, string>> = { uint8: 'U8', uint16: 'U16', float16: 'F16' };
const MOST = { weights: 40_000, files: 10_000 } as const;

/** @param value `weightsManifest` @throws InputError for what is none */
export function weightGroups(where: string, value: unknown): WeightGroup[] {
  if (!Array.isArray(value)) throw refuse(where, 'a list of groups of weights', value);
  const groups = value.map((group, i) => groupOf(`${where}: ${i}`, group));
  const names = groups.flatMap(({ weights }) => weights.map(({ name }) => name));
  if (names.length > MOST.weights) throw refusePhrase(where, `at most ${MOST.weights} weights`, String(names.length));
  const twice = names.length === new Set(names).size ? undefined : names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw refuse(where, 'every name once', twice);
  return groups;
}

function groupOf(where: string, group: unknown): WeightGroup {
  const { paths, weights: given } = isObject(group) ? group : {};
  const isList = Array.isArray(paths) && paths.length <= MOST.files && paths.every((path) => typeof path === 'string');
  if (!isList || !Array.isArray(given)) throw refuse(where, 'paths and weights', group);
  const weights = given.map((weight, i) => weightOf(`${where}: weights: ${i}`, weight));
  return { paths, weights, bytes: weights.reduce((sum, { bytes }) => sum + bytes, 0) };
}

function weightOf(where: string, weight: unknown): ManifestWeight {
  const { name, shape, dtype, quantization } = isObject(weight) ? weight : {};
  if (typeof name !== 'string' || name === '' || name.length > 1000 || name in Object.prototype)
    throw refuse(`${where}: name`, 'a name', name);
  const here = `${where} ${name}`;
  const plain = pick(`${here}: dtype`, DTYPES, dtype);
  const { bytes, ...how } = quantization === undefined ? stored(here, plain) : quantised(`${here}: quantization`, quantization);
  return { name, shape: shape as number[], bytes: shapeVolume(here, shape, 4) * bytes, ...how };
}

type Stored = Pick<ManifestWeight, 'bytes' | 'dtype' | 'read'>;

const stored = (where: string, dtype: string): Stored => ({ dtype, ...dtypeNamed(where, dtype) });

/** How quantised values are read: computed in float64, as tfjs does, and rounded once. */
function quantised(where: string, value: unknown): Stored {
  const { dtype, scale, min } = isObject(value) ? value : {};
  const steps = stored(where, pick(`${where}: dtype`, QUANTISED, dtype));
  if (dtype === 'float16') return steps;
  if (typeof scale !== 'number' || typeof min !== 'number') throw refuse(where, 'scale and min, two numbers', value);
  const read = (bytes: Uint8Array): Float32Array =>
    Float32Array.from(steps.read(bytes) as Uint8Array | Uint16Array, (q) => q * scale + min);
  return { ...steps, read };
}

/** Values of a group by name. @param bytes of all its files, as many as it says */
export function groupTensors({ weights }: WeightGroup, bytes: Uint8Array): Record<string, StoredTensor> {
  const tensors: Record<string, StoredTensor> = {};
  let at = 0;
  for (const { name, shape, dtype, bytes: length, read } of weights) {
    tensors[name] = readTensor(shape, dtype, read(bytes.subarray(at, at + length)));
    at += length;
  }
  return tensors;
}
