/**
 * A small single-shot detector (Liu et al. 2016, SSD) over a CIFAR ResNet (He et al. 2016): a 3×3 stem of stride 2, the ResNet's three
 * stages at strides 2, 4 and 8, one more stage at stride 16 (1×1, then 3×3 of stride 2), and a 3×3 head on each of the maps of
 * strides 4, 8 and 16. `ssd-resnet8`, `ssd-resnet14`, … Batch norm everywhere but in the heads, so that no L2 norm is needed.
 * Deviation: one convolution says classes and offsets of a map, where SSD has two; it is the same function.
 */

import { priorShapesIn } from '../../detection/priors/priorChoice';
import { smallPriors } from '../../detection/priors/priorSets';
import { integerIn, refuse } from '../../util/check';
import { RELU } from '../layers/activation';
import { convolution } from '../layers/convolutionLayers';
import { type Initial, kaimingNormal } from '../layers/initial';
import { chain, type Layer } from '../layers/layer';
import type { Blueprint, MapHead } from '../network';
import { valuesPerPrior } from '../priorPredictions';
import { fullSpec, specAt } from '../spec';
import type { NetworkSpec } from '../types';
import { type Family, numbersIn } from './family';
import { resnetStages } from './resnet';

const NAME = /^ssd-resnet([1-9]\d*)$/;
const WIDEST = 1024;

/** Heads begin near 0: every class as probable as the others, every prior where it is. */
export const smallHead: Initial = (shape, stream) => kaimingNormal(shape, stream).map((value) => value / 10);

function blueprint(given: NetworkSpec): Blueprint {
  const { name, classes, input } = fullSpec(given, ['width', 'priors']);
  const where = specAt(name);
  const [depth = 0] = numbersIn(name, NAME);
  if (depth < 8 || depth % 6 !== 2) throw refuse(where, 'a depth of 6n + 2, at least 8', depth);
  const width = integerIn(`${where}: width`, given['width'] ?? 16, 1, WIDEST);
  const shapes = priorShapesIn(`${where}: priors`, given['priors']);
  const stages = [
    ...resnetStages(depth, { stem: width, stemStride: 2, widths: [width, 2 * width, 4 * width] }),
    extraStage('extras.0', 2 * width, 4 * width),
  ];
  const head = ([4, 8, 16] as const).map((stride, i): MapHead => {
    const to = shapes[stride].length * valuesPerPrior(classes);
    return { feature: `stage${i + 2}`, layer: predictor(`heads.${i}`, to) };
  });
  return {
    spec: { name, classes, input, width, priors: shapes },
    stages,
    head,
    lastStage: 'stage3',
    priors: smallPriors(input[0], input[1], shapes),
  };
}

/** The head of a map: 3×3, without batch norm, so that nothing ties the predictions of a batch to each other. */
export const predictor = (conv: string, to: number): Layer => convolution({ conv, to, bias: true, initial: smallHead });

/** Channels first brought together by 1×1 filters, then the map halved. */
const extraStage = (name: string, between: number, to: number): Layer =>
  chain(
    convolution({ conv: `${name}.conv1`, norm: `${name}.bn1`, size: 1, to: between, activation: RELU, initial: kaimingNormal }),
    convolution({ conv: `${name}.conv2`, norm: `${name}.bn2`, to, stride: 2, activation: RELU, initial: kaimingNormal }),
  );

export const ssd: Family = {
  names: ['ssd-resnet8', 'ssd-resnet14', 'ssd-resnet20'],
  pattern: { text: 'ssd-resnet<6n+2>', form: NAME },
  summary: 'small single-shot detector over a CIFAR ResNet; width: channels of its first stage (16), priors: shapes by stride',
  usualInput: [160, 160, 3],
  blueprint,
};
