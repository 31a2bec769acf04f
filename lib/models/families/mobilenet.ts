/**
 * MobileNet (Howard et al. 2017): a 3×3 stem of 32 channels, 13 blocks of a depthwise and a 1×1 convolution, each with batch norm
 * and ReLU. Option `width` multiplies channels but the stem's, as in IE-KD's code, whose variable names these are.
 * Option `stem`: `cifar` (default) is the network of that code: stem of stride 1, and of the paper's four strides of 2 the second and the
 * third, so that 32×32 images end as 8×8×1024; `imagenet` has all of the paper's strides. A stage begins at each stride.
 */

import { RELU } from '../layers/activation';
import { convolution, depthwiseConvolution, norm } from '../layers/convolutionLayers';
import { chain, type Layer } from '../layers/layer';
import { linear } from '../layers/linearLayers';
import { averagePool } from '../layers/poolingLayers';
import type { Blueprint } from '../network';
import { fullSpec, type Stem, stemOf, widthOf } from '../spec';
import type { NetworkSpec } from '../types';
import type { Family } from './family';

/** Channels out of each block. */
const WIDTHS = [64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024] as const;

/** Stride of the stem, and the blocks with a stride of 2. */
const STRIDES: Readonly<Record<Stem, { readonly stem: number; readonly blocks: readonly number[] }>> = {
  cifar: { stem: 1, blocks: [3, 5] },
  imagenet: { stem: 2, blocks: [1, 3, 5, 11] },
};

function block(at: number, to: number, stride: number): Layer {
  const name = `layers.${at}`;
  return chain(
    depthwiseConvolution(`${name}.conv1`, stride),
    norm(`${name}.bn1`, RELU),
    convolution({ conv: `${name}.conv2`, norm: `${name}.bn2`, size: 1, to, activation: RELU }),
  );
}

function blueprint(given: NetworkSpec): Blueprint {
  const { name, classes, input } = fullSpec(given, ['width', 'stem']);
  const [width, stem] = [widthOf(given), stemOf(given)];
  const strides = STRIDES[stem];
  const stages: Layer[][] = [[convolution({ conv: 'conv1', norm: 'bn1', to: 32, stride: strides.stem, activation: RELU })]];
  for (const [at, base] of WIDTHS.entries()) {
    const stride = strides.blocks.includes(at) ? 2 : 1;
    if (stride === 2) stages.push([]);
    stages.at(-1)?.push(block(at, Math.max(1, Math.floor(base * width)), stride));
  }
  return {
    spec: { name, classes, input, width, stem },
    stages: stages.map((layers) => chain(...layers)),
    head: chain(averagePool, linear('linear', classes)),
  };
}

export const mobilenet: Family = {
  names: ['mobilenet'],
  summary:
    'MobileNet (Howard et al. 2017, as in the code of IE-KD); width: multiplier (default 1); stem: cifar (default) or imagenet',
  blueprint,
};
