/** Files of tensors, of this library and of other programs, by what is in them: names do not count. Nothing in a file is ever run. */
import { knownKeys, textIn } from '../util/check';
import { readBytes } from '../util/files';
import { sha256 } from '../util/hash';
import { decodeHashed } from './contentHash';
import type { StoredTensor } from './dtypes';
import { NETWORK_FORMAT } from './fileFormats';
import { refuseForeign } from './foreignFiles';
import { isLegacyFile } from './torch/legacyFile';
import { torchFile } from './torch/torchFile';
import { type ZipArchive, zipArchive } from './zip/zipArchive';

/** What a file holds. */
export interface TensorFile {
  /** What wrote it. */
  readonly kind: 'pytorch' | 'safetensors';
  /** By name, in the file's order, as they are stored: whole numbers stay whole, float16 and bfloat16 are widened. */
  readonly tensors: Readonly<Record<string, StoredTensor>>;
  /** What it says beside them, as text: metadata, entries of a checkpoint. */
  readonly notes: Readonly<Record<string, string>>;
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
 * list refuse the file), or safetensors of any dtype.
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
  return tensorFileOf(readBytes(path, 'a file of weights'), path, options);
}

/** As `readTensors`, of bytes. @param where the file's name, for errors */
export function tensorFileOf(bytes: Uint8Array, where: string, { key }: ReadTensorsOptions = {}): TensorFile {
  const archive = archiveIn(bytes, where);
  if (archive || isLegacyFile(bytes)) {
    return { kind: 'pytorch', ...torchFile(bytes, archive, where, key), sha256: sha256(bytes), checked: false };
  }
  refuseForeign(bytes, where, NETWORK_FORMAT);
  const { metadata, ...file } = decodeHashed(bytes, where);
  return { kind: 'safetensors', notes: metadata, ...file };
}

/** An archive lists its files at its end; PyTorch's pickle is also the first in it. */
const LISTED = 65_536;

/** The archive of a file of PyTorch. @throws InputError for another archive, saying what it is, and for a hostile one */
function archiveIn(bytes: Uint8Array, where: string): ZipArchive | undefined {
  const text = (part: Uint8Array): string => Buffer.from(part).toString('latin1');
  if (!text(bytes.subarray(0, 4)).startsWith('PK\x03\x04')) return undefined;
  const isTorch = [bytes.subarray(0, 1024), bytes.subarray(-LISTED)].some((part) => text(part).includes('data.pkl'));
  if (!isTorch) refuseForeign(bytes, where, NETWORK_FORMAT);
  return zipArchive(bytes, where);
}
