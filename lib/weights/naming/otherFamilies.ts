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
  instead(shapes) {
    if (shapes['classifier.0.weight']?.[1] !== 7 * 7 * 512 || !('features.0.weight' in shapes)) return undefined;
    const { name } = vggSpec(shapes, /^features\./);
    return `its first hidden layer reads 7×7 positions, which no network here has: begin with its convolutions, --model ${name} --from FILE`;
  },
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

/** timm's `mobilenetv2_100` and others of its depth: blocks by stage, their convolutions by what they do. */
export const timmMobilenetV2: Naming = {
  name: 'timm’s MobileNet v2',
  candidates: (shapes) =>
    'conv_stem.weight' in shapes && 'blocks.1.0.conv_pwl.weight' in shapes
      ? MULTIPLIERS.map((width) => ({ name: 'mobilenetv2', width, ...imageNetOr(shapes, 'classifier.weight') }))
      : [],
  rename(name, shapes) {
    const [, stage, block, layer, rest] = /^blocks\.(\d+)\.(\d+)\.(\w+)\.(.*)$/.exec(name) ?? [];
    const before = (end: number): number =>
      Array.from({ length: end }, (_, i) => counted(shapes, `blocks.${i}.`)).reduce((total, n) => total + n, 0);
    if (stage !== undefined) {
      const place = (stage === '0' ? FIRST_BLOCK : BLOCK)[layer ?? ''];
      return place === undefined ? name : `features.${1 + before(Number(stage)) + Number(block)}.conv.${place}.${rest}`;
    }
    const last = 1 + before(counted(shapes, 'blocks.'));
    return name
      .replace(/^conv_stem\./, 'features.0.0.')
      .replace(/^bn1\./, 'features.0.1.')
      .replace(/^conv_head\./, `features.${last}.0.`)
      .replace(/^bn2\./, `features.${last}.1.`)
      .replace(/^classifier\./, 'classifier.1.');
  },
};

/** The first block does not expand. */
const FIRST_BLOCK: Readonly<Record<string, string>> = { conv_dw: '0.0', bn1: '0.1', conv_pw: '1', bn2: '2' };
const BLOCK: Readonly<Record<string, string>> = {
  conv_pw: '0.0',
  bn1: '0.1',
  conv_dw: '1.0',
  bn2: '1.1',
  conv_pwl: '2',
  bn3: '3',
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
