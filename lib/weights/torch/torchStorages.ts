/** Storages of PyTorch: values of one dtype in a row, of which tensors are views. */
import { refuse, refusePhrase } from '../../util/check';
import { type Dtype, dtypeNamed } from '../dtypes';
import { PickleGlobal, PicklePersistent, PickleTuple, type PickleValue } from '../pickle/pickleValues';

/** A storage's bytes, found when they are needed. */
export interface TorchStorage {
  readonly dtype: string;
  /** Values. */
  readonly length: number;
  bytes(): Uint8Array;
}

/** What a pickle says of a storage: `('storage', class, key, device, length, view)`. */
export interface StorageId {
  readonly dtype: string;
  readonly key: string;
  readonly length: number;
  /** Of files of before 2017: a part of the storage, from this value on. */
  readonly view?: { readonly offset: number; readonly length: number };
}

/** dtypes.ts has the names on the right. */
const DTYPE_OF: Readonly<Record<string, string>> = {
  'torch.FloatStorage': 'F32',
  'torch.DoubleStorage': 'F64',
  'torch.HalfStorage': 'F16',
  'torch.BFloat16Storage': 'BF16',
  'torch.LongStorage': 'I64',
  'torch.IntStorage': 'I32',
  'torch.ShortStorage': 'I16',
  'torch.CharStorage': 'I8',
  'torch.ByteStorage': 'U8',
  'torch.BoolStorage': 'BOOL',
};

/** @throws InputError naming `where` for a value that describes no storage */
export function storageId(where: string, value: PickleValue | undefined): StorageId {
  const parts = value instanceof PicklePersistent && value.id instanceof PickleTuple ? value.id.items : [];
  const [kind, type, key, , length, view] = parts;
  if (kind !== 'storage' || !(type instanceof PickleGlobal) || typeof key !== 'string') {
    throw refusePhrase(where, 'tensors over storages of the file', 'something else');
  }
  const dtype = Object.hasOwn(DTYPE_OF, type.name) ? DTYPE_OF[type.name] : undefined;
  if (dtype === undefined) throw refuse(where, `a storage of ${Object.keys(DTYPE_OF).join(', ')}`, type.name);
  const part = view instanceof PickleTuple ? { view: viewOf(where, view) } : {};
  return { dtype, key, length: sizeIn(where, length), ...part };
}

function viewOf(where: string, { items: [, offset, length] }: PickleTuple): NonNullable<StorageId['view']> {
  return { offset: sizeIn(where, offset), length: sizeIn(where, length) };
}

/** A whole number that is not below 0. */
export function sizeIn(where: string, value: PickleValue | undefined): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw refusePhrase(where, 'a size', typeof value === 'number' || typeof value === 'bigint' ? String(value) : 'something else');
}

/** Storages are of a type in the table of dtypes. */
export const storageDtype = ({ dtype }: Pick<TorchStorage, 'dtype'>): Dtype => dtypeNamed('storage', dtype);

/** The same values with their bytes the other way round. */
export function swappedBytes(bytes: Uint8Array, size: number): Uint8Array {
  const swapped = Buffer.from(bytes);
  if (size === 2) return swapped.swap16();
  if (size === 4) return swapped.swap32();
  return size === 8 ? swapped.swap64() : swapped;
}
