/**
 * What PyTorch's networks call the tensors that have other names here: CIFAR ResNets only, whose names here are short. Everything else has
 * torchvision's names, or those of the repository that its family says, already.
 */

/** Whose names a state dict has. */
export type TorchNames = 'torchvision' | 'akamaster' | 'iekd';

interface CifarNames {
  /** Of the 1×1 convolution and its norm. */
  readonly shortcut: string;
  /** The last layer. */
  readonly last: string;
}

/**
 * `torchvision`: as its ResNet class, with three stages (RepDistiller, chenyaofo/pytorch-cifar-models). `akamaster`:
 * akamaster/pytorch_resnet_cifar10, whose projection is option B's.
 */
const CIFAR: Readonly<Record<Exclude<TorchNames, 'iekd'>, CifarNames>> = {
  torchvision: { shortcut: 'downsample', last: 'fc' },
  akamaster: { shortcut: 'shortcut', last: 'linear' },
};

/** Whether a network is a CIFAR ResNet of this library, by the names of its variables. */
export const isCifarResnet = (variables: readonly string[]): boolean => variables.includes('blocks.0_0.conv1.weight');

/** The name of a CIFAR ResNet's tensor in a state dict. */
export function cifarName(name: string, names: TorchNames): string {
  if (names === 'iekd') return name;
  const { shortcut, last } = CIFAR[names];
  return name
    .replace(/^conv\./, 'conv1.')
    .replace(/^bn\./, 'bn1.')
    .replace(/^fc\./, `${last}.`)
    .replace(/^blocks\.(\d)_(\d+)\./, (_, stage: string, block: string) => `layer${Number(stage) + 1}.${block}.`)
    .replace(/\.short\./, `.${shortcut}.`);
}
