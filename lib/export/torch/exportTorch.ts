/**
 * A network's values as a state dict of PyTorch in a safetensors file: names and layouts of the PyTorch network, `num_batches_tracked` of
 * each batch norm with them, so that `load_state_dict(safetensors.torch.load_file(path), strict=True)` takes it.
 */
import type { Network } from '../../models/types';
import { knownKeys, nameIn, refusePhrase, textIn } from '../../util/check';
import { writeAtomic } from '../../util/files';
import type { StoredTensor } from '../../weights/dtypes';
import { encodeSafetensors } from '../../weights/safetensors';
import { toTorch } from '../../weights/torchState';
import { type ExportOptions, exportNotes } from '../exportedNetwork';
import { fileSizes, type WrittenFile } from '../writtenFile';
import { cifarName, isCifarResnet, type TorchNames } from './torchNames';

/** Options of `exportTorch`. */
export interface TorchOptions extends ExportOptions {
  /**
   * Whose names: `torchvision` (default; of a CIFAR ResNet those of its ResNet class with three stages, RepDistiller's and chenyaofo's),
   * `akamaster` (CIFAR ResNets: `shortcut`, `linear`), or `iekd`, this library's own.
   */
  readonly names?: TorchNames;
}

const OPTIONS = ['classNames', 'normalisation', 'names'];
const STATISTIC = '.running_var';

/**
 * Writes a network's values as a state dict of PyTorch. @returns the file, with its size
 * @throws InputError for names that the network's family has not, and for unknown options
 * @example
 * ```ts
 * import { buildNetwork, exportTorch, random, start } from 'iekd';
 *
 * await start();
 * const network = buildNetwork({ name: 'resnet18', stem: 'imagenet', input: [224, 224, 3], classes: 1000 }, random(0));
 * exportTorch(network, 'resnet18.safetensors'); // torchvision.models.resnet18().load_state_dict(load_file('resnet18.safetensors'))
 * ```
 */
export function exportTorch(network: Network, path: string, options: TorchOptions = {}): WrittenFile[] {
  knownKeys('exportTorch', options, OPTIONS);
  textIn('exportTorch: path', path);
  const notes = exportNotes('exportTorch', network, options);
  writeAtomic(path, encodeSafetensors(torchStateDict(network, options.names), { format: 'pt', ...notes }));
  return fileSizes([path]);
}

/** All tensors by their names in PyTorch, in the order of its state dicts. */
function torchStateDict({ name, variables }: Network, names: TorchNames = 'torchvision'): Record<string, StoredTensor> {
  nameIn('exportTorch: names', ['torchvision', 'akamaster', 'iekd'] as const, names);
  const values = toTorch(variables.snapshot());
  const isCifar = isCifarResnet(Object.keys(values));
  if (names === 'akamaster' && !isCifar) throw refusePhrase('exportTorch: names', 'a CIFAR ResNet for akamaster’s', name);
  const tensors: Record<string, StoredTensor> = {};
  for (const [own, value] of Object.entries(values)) {
    const theirs = isCifar ? cifarName(own, names) : own;
    tensors[theirs] = value;
    if (!theirs.endsWith(STATISTIC)) continue;
    // How many batches a norm has seen is not counted here; PyTorch uses it only where momentum is None.
    tensors[theirs.replace(STATISTIC, '.num_batches_tracked')] = { shape: [], data: BigInt64Array.of(0n) };
  }
  return tensors;
}
