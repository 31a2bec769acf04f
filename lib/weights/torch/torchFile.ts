/**
 * Files of `torch.save`, `.pth`, `.pt` or `.th`, read without running anything: tensors by name as they are stored. Both containers, values
 * of any dtype, and either byte order; strides and offsets are honoured.
 */
import { refusePhrase } from '../../util/check';
import type { StoredTensor } from '../dtypes';
import type { PickleValue } from '../pickle/pickleValues';
import { type ZipArchive, zipArchive } from '../zip/zipArchive';
import { isLegacyFile, legacyFile, type TorchContents } from './legacyFile';
import { stateDict } from './stateDict';
import { ByteBudget, rebuildTensor, tensorCall } from './torchTensors';
import { torchFolder, torchZipFile } from './torchZipFile';

/** What a file of PyTorch holds. */
export interface TorchTensors {
  /** By name, in the file's order and layouts. */
  readonly tensors: Readonly<Record<string, StoredTensor>>;
  /** Plain values beside them, as text. */
  readonly notes: Readonly<Record<string, string>>;
}

/** Tensors of a file may have so many times its bytes, as tied ones do, or so many bytes if that is more. */
const MOST = { times: 2, bytes: 16 * 2 ** 20 } as const;

/**
 * @param archive of a file that is one @param where the file's name, for errors @param key of the state dict, where there are several
 * @throws InputError for what is damaged or hostile, and for a pickle that asks to run something, naming it
 */
export function torchFile(bytes: Uint8Array, archive: ZipArchive | undefined, where: string, key?: string): TorchTensors {
  const folder = archive && torchFolder(archive);
  const contents = archive && folder !== undefined ? torchZipFile(archive, folder, where) : legacyFile(bytes, where);
  return tensorsOf(contents, bytes.length, where, key);
}

/** As `torchFile`, of bytes of either container. */
export const torchBytes = (bytes: Uint8Array, where: string, key?: string): TorchTensors =>
  torchFile(bytes, isLegacyFile(bytes) ? undefined : zipArchive(bytes, where), where, key);

function tensorsOf({ value, storageOf }: TorchContents, size: number, where: string, key?: string): TorchTensors {
  const { entries, notes } = stateDict(value, where, key);
  const budget = new ByteBudget(Math.max(MOST.bytes, MOST.times * size));
  const tensors: Record<string, StoredTensor> = {};
  for (const [name, one] of entries) {
    const call = tensorCall(one);
    if (call) tensors[nameIn(where, name)] = rebuildTensor(`${where}: ${String(name)}`, call, storageOf, budget);
  }
  return { tensors, notes };
}

function nameIn(where: string, name: PickleValue): string {
  if (typeof name === 'string' && name !== '' && !(name in Object.prototype)) return name;
  throw refusePhrase(where, 'tensors by names', typeof name === 'string' ? JSON.stringify(name) : 'something else');
}
