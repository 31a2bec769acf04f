/** Wide ResNets, VGG, MobileNets and ShuffleNet v2. Their names here are those of the repositories that the families say; others are mapped. */
import type { NetworkSpec } from '../../models/types';
import { counted, type Naming, outputs, type Shapes } from './naming';
import { imageNetOr } from './resnets';

/** xternalz/WideResNet-pytorch, RepDistiller. */
export const wideResnet: Naming = {
  name: 'WideResNet-pytorch (RepDistiller)',
  candidates(shapes) {
    const [n, width] = [counted(shapes, 'block1.layer.'), outputs(shapes, 'block1.layer.0.conv1.weight') / 16];
    const spec = { name: `wrn-${6 * n + 4}-${width}`, classes: outputs(shapes, 'fc.weight') };
    return n > 0 && Number.isInteger(width) && width > 0 ? [spec] : [];
  },
  rename: (name) => name,
};

/** Convolutions by depth, and their number in each stage. */
const VGG: Readonly<Record<number, readonly number[]>> = {
  8: [1, 1, 1, 1, 1],
  11: [1, 1, 2, 2, 2],
  13: [2, 2, 2, 2, 2],
  16: [2, 2, 3, 3, 3],
  19: [2, 2, 4, 4, 4],
};

function vggSpec(shapes: Shapes, prefix: RegExp): Partial<NetworkSpec> & { readonly name: string } {
  const convolutions = Object.entries(shapes).filter(([name, shape]) => prefix.test(name) && shape.length === 4).length;
  const depth = Object.keys(VGG).find((one) => sum(VGG[Number(one)] ?? []) === convolutions) ?? '0';
  return { name: `vgg${depth}${Object.keys(shapes).some((name) => name.endsWith('running_mean')) ? '-bn' : ''}` };
}

const sum = (counts: readonly number[]): number => counts.reduce((total, n) => total + n, 0);

/** torchvision's names; its first hidden layer is of 7×7 positions, and is none of ours. */
export const vgg: Naming = {
  name: 'torchvision’s VGG',
  candidates(shapes) {
    if (!('features.0.weight' in shapes) || shapes['features.0.weight']?.length !== 4) return [];
    const hidden = outputs(shapes, 'classifier.0.weight');
    const classes = outputs(shapes, 'classifier.6.weight', 'classifier.weight');
    return [{ ...vggSpec(shapes, /^features\./), classes, ...(hidden > 0 ? { hidden } : {}) }];
  },
  rename: (name) => name,
};

/** RepDistiller: `block<stage>.<number>`, three poolings. */
export const repDistillerVgg: Naming = {
  name: 'RepDistiller’s VGG',
  candidates(shapes) {
    if (!('block0.0.weight' in shapes)) return [];
    return [{ ...vggSpec(shapes, /^block\d\./), classes: outputs(shapes, 'classifier.weight'), pools: 3 }];
  },
  rename(name, shapes) {
    const [, stage, index, rest] = /^block(\d)\.(\d+)\.(.*)$/.exec(name) ?? [];
    if (stage === undefined) return name;
    const layers = Object.keys(shapes).some((one) => one.endsWith('running_mean')) ? 3 : 2;
    const before = Array.from({ length: Number(stage) }, (_, i) =>
      Object.entries(shapes).filter(([one, shape]) => one.startsWith(`block${i}.`) && shape.length === 4),
    );
    // A pooling follows each stage.
    const first = before.reduce((at, convolutions) => at + convolutions.length * layers + 1, 0);
    return `features.${first + Number(index)}.${rest}`;
  },
};

const MULTIPLIERS = [1, 0.5, 0.75, 0.25, 0.35, 1.4, 1.3, 1.5, 2];

/** torchvision. */
export const mobilenetV2: Naming = {
  name: 'torchvision’s MobileNet v2',
  candidates: (shapes) =>
    'features.0.0.weight' in shapes
      ? MULTIPLIERS.map((width) => ({ name: 'mobilenetv2', width, ...imageNetOr(shapes, 'classifier.1.weight') }))
      : [],
  rename: (name) => name,
};

/** torchvision. */
export const shufflenetV2: Naming = {
  name: 'torchvision’s ShuffleNet v2',
  candidates: (shapes) =>
    'stage2.0.branch2.0.weight' in shapes
      ? [0.5, 1, 1.5, 2].map((width) => ({ name: 'shufflenetv2', width, ...imageNetOr(shapes, 'fc.weight') }))
      : [],
  rename: (name) => name,
};

/** IE-KD's code, kuangliu/pytorch-cifar. */
export const mobilenet: Naming = {
  name: 'pytorch-cifar’s MobileNet',
  candidates: (shapes) =>
    'layers.0.conv1.weight' in shapes
      ? MULTIPLIERS.map((width) => ({ name: 'mobilenet', width, classes: outputs(shapes, 'linear.weight') }))
      : [],
  rename: (name) => name,
};
