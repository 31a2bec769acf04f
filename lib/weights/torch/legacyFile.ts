/**
 * Files that `torch.save` wrote before PyTorch 1.6 (torch/serialization.py, `_legacy_save`), and many after it: pickles one after the other
 * (a number, a version, the writer's byte order, the object, the keys of its storages), then for each key its length, 8 bytes, and values.
 */
import { refuse, refusePhrase } from '../../util/check';
import { dictOf, PickleList, type PickleValue } from '../pickle/pickleValues';
import { type Unpickled, unpickle } from '../pickle/unpickle';
import { type StorageId, storageDtype, storageId, swappedBytes, type TorchStorage } from './torchStorages';
import type { StorageOf } from './torchTensors';

/** A file's object and its storages. */
export interface TorchContents {
  readonly value: PickleValue;
  readonly storageOf: StorageOf;
}

/** The number that the first pickle holds. */
const MAGIC = 0x1950a86a20f9469cfc6cn;
const VERSION = 1001;
const CUT = 'the file was cut short: use a copy';

/** Whether bytes begin as those of such a file: by a pickle, of any protocol, of that number. */
export function isLegacyFile(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 32)).toString('latin1');
  return start.startsWith('\x80') && start.includes('\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.');
}

/** @param where the file's name, for errors @throws InputError for what is no such file, or a hostile one */
export function legacyFile(bytes: Uint8Array, where: string): TorchContents {
  let at = 0;
  const next = (): Unpickled => {
    const found = unpickle(bytes, where, at);
    at = found.end;
    return found;
  };
  const [magic, version, system, object, keys] = [next().value, next().value, next().value, next(), next().value];
  if (magic !== MAGIC || version !== VERSION) throw refusePhrase(where, `a file of PyTorch, version ${VERSION}`, 'another');
  const little = dictOf(system)?.get('little_endian');
  if (typeof little !== 'boolean') throw refusePhrase(where, 'the byte order of the writer', 'none');
  const dtypes = new Map(object.persistent.map((one) => storageId(where, one)).map(({ key, dtype }) => [key, dtype]));
  const storages = readStorages(bytes, at, { where, little, dtypes, keys: keys instanceof PickleList ? keys.items : [] });
  return {
    value: object.value,
    storageOf(here: string, { key, dtype }: StorageId): TorchStorage {
      const found = storages.get(key);
      if (found?.dtype !== dtype) throw refuse(here, `a storage of ${dtype} in the file`, key);
      return found;
    },
  };
}

interface Listed {
  readonly where: string;
  readonly little: boolean;
  readonly keys: readonly PickleValue[];
  readonly dtypes: ReadonlyMap<string, string>;
}

function readStorages(bytes: Uint8Array, from: number, { where, little, keys, dtypes }: Listed): Map<string, TorchStorage> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const storages = new Map<string, TorchStorage>();
  let at = from;
  for (const key of keys) {
    const dtype = typeof key === 'string' ? dtypes.get(key) : undefined;
    if (typeof key !== 'string' || dtype === undefined) throw refusePhrase(where, 'storages of its tensors', 'another');
    const size = storageDtype({ dtype }).bytes;
    if (at + 8 > bytes.length) throw refusePhrase(where, `storage ${key}`, 'none: the file ends', CUT);
    const length = Number(view.getBigInt64(at, little));
    const [start, end] = [at + 8, at + 8 + length * size];
    if (!(length >= 0 && end <= bytes.length)) {
      throw refusePhrase(where, `storage ${key} of ${length} values`, 'a file that ends before', CUT);
    }
    const raw = bytes.subarray(start, end);
    storages.set(key, { dtype, length, bytes: () => (little ? raw : swappedBytes(raw, size)) });
    at = end;
  }
  return storages;
}
