/**
 * ShuffleNet v2 (Ma et al. 2018) as torchvision has it, with its variable names: units of two branches whose channels are then
 * interleaved. Option `width`: 0.5, 1 (default), 1.5 or 2, the paper's networks. Option `stem`: `imagenet` has the paper's stride of 2
 * and max pooling; `cifar` (default) neither, so that 32×32 images end as 4×4.
 * Features: stage 1 is the stem, stages 2 to 4 are the paper's of those numbers, stage 5 the last convolution. Half of a unit's
 * channels come from units before it, so no one norm made the maps of stages 2 to 4; before the activation means: of the last unit.
 */
import { interleaveChannels } from '../../engine/fused/interleaveChannels';
import { pick } from '../../util/check';
import { NONE, RELU } from '../layers/activation';
import { convolution, depthwiseConvolution, norm } from '../layers/convolutionLayers';
import { chain, finish, type Layer, sums } from '../layers/layer';
import { linear } from '../layers/linearLayers';
import { averagePool, channels, maxPool } from '../layers/poolingLayers';
import type { Blueprint } from '../network';
import { fullSpec, specAt, stemOf, widthOf } from '../spec';
import type { NetworkSpec } from '../types';
import type { Family } from './family';

const STEM = 24;

/** Channels of stages 2 to 5, by width: the paper's table 5. */
const WIDTHS: Readonly<Record<string, readonly number[]>> = {
  0.5: [48, 96, 192, 1024],
  1: [116, 232, 464, 1024],
  1.5: [176, 352, 704, 1024],
  2: [244, 488, 976, 2048],
};
const UNITS = [4, 8, 4] as const;

const depth = (conv: string, bn: string, stride: number): Layer => chain(depthwiseConvolution(conv, stride), norm(bn, NONE));

/** 1×1 convolution, batch norm and ReLU. */
const pointwise = (conv: string, norm: string, to: number): Layer => convolution({ conv, norm, size: 1, to, activation: RELU });

/** The first or the second half of the channels. */
const half = (which: 0 | 1): Layer => channels((count) => Array.from({ length: count / 2 }, (_, k) => k + (which * count) / 2));

/** A channel of the one branch, a channel of the other, and so on. */
const interleaved =
  (left: Layer, right: Layer): Layer =>
  (input) => {
    const [a, b] = [left(input), right(input)];
    const [height, width, count] = b.output;
    return {
      ...{ output: [height, width, 2 * count], activation: RELU, batchNorm: undefined, ...sums([a, b]) },
      operations: [{ kind: 'interleave', branches: [a.operations, b.operations] }],
      run: (x, context, epilogue = {}) => {
        const inner = epilogue.residual ? { activation: NONE } : epilogue;
        const y = interleaveChannels(a.run(x, context, inner), b.run(x, context, inner));
        return epilogue.residual ? finish(y, RELU, epilogue) : y;
      },
    };
  };

/** Stride 1: half of the channels pass, the other half go through the branch. Stride 2: all go through both branches. */
function unit(name: string, to: number, stride: number): Layer {
  const [a, b] = [`${name}.branch1`, `${name}.branch2`];
  const branch = chain(
    pointwise(`${b}.0`, `${b}.1`, to / 2),
    depth(`${b}.3`, `${b}.4`, stride),
    pointwise(`${b}.5`, `${b}.6`, to / 2),
  );
  if (stride === 1) return interleaved(half(0), chain(half(1), branch));
  return interleaved(chain(depth(`${a}.0`, `${a}.1`, stride), pointwise(`${a}.2`, `${a}.3`, to / 2)), branch);
}

function blueprint(given: NetworkSpec): Blueprint {
  const { name, classes, input } = fullSpec(given, ['width', 'stem']);
  const [width, stem] = [widthOf(given), stemOf(given)];
  const widths = pick(`${specAt(name)}: width`, WIDTHS, typeof width === 'number' ? String(width) : width);
  const small = stem === 'cifar';
  const first = convolution({ conv: 'conv1.0', norm: 'conv1.1', to: STEM, stride: small ? 1 : 2, activation: RELU });
  const pool = small ? [] : [maxPool(`${name}: maxpool`, 3, 1)];
  const stages = UNITS.map((count, i) => {
    const units = Array.from({ length: count }, (_, k) => unit(`stage${i + 2}.${k}`, widths[i] as number, k === 0 ? 2 : 1));
    return chain(...(i === 0 ? pool : []), ...units);
  });
  return {
    spec: { name, classes, input, width, stem },
    stages: [first, ...stages, pointwise('conv5.0', 'conv5.1', widths[3] as number)],
    head: chain(averagePool, linear('fc', classes)),
  };
}

export const shufflenetV2: Family = {
  names: ['shufflenetv2'],
  summary:
    'ShuffleNet v2 (Ma et al. 2018, as torchvision has it); width: 0.5, 1 (default), 1.5 or 2; stem: cifar (default) or imagenet',
  blueprint,
};
