/**
 * Wide ResNet of depth 6n + 4 and width k (Zagoruyko & Komodakis 2016): a 3×3 stem of 16 channels, three stages of n blocks
 * norm, ReLU, 3×3 convolution twice with 16k, 32k and 64k channels, a last norm and ReLU. Option `dropout` is that between the
 * convolutions of a block (their section 2.4: 0.3 on CIFAR); default 0. Where a block changes the channels, its first norm and ReLU
 * stand before both paths, and the shortcut is a 1×1 convolution. Variable names are those of xternalz/WideResNet-pytorch, which
 * IE-KD's code, OD's and RepDistiller's have too.
 * Features: blocks of this order end in a sum that no norm made and no ReLU follows. As OD's code does, a stage's map is taken after
 * the norm that comes next: the first of the next stage (which stands before both of its paths), or the network's last. Deviation:
 * attention transfer's code and RepDistiller's compare the sums before that norm, where maps after ReLU are asked for.
 */
import { refuse } from '../../util/check';
import { NONE, RELU } from '../layers/activation';
import { convolution, norm } from '../layers/convolutionLayers';
import { chain, identity, type Layer, residual } from '../layers/layer';
import { dropoutLayer, linear } from '../layers/linearLayers';
import { averagePool } from '../layers/poolingLayers';
import type { Blueprint } from '../network';
import { dropoutOf, fullSpec, specAt } from '../spec';
import type { NetworkSpec } from '../types';
import { type Family, numbersIn } from './family';

const NAME = /^wrn-([1-9]\d*)-([1-9]\d*)$/;
const STEM = 16;
const WIDTHS = [16, 32, 64] as const;

const blockName = (stage: number, k: number): string => `block${stage + 1}.layer.${k}`;
const preActivation = (name: string): Layer => norm(`${name}.bn1`, RELU);

/** conv2(dropout(relu(bn2(conv1(h))))), h = relu(bn1(x)) */
function body(name: string, to: number, stride: number, dropout: number): Layer {
  return chain(
    convolution({ conv: `${name}.conv1`, norm: `${name}.bn2`, to, stride, activation: RELU }),
    dropoutLayer(name, dropout),
    convolution({ conv: `${name}.conv2`, to }),
  );
}

/** body(h) + x */
const plainBlock = (name: string, to: number, dropout: number): Layer =>
  residual(chain(preActivation(name), body(name, to, 1, dropout)), identity, NONE);

/** body(h) + convShortcut(h), on the activated map. */
const wideningBlock = (name: string, to: number, stride: number, dropout: number): Layer =>
  residual(body(name, to, stride, dropout), convolution({ conv: `${name}.convShortcut`, size: 1, to, stride }), NONE);

function blueprint(given: NetworkSpec): Blueprint {
  const { name, classes, input } = fullSpec(given, ['dropout']);
  const dropout = dropoutOf(given);
  const [depth = 0, width = 0] = numbersIn(name, NAME);
  if (depth < 10 || depth % 6 !== 4) throw refuse(specAt(name), 'a depth of 6n + 4, at least 10', depth);
  const stem = convolution({ conv: 'conv1', to: STEM });
  // Stage 1 of width 1 keeps the stem's channels; everywhere else a stage's first block widens.
  const opening = width === 1 ? [stem] : [stem, preActivation(blockName(0, 0))];
  const stages = WIDTHS.map((base, stage) => {
    const to = base * width;
    const widens = stage > 0 || to !== STEM;
    const block = (_: unknown, k: number): Layer =>
      k === 0 && widens
        ? wideningBlock(blockName(stage, k), to, stage > 0 ? 2 : 1, dropout)
        : plainBlock(blockName(stage, k), to, dropout);
    const blocks = Array.from({ length: (depth - 4) / 6 }, block);
    const closing = stage + 1 < WIDTHS.length ? preActivation(blockName(stage + 1, 0)) : norm('bn1', RELU);
    return chain(...(stage === 0 ? opening : []), ...blocks, closing);
  });
  return { spec: { name, classes, input, dropout }, stages, head: chain(averagePool, linear('fc', classes)) };
}

export const wrn: Family = {
  names: ['wrn-16-1', 'wrn-16-2', 'wrn-40-1', 'wrn-40-2', 'wrn-46-4', 'wrn-28-10'],
  pattern: { text: 'wrn-<6n+4>-<width>', form: NAME },
  summary: 'wide ResNet (Zagoruyko & Komodakis 2016); dropout between the convolutions of a block (default 0)',
  blueprint,
};
