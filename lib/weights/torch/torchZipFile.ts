/**
 * Files that `torch.save` writes since PyTorch 1.6 (torch/serialization.py, `_save`): a zip archive of one folder with `data.pkl`, a
 * pickle of the object, `byteorder` since 2.1, and `data/0`, `data/1`, …, the storages' values.
 */
import { refuse, refusePhrase } from '../../util/check';
import { unpickle } from '../pickle/unpickle';
import type { ZipArchive } from '../zip/zipArchive';
import type { TorchContents } from './legacyFile';
import { type StorageId, storageDtype, swappedBytes, type TorchStorage } from './torchStorages';

const PICKLE = /^(?:(.*)\/)?data\.pkl$/;
const SCRIPT = 'it is a program of TorchScript: in Python, save the state_dict() of the network';

/** The folder with the pickle; undefined in an archive that is none of PyTorch's. */
export function torchFolder(archive: ZipArchive): string | undefined {
  const folders = [...archive.keys()].flatMap((name) => PICKLE.exec(name)?.slice(1) ?? []);
  return folders.length === 1 ? (folders[0] ?? '') : undefined;
}

/** @param where the file's name, for errors @throws InputError for what is no such file, or a hostile one */
export function torchZipFile(archive: ZipArchive, folder: string, where: string): TorchContents {
  const at = (name: string): string => (folder === '' ? name : `${folder}/${name}`);
  const isScript = [...archive.keys()].some((name) => name === at('constants.pkl') || name.startsWith(at('code/')));
  if (isScript) throw refusePhrase(where, 'a file of weights', 'one of TorchScript', SCRIPT);
  const order = archive.get(at('byteorder'));
  const little = order === undefined || Buffer.from(order.read()).toString('latin1').trim() !== 'big';
  const pickle = archive.get(at('data.pkl'));
  if (!pickle) throw refusePhrase(where, 'a pickle of tensors', 'none');
  const storages = new Map<string, TorchStorage>();
  return {
    value: unpickle(pickle.read(), `${where}: data.pkl`).value,
    storageOf(here: string, { key, dtype, length }: StorageId): TorchStorage {
      const known = storages.get(key);
      if (known && known.dtype !== dtype) throw refusePhrase(here, 'a storage of one dtype', `${known.dtype} and ${dtype}`);
      const entry = archive.get(at(`data/${key}`));
      if (!entry) throw refuse(here, 'a storage of the file', key);
      const { bytes: size } = storageDtype({ dtype });
      if (entry.size !== length * size) throw refusePhrase(here, `a storage of ${length * size} bytes`, String(entry.size));
      const storage = known ?? lazyStorage(dtype, length, () => (little ? entry.read() : swappedBytes(entry.read(), size)));
      storages.set(key, storage);
      return storage;
    },
  };
}

/** Checked and inflated once, whatever the number of tensors over it. */
function lazyStorage(dtype: string, length: number, read: () => Uint8Array): TorchStorage {
  let bytes: Uint8Array | undefined;
  return {
    dtype,
    length,
    bytes() {
      bytes ??= read();
      return bytes;
    },
  };
}
