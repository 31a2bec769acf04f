/** ResNets of CIFAR (three stages) and of ImageNet (four), as their repositories name them. */
import type { NetworkSpec } from '../../models/types';
import { IMAGENET_NORMALISATION } from '../../util/images/imageNormalisation';
import { counted, forImageNet, type Naming, outputs, type Shapes } from './naming';

/** Blocks of the stages of three. @param prefix of the number of a stage, and of that of a block @returns undefined where they are unlike */
function cifarSpec(shapes: Shapes, blocks: readonly number[], stem: string, first: string): NetworkSpec | undefined {
  const [n = 0] = blocks;
  if (n === 0 || blocks.some((count) => count !== n)) return undefined;
  const isWide = outputs(shapes, stem) === 32 && outputs(shapes, first) === 64;
  const shortcut = Object.keys(shapes).some((name) => /\.(short|shortcut|downsample)\.0\.weight$/.test(name)) ? 'B' : 'A';
  return { name: `resnet${6 * n + 2}${isWide ? 'x4' : ''}`, classes: outputs(shapes, 'fc.weight', 'linear.weight'), shortcut };
}

/** Names of this library, which its own exports have. */
export const ownCifarResnet: Naming = {
  name: 'iekd',
  candidates(shapes) {
    const blocks = [0, 1, 2].map((stage) => counted(shapes, `blocks.${stage}_`));
    const spec = cifarSpec(shapes, blocks, 'conv.weight', 'blocks.0_0.conv1.weight');
    return spec ? [spec] : [];
  },
  rename: (name) => name,
};

/**
 * akamaster/pytorch_resnet_cifar10, whose files of `module.` names are normalised as ImageNet is; RepDistiller and
 * chenyaofo/pytorch-cifar-models, whose 1×1 convolutions are called `downsample` and who normalise as the data set is.
 */
export const cifarResnet: Naming = {
  name: 'PyTorch’s CIFAR ResNets (akamaster, RepDistiller, chenyaofo)',
  candidates(shapes) {
    if (counted(shapes, 'layer4.') > 0) return [];
    const blocks = [1, 2, 3].map((stage) => counted(shapes, `layer${stage}.`));
    const spec = cifarSpec(shapes, blocks, 'conv1.weight', 'layer1.0.conv1.weight');
    if (!spec) return [];
    return ['linear.weight' in shapes ? { ...spec, normalisation: IMAGENET_NORMALISATION } : spec];
  },
  rename: (name) =>
    name
      .replace(/^conv1\./, 'conv.')
      .replace(/^bn1\./, 'bn.')
      .replace(/^linear\./, 'fc.')
      .replace(/^layer([123])\.(\d+)\./, (_, stage: string, block: string) => `blocks.${Number(stage) - 1}_${block}.`)
      .replace(/\.(shortcut|downsample)\./, '.short.'),
};

const DEPTHS: Readonly<Record<string, string>> = { 'basic 2,2,2,2': '18', 'basic 3,4,6,3': '34', 'bottleneck 3,4,6,3': '50' };

/** torchvision and timm; kuangliu/pytorch-cifar, whose 1×1 convolutions are called `shortcut` and whose last layer `linear`. */
export const fourStageResnet: Naming = {
  name: 'torchvision’s ResNets (timm, kuangliu)',
  candidates(shapes) {
    const blocks = [1, 2, 3, 4].map((stage) => counted(shapes, `layer${stage}.`));
    const depth = DEPTHS[`${'layer1.0.conv3.weight' in shapes ? 'bottleneck' : 'basic'} ${blocks}`];
    if (depth === undefined) return [];
    const isLarge = shapes['conv1.weight']?.[2] === 7;
    const stem = isLarge
      ? { stem: 'imagenet', input: [224, 224, 3] as const, normalisation: IMAGENET_NORMALISATION }
      : { stem: 'cifar' };
    return [{ name: `resnet${depth}`, classes: outputs(shapes, 'fc.weight', 'linear.weight'), ...stem }];
  },
  rename: (name) => name.replace(/^linear\./, 'fc.').replace(/\.shortcut\./, '.downsample.'),
};

/** Of ImageNet's 1000 classes or of others, as the last layer of these names says. */
export const imageNetOr = (shapes: Shapes, ...names: readonly string[]): Partial<NetworkSpec> & { readonly classes: number } => {
  const classes = outputs(shapes, ...names);
  return { classes, ...forImageNet(classes) };
};
