/** Tensors of PyTorch from what a pickle would call to rebuild them: a storage, an offset, sizes and strides. */
import { refusePhrase } from '../../util/check';
import { readTensor, type StoredTensor, type TensorValues } from '../dtypes';
import { PickleCall, PickleTuple, type PickleValue } from '../pickle/pickleValues';
import { contiguousStrides, gather, type StridedView } from '../strided';
import { type StorageId, sizeIn, storageDtype, storageId, type TorchStorage } from './torchStorages';

/** Finds a storage of the file. */
export type StorageOf = (where: string, id: StorageId) => TorchStorage;

const TENSORS = ['torch._utils._rebuild_tensor', 'torch._utils._rebuild_tensor_v2'];
const PARAMETERS = ['torch._utils._rebuild_parameter', 'torch._utils._rebuild_parameter_with_state'];
const MOST_AXES = 8;

/** The call that rebuilds a tensor, a parameter's too; undefined for other values. */
export function tensorCall(value: PickleValue | undefined): PickleCall | undefined {
  if (!(value instanceof PickleCall)) return undefined;
  if (TENSORS.includes(value.name)) return value;
  const [inner] = PARAMETERS.includes(value.name) ? value.args : [];
  return inner instanceof PickleCall && TENSORS.includes(inner.name) ? inner : undefined;
}

interface View extends StridedView {
  readonly storage: TorchStorage;
  readonly volume: number;
}

/**
 * The tensor's values, row by row. Contiguous ones may be the file's own bytes.
 * @param budget of all tensors of the file @throws InputError naming `where` for a tensor that leaves its storage
 */
export function rebuildTensor(where: string, call: PickleCall, storageOf: StorageOf, budget: ByteBudget): StoredTensor {
  const view = viewIn(where, call, storageOf);
  const contiguous = contiguousStrides(view.shape).every((stride, i) => stride === view.strides[i] || view.shape[i] === 1);
  const { storage, offset, volume } = view;
  const { bytes: size, read } = storageDtype(storage);
  budget.take(where, volume * size);
  if (volume === 0) return readTensor(view.shape, storage.dtype, read(new Uint8Array(0)));
  const raw = storage.bytes();
  if (contiguous) {
    return readTensor(view.shape, storage.dtype, read(raw.subarray(offset * size, (offset + volume) * size)));
  }
  const all = read(raw);
  return readTensor(view.shape, storage.dtype, gathered(all, view));
}

/** How many bytes of values a file may still make: a tensor of stride 0, or one storage of many tensors, could make any number. */
export class ByteBudget {
  constructor(private left: number) {}

  take(where: string, bytes: number): void {
    this.left -= bytes;
    if (this.left < 0) throw refusePhrase(where, 'tensors of about the size of the file', `one of ${bytes} bytes`);
  }
}

function viewIn(where: string, { args }: PickleCall, storageOf: StorageOf): View {
  const [stored, first, sizes, steps] = args;
  const id = storageId(where, stored);
  const [shape, strides] = [sizes, steps].map((list) => {
    if (list instanceof PickleTuple && list.items.length <= MOST_AXES) return list.items.map((one) => sizeIn(where, one));
    throw refusePhrase(where, `up to ${MOST_AXES} sizes and strides`, 'something else');
  }) as [number[], number[]];
  if (shape.length !== strides.length) throw refusePhrase(where, `${shape.length} strides`, String(strides.length));
  const volume = shape.reduce((product, n) => product * n, 1);
  const offset = sizeIn(where, first) + (id.view?.offset ?? 0);
  const storage = storageOf(where, id);
  const last = offset + shape.reduce((sum, n, i) => sum + (n - 1) * (strides[i] as number), 0);
  const end = Math.min(storage.length, id.view ? id.view.offset + id.view.length : storage.length);
  if (volume > 0 && !(last < end)) throw refusePhrase(where, `values within its storage of ${end}`, `one at ${last}`);
  if (!Number.isSafeInteger(volume)) throw refusePhrase(where, 'a size that memory can hold', shape.join('×'));
  return { storage, offset, shape, strides, volume };
}

function gathered(all: TensorValues, view: View): TensorValues {
  const values = new (all.constructor as new (length: number) => TensorValues)(view.volume);
  gather(all, view, values as { readonly length: number; [index: number]: number }); // whole numbers of 64 bits go to such an array
  return values;
}
