/**
 * MobileNet v2 (Sandler et al. 2018) as torchvision has it, with its variable names: inverted residuals with linear bottlenecks, ReLU6,
 * channels rounded to multiples of 8 by option `width`. Option `stem`: `imagenet` has the paper's strides; `cifar` (default) leaves
 * out the stem's and the first of the blocks', so that 32×32 images end as 4×4. Option `dropout` before the last layer: torchvision 0.2,
 * here 0 unless asked for.
 * Features: stages 1 to 4 end in linear bottlenecks, so that their maps before and after the activation are one; stage 5 is the last
 * convolution, before and after ReLU6. No ReLU cuts what a bottleneck's norm made: the maps name no batch norm (RepDistiller names
 * that of the last convolution for OD).
 */

import { NONE, RELU6 } from '../layers/activation';
import { convolution, depthwiseConvolution, norm } from '../layers/convolutionLayers';
import { chain, identity, type Layer, residual } from '../layers/layer';
import { dropoutLayer, linear } from '../layers/linearLayers';
import { averagePool } from '../layers/poolingLayers';
import type { Blueprint } from '../network';
import { dropoutOf, fullSpec, type Stem, stemOf, widthOf } from '../spec';
import type { NetworkSpec } from '../types';
import type { Family } from './family';

interface Group {
  /** Of channels within a block. */
  readonly expansion: number;
  readonly width: number;
  readonly blocks: number;
  /** Of the first block. */
  readonly stride: Readonly<Record<Stem, 1 | 2>>;
}

const once = { cifar: 1, imagenet: 1 } as const;
const halved = { cifar: 2, imagenet: 2 } as const;
const atFirst = { cifar: 1, imagenet: 2 } as const;

/** The paper's table 2, by stage. */
const STAGES: readonly (readonly Group[])[] = [
  [
    { expansion: 1, width: 16, blocks: 1, stride: once },
    { expansion: 6, width: 24, blocks: 2, stride: atFirst },
  ],
  [{ expansion: 6, width: 32, blocks: 3, stride: halved }],
  [
    { expansion: 6, width: 64, blocks: 4, stride: halved },
    { expansion: 6, width: 96, blocks: 3, stride: once },
  ],
  [
    { expansion: 6, width: 160, blocks: 3, stride: halved },
    { expansion: 6, width: 320, blocks: 1, stride: once },
  ],
];

/** The multiple of 8 next to `channels`, at least 8 and at least 90 % of it. */
function rounded(channels: number): number {
  const near = Math.max(8, Math.floor((channels + 4) / 8) * 8);
  return near < 0.9 * channels ? near + 8 : near;
}

/** 1×1 convolution that expands (none at expansion 1), 3×3 depthwise, linear 1×1; a shortcut where shapes allow. */
export const invertedResidual =
  (name: string, expansion: number, to: number, stride: number): Layer =>
  (input) => {
    const [from, expands] = [input[2], expansion === 1 ? 0 : 1];
    const inner = expands ? [pointwise(`${name}.conv.0`, from * expansion)] : [];
    const [deep, last] = [`${name}.conv.${expands}`, expands + 1];
    const body = chain(
      ...inner,
      ...[depthwiseConvolution(`${deep}.0`, stride), norm(`${deep}.1`, RELU6)],
      convolution({ conv: `${name}.conv.${last}`, norm: `${name}.conv.${last + 1}`, size: 1, to }),
    );
    return (stride === 1 && from === to ? residual(body, identity, NONE) : body)(input);
  };

/** 1×1 convolution, batch norm and ReLU6. */
function pointwise(name: string, to: number): Layer {
  return convolution({ conv: `${name}.0`, norm: `${name}.1`, size: 1, to, activation: RELU6 });
}

function blueprint(given: NetworkSpec): Blueprint {
  const { name, classes, input } = fullSpec(given, ['width', 'stem', 'dropout']);
  const [width, stem, dropout] = [widthOf(given), stemOf(given), dropoutOf(given)];
  const first = { conv: 'features.0.0', norm: 'features.0.1', to: rounded(32 * width), activation: RELU6 };
  let index = 1;
  const blocks = ({ expansion, width: base, blocks: count, stride }: Group): Layer[] =>
    Array.from({ length: count }, (_, k) =>
      invertedResidual(`features.${index++}`, expansion, rounded(base * width), k === 0 ? stride[stem] : 1),
    );
  const [opening = [], ...others] = STAGES.map((groups) => groups.flatMap(blocks));
  return {
    spec: { name, classes, input, width, stem, dropout },
    stages: [
      chain(convolution({ ...first, stride: atFirst[stem] }), ...opening),
      ...others.map((layers) => chain(...layers)),
      pointwise(`features.${index}`, rounded(1280 * Math.max(1, width))),
    ],
    head: chain(averagePool, dropoutLayer('classifier.0', dropout), linear('classifier.1', classes)),
  };
}

export const mobilenetV2: Family = {
  names: ['mobilenetv2'],
  summary: 'MobileNet v2 (Sandler et al. 2018, as torchvision has it); width, dropout; stem: cifar (default) or imagenet',
  blueprint,
};
