/**
 * CIFAR ResNet of depth 6n + 2 (He et al. 2016, section 4.2): a 3×3 stem of 16 channels, three stages of n basic blocks with
 * 16, 32 and 64 channels, global average pooling and a linear layer. Post-activation; stages 2 and 3 halve the map. Names that end
 * in `x4` are those of RepDistiller (Tian et al. 2020): a stem of 32 channels, stages of 64, 128 and 256.
 * Variable names are those of lib/bench/pytorch_reference.py, and so are the initial filters: Kaiming normal by fan in.
 */
import { pick, refuse } from '../../util/check';
import { RELU } from '../layers/activation';
import { type ConvolutionOptions, convolution, strided } from '../layers/convolutionLayers';
import { shortcutA, zerosBefore } from '../layers/functional';
import { kaimingNormal } from '../layers/initial';
import { chain, fixedLayer, type Layer, residual, shortcut } from '../layers/layer';
import { linear } from '../layers/linearLayers';
import { averagePool } from '../layers/poolingLayers';
import type { Blueprint } from '../network';
import { fullSpec, specAt } from '../spec';
import type { NetworkSpec } from '../types';
import { type Family, numbersIn } from './family';

const NAME = /^resnet([1-9]\d*)(?:x4)?$/;

/** Channels of the stem, then of the stages. */
const WIDTHS = [16, 16, 32, 64] as const;
const WIDTHS_X4 = [32, 64, 128, 256] as const;

type Projection = (name: string, to: number, stride: number) => Layer;

/** 1×1 convolution and batch norm. */
const projectionB: Projection = (name, to, stride) =>
  filter({ conv: `${name}.short.0`, norm: `${name}.short.1`, size: 1, to, stride });

/** What a shortcut does where shapes change: A strided slice and zero channels (no parameters), B 1×1 convolution and batch norm. */
const SHORTCUTS: Readonly<Record<string, Projection>> = {
  A: (_, to, stride) =>
    fixedLayer(
      (x) => shortcutA(x, to, stride),
      (input) => strided(input, to, stride),
      ([, , from]) => ({ map: 'optionA', stride, before: zerosBefore(from, to), to }),
    ),
  B: projectionB,
};

const filter = (options: ConvolutionOptions): Layer => convolution({ ...options, initial: kaimingNormal });

/** relu(bn2(conv2(relu(bn1(conv1(x))))) + shortcut(x)), 3×3 filters. */
function basicBlock(name: string, to: number, stride: number, project: Projection): Layer {
  const body = chain(
    filter({ conv: `${name}.conv1`, norm: `${name}.bn1`, to, stride, activation: RELU }),
    filter({ conv: `${name}.conv2`, norm: `${name}.bn2`, to }),
  );
  return residual(body, shortcut(to, stride, project(name, to, stride)), RELU);
}

function blueprint(given: NetworkSpec): Blueprint {
  const { name, classes, input } = fullSpec(given, ['shortcut']);
  const [depth = 0] = numbersIn(name, NAME);
  if (depth < 8 || depth % 6 !== 2) throw refuse(specAt(name), 'a depth of 6n + 2, at least 8', depth);
  const { shortcut: option = 'B' } = given;
  const project = pick(`${specAt(name)}: shortcut`, SHORTCUTS, option);
  const [stem, ...widths] = name.endsWith('x4') ? WIDTHS_X4 : WIDTHS;
  const stages = resnetStages(depth, { stem, widths, project });
  return { spec: { name, classes, input, shortcut: option }, stages, head: chain(averagePool, linear('fc', classes)) };
}

/** What the stages of a network of this family are made of. */
export interface ResnetStages {
  /** Channels of the stem. */
  readonly stem: number;
  /** Default 1. */
  readonly stemStride?: number;
  /** Channels of the stages; each but the first halves the map. */
  readonly widths: readonly number[];
  /** Default B. */
  readonly project?: Projection;
}

/** The stages of a network of depth 6n + 2, the stem before the first. */
export function resnetStages(depth: number, { stem, stemStride = 1, widths, project = projectionB }: ResnetStages): Layer[] {
  const first = filter({ conv: 'conv', norm: 'bn', to: stem, stride: stemStride, activation: RELU });
  return widths.map((to, stage) => {
    const block = (_: unknown, k: number): Layer => basicBlock(`blocks.${stage}_${k}`, to, stage > 0 && k === 0 ? 2 : 1, project);
    return chain(...(stage === 0 ? [first] : []), ...Array.from({ length: (depth - 2) / 6 }, block));
  });
}

export const resnet: Family = {
  names: ['resnet8', 'resnet14', 'resnet20', 'resnet32', 'resnet44', 'resnet56', 'resnet110', 'resnet8x4', 'resnet32x4'],
  pattern: { text: 'resnet<6n+2>[x4]', form: NAME },
  summary: 'CIFAR ResNet (He et al. 2016); shortcut: A zero channels, B 1×1 convolution (default)',
  blueprint,
};
