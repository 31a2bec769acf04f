/** Files of tensors, of this library and of other programs, by what is in them: names do not count. Nothing in a file is ever run. */
import { dirname } from 'node:path';
import { knownKeys, refusePhrase, textIn } from '../util/check';
import { insideReally, readBytes } from '../util/files';
import { sha256 } from '../util/hash';
import { decodeHashed } from './contentHash';
import type { StoredTensor } from './dtypes';
import { NETWORK_FORMAT } from './fileFormats';
import { refuseForeign } from './foreignFiles';
import type { Hdf5Reader } from './hdf5/hdf5File';
import { isHdf5, kerasArchive, kerasHdf5, listsKeras } from './layersModel/kerasFile';
import type { LayersFile } from './layersModel/layersFile';
import { type ReadBeside, tfjsModelFile } from './layersModel/tfjsModelFile';
import { isLegacyFile } from './torch/legacyFile';
import { torchFile } from './torch/torchFile';
import { zipArchive } from './zip/zipArchive';

/** What a file holds. */
export interface TensorFile {
  /** What wrote it. */
  readonly kind: 'pytorch' | 'safetensors' | 'tfjs' | 'keras';
  /** By name, in the file's order, as they are stored: whole numbers stay whole, float16 and bfloat16 are widened. */
  readonly tensors: Readonly<Record<string, StoredTensor>>;
  /** What it says beside them, as text: metadata, entries of a checkpoint. */
  readonly notes: Readonly<Record<string, string>>;
  /** Of a model of TensorFlow.js or Keras: its layers as they stand in the file, not checked yet. */
  readonly topology?: unknown;
  /** Of its contents: what names a run that reads it. */
  readonly sha256: string;
  /** Whether the file says its hash, so that it is known to be whole. */
  readonly checked: boolean;
}

/** Options of `readTensors`. */
export interface ReadTensorsOptions {
  /** Which state dict of a checkpoint of PyTorch, by the entries that lead to it: `model_ema`, `models.student`. Default the network's own. */
  readonly key?: string;
}

/**
 * Reads a file of tensors: PyTorch's `.pth`, `.pt` and `.th` (both containers; pickles are read as data, and names in them that are not on a
 * list refuse the file), safetensors of any dtype, a layers model of TensorFlow.js (`model.json`, with the files that it names), or one of
 * Keras (`.keras`, `.h5`, where the package h5wasm is installed).
 * @throws InputError for what is missing, something else, damaged or hostile
 * @example
 * ```ts
 * import { readTensors } from 'iekd';
 *
 * const { tensors, notes } = readTensors('checkpoint.pth', { key: 'model_ema' });
 * for (const [name, { shape }] of Object.entries(tensors)) console.log(name, shape, notes['epoch']);
 * ```
 */
export function readTensors(path: string, options: ReadTensorsOptions = {}): TensorFile {
  textIn('readTensors: path', path);
  knownKeys('readTensors', options, ['key']);
  if (options.key !== undefined) textIn('readTensors: key', options.key);
  return tensorFileAt(path, options);
}

/** As `readTensors`, unchecked options. */
export function tensorFileAt(path: string, options: ReadTensorsOptions = {}): TensorFile {
  const beside: ReadBeside = (name, most) =>
    readBytes(insideReally(dirname(path), name, `${path}: weightsManifest: paths`), 'a file of weights', most);
  return tensorFileOf(readBytes(path, 'a file of weights'), path, { ...options, beside });
}

/** How bytes are read. */
interface Reading extends ReadTensorsOptions {
  /** Files that lie beside the one that is read; default: there are none. */
  readonly beside?: ReadBeside;
  /** Reads HDF5; default: in a thread that ends with the first file that it refuses. */
  readonly hdf5?: Hdf5Reader;
}

/** As `readTensors`, of bytes. @param where the file's name, for errors */
export function tensorFileOf(bytes: Uint8Array, where: string, { key, beside = nothing(where), hdf5 }: Reading = {}): TensorFile {
  const archive = archiveIn(bytes, where);
  if (archive === 'keras') return ofLayers('keras', kerasArchive(zipArchive(bytes, where), bytes, where, hdf5));
  if (archive || isLegacyFile(bytes)) {
    const torch = torchFile(bytes, archive === 'pytorch' ? zipArchive(bytes, where) : undefined, where, key);
    return { kind: 'pytorch', ...torch, sha256: sha256(bytes), checked: false };
  }
  if (isHdf5(bytes)) return ofLayers('keras', kerasHdf5(bytes, where, hdf5));
  const model = isJson(bytes) ? tfjsModelFile(bytes, where, beside) : undefined;
  if (model) return ofLayers('tfjs', model);
  refuseForeign(bytes, where, NETWORK_FORMAT);
  const { metadata, ...file } = decodeHashed(bytes, where);
  return { kind: 'safetensors', notes: metadata, ...file };
}

/** No such file says that it is of this library: that are safetensors alone. */
const ofLayers = (kind: TensorFile['kind'], { notes: { format: _, ...notes }, ...file }: LayersFile): TensorFile => ({
  ...{ kind, ...file, notes },
  checked: false,
});

const nothing =
  (where: string): ReadBeside =>
  (name) => {
    throw refusePhrase(where, `${name} beside it`, 'bytes alone', 'name the file itself');
  };

/** A list or an object begins; eight bytes of length and a header, as safetensors have them, are none. */
const isJson = (bytes: Uint8Array): boolean =>
  /^(\xef\xbb\xbf)?\s*[{[]\s*["{[\]}]/.test(Buffer.from(bytes.subarray(0, 64)).toString('latin1'));

/** An archive lists its files at its end; PyTorch's pickle is also the first in it. */
const LISTED = 65_536;

/** Whose archive it is; undefined for what is none. @throws InputError for another archive, saying what it is */
function archiveIn(bytes: Uint8Array, where: string): 'pytorch' | 'keras' | undefined {
  const text = (part: Uint8Array): string => Buffer.from(part).toString('latin1');
  if (!text(bytes.subarray(0, 4)).startsWith('PK\x03\x04')) return undefined;
  const end = text(bytes.subarray(-LISTED));
  if ([text(bytes.subarray(0, 1024)), end].some((part) => part.includes('data.pkl'))) return 'pytorch';
  if (listsKeras(end)) return 'keras';
  refuseForeign(bytes, where, NETWORK_FORMAT);
  return 'pytorch'; // whatever it is, its own reader says what is wrong with it
}
