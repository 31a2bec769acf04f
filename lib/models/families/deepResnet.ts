/**
 * ResNets of four stages (He et al. 2016, table 1) as torchvision has them, with its variable names: 18 and 34 of basic blocks, 50 of
 * bottlenecks whose stride is on the 3×3 convolution. Option `stem`: `imagenet` is the paper's 7×7 convolution with stride 2 and
 * 3×3 max pooling; `cifar` (default) a 3×3 convolution with stride 1 and no pooling, usual for 32×32 images; both have 64 channels.
 */
import { pick } from '../../util/check';
import { RELU } from '../layers/activation';
import { convolution } from '../layers/convolutionLayers';
import { chain, type Layer, residual, shortcut } from '../layers/layer';
import { linear } from '../layers/linearLayers';
import { averagePool, maxPool } from '../layers/poolingLayers';
import type { Blueprint } from '../network';
import { fullSpec, type Stem, specAt, stemOf } from '../spec';
import type { NetworkSpec } from '../types';
import type { Family } from './family';

type Block = (name: string, width: number, stride: number) => Layer;

/** Block and number of blocks by stage. */
const NETWORKS: Readonly<Record<string, readonly [Block, readonly number[]]>> = {
  resnet18: [basicBlock, [2, 2, 2, 2]],
  resnet34: [basicBlock, [3, 4, 6, 3]],
  resnet50: [bottleneck, [3, 4, 6, 3]],
};

const WIDTHS = [64, 128, 256, 512] as const;

/** 3×3 convolutions `width` → `width`. */
function basicBlock(name: string, width: number, stride: number): Layer {
  const body = [
    convolution({ conv: `${name}.conv1`, norm: `${name}.bn1`, to: width, stride, activation: RELU }),
    convolution({ conv: `${name}.conv2`, norm: `${name}.bn2`, to: width }),
  ];
  return block(name, body, width, stride);
}

/** Convolutions 1×1, 3×3, 1×1: `width` → `width` → 4 · `width`. */
function bottleneck(name: string, width: number, stride: number): Layer {
  const body = [
    convolution({ conv: `${name}.conv1`, norm: `${name}.bn1`, size: 1, to: width, activation: RELU }),
    convolution({ conv: `${name}.conv2`, norm: `${name}.bn2`, to: width, stride, activation: RELU }),
    convolution({ conv: `${name}.conv3`, norm: `${name}.bn3`, size: 1, to: 4 * width }),
  ];
  return block(name, body, 4 * width, stride);
}

function block(name: string, body: readonly Layer[], to: number, stride: number): Layer {
  const projection = convolution({ conv: `${name}.downsample.0`, norm: `${name}.downsample.1`, size: 1, to, stride });
  return residual(chain(...body), shortcut(to, stride, projection), RELU);
}

function stemLayers(name: string, stem: Stem): Layer[] {
  const first = { conv: 'conv1', norm: 'bn1', to: 64, activation: RELU };
  return stem === 'cifar'
    ? [convolution(first)]
    : [convolution({ ...first, size: 7, stride: 2 }), maxPool(`${name}: maxpool`, 3, 1)];
}

function blueprint(given: NetworkSpec): Blueprint {
  const { name, classes, input } = fullSpec(given, ['stem']);
  const stem = stemOf(given);
  pick(specAt(name), NETWORKS, name);
  const stages = deepResnetStages(name, stem);
  return { spec: { name, classes, input, stem }, stages, head: chain(averagePool, linear('fc', classes)) };
}

/** The stages of a network of this family, the stem before the first. @param strides of the stages */
export function deepResnetStages(name: string, stem: Stem, strides: readonly number[] = [1, 2, 2, 2]): Layer[] {
  const [block, counts] = NETWORKS[name] as (typeof NETWORKS)[string];
  return WIDTHS.slice(0, strides.length).map((width, stage) => {
    const blocks = Array.from({ length: counts[stage] as number }, (_, k) =>
      block(`layer${stage + 1}.${k}`, width, k === 0 ? (strides[stage] as number) : 1),
    );
    return chain(...(stage === 0 ? stemLayers(name, stem) : []), ...blocks);
  });
}

export const deepResnet: Family = {
  names: Object.keys(NETWORKS),
  summary: 'ResNet of four stages (He et al. 2016, as torchvision has it); stem: cifar (default) or imagenet',
  blueprint,
};
