/**
 * SSD300 over a ResNet of 18, 34 or 50 layers (Liu et al. 2016; He et al. 2016; the form of NVIDIA/DeepLearningExamples, SSD): the ResNet up to
 * its third stage, whose stride is 1 so that its map has 38 × 38 cells, five more stages of a 1×1 and a 3×3 convolution to 19, 10, 5,
 * 3 and 1 cells a side, and a 3×3 head on each of the six maps. Batch norm everywhere but in the heads, so that no L2 norm is needed.
 * Variables of the ResNet have torchvision's names: weights of ImageNet fit.
 * Deviations: one convolution says classes and offsets of a map, where SSD has two, which is the same function; priors follow each
 * other position by position, where NVIDIA's do shape by shape.
 */
import { priorsFor, SSD300_SETS } from '../../detection/priors/priorChoice';
import type { PriorSpec } from '../../detection/priors/priors';
import { nameIn, pick, refuse } from '../../util/check';
import { RELU } from '../layers/activation';
import { convolution, norm } from '../layers/convolutionLayers';
import { kaimingNormal } from '../layers/initial';
import { chain, type Layer } from '../layers/layer';
import { unpaddedConvolution } from '../layers/unpaddedConvolution';
import type { Blueprint, MapHead } from '../network';
import { valuesPerPrior } from '../priorPredictions';
import { type FullSpec, fullSpec, specAt } from '../spec';
import type { NetworkSpec } from '../types';
import { deepResnetStages } from './deepResnet';
import type { Family } from './family';
import { predictor } from './ssd';

/** Channels of the maps after the ResNet's. */
const EXTRAS: Readonly<Record<string, readonly number[]>> = {
  'ssd300-resnet18': [512, 512, 256, 256, 128],
  'ssd300-resnet34': [512, 512, 256, 256, 256],
  'ssd300-resnet50': [512, 512, 256, 256, 256],
};
/** Channels between the two convolutions of each. */
const BETWEEN = [256, 256, 128, 128, 128] as const;
/** The first three halve their map, the last two take its border away. */
const HALVING = 3;

function blueprint(given: NetworkSpec): Blueprint {
  const { spec, priors, headOn } = ssd300Spec(given);
  const extras = pick(specAt(spec.name), EXTRAS, spec.name);
  const backbone = deepResnetStages(spec.name.replace('ssd300-', ''), 'imagenet', [1, 2, 1]);
  const stages = [...backbone, ...extras.map((to, i) => extraStage(`extras.${i}`, BETWEEN[i] as number, to, i < HALVING))];
  return { spec, stages, head: headOn((map) => map + 3), lastStage: 'stage3', priors };
}

/** What all networks of 300 × 300 pixels have: their description, their priors, and a head on each of the priors' six maps. */
export function ssd300Spec(given: NetworkSpec): {
  readonly spec: FullSpec;
  readonly priors: PriorSpec;
  /** @param stage the number of the stage that a map ends, from 1 @param before what comes before a map's head */
  headOn(stage: (map: number) => number, before?: (map: number) => readonly Layer[]): MapHead[];
} {
  const { name, classes, input } = fullSpec({ input: [300, 300, 3], ...given }, ['priors']);
  const where = specAt(name);
  const [height, width] = input;
  if (height !== 300 || width !== 300) throw refuse(`${where}: input`, 'images of 300×300', input);
  const set = nameIn(`${where}: priors`, SSD300_SETS, given.priors ?? 'ssd300');
  const priors = priorsFor(where, set, height, width);
  return {
    spec: { name, classes, input, priors: set },
    priors,
    headOn: (stage, before = () => []) =>
      priors.maps.map(({ shapes }, map) => {
        const last = predictor(`heads.${map}`, shapes.length * valuesPerPrior(classes));
        return { feature: `stage${stage(map)}`, layer: chain(...before(map), last) };
      }),
  };
}

function extraStage(name: string, between: number, to: number, halves: boolean): Layer {
  const first = convolution({
    conv: `${name}.conv1`,
    norm: `${name}.bn1`,
    size: 1,
    to: between,
    activation: RELU,
    initial: kaimingNormal,
  });
  const second = { conv: `${name}.conv2`, to };
  return halves
    ? chain(first, convolution({ ...second, norm: `${name}.bn2`, stride: 2, activation: RELU, initial: kaimingNormal }))
    : chain(first, unpaddedConvolution({ ...second, initial: kaimingNormal }), norm(`${name}.bn2`, RELU));
}

export const ssd300: Family = {
  names: Object.keys(EXTRAS),
  summary: 'SSD300 over a ResNet (Liu et al. 2016); priors: ssd300 (default, sizes for VOC) or ssd300-coco',
  usualInput: [300, 300, 3],
  blueprint,
};
