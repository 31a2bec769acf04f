/**
 * SSDLite over MobileNet v2 (Sandler et al. 2018, section 6.2; the form of lufficc/SSD at 320 pixels): MobileNet v2 with the paper's strides,
 * four inverted residuals of stride 2 after it, and a head of a depthwise 3×3 and a 1×1 convolution on each of the maps of 20, 10, 5, 3, 2
 * and 1 cells a side. Variables of MobileNet v2 have torchvision's names: weights of ImageNet fit.
 * Deviations: one 1×1 convolution says classes and offsets of a map, with one depthwise convolution before it, where SSDLite has two of
 * either; the last map's head has a depthwise convolution like the others.
 */
import { priorsFor } from '../../detection/priors/priorChoice';
import { nameIn, refuse } from '../../util/check';
import { RELU6 } from '../layers/activation';
import { convolution, depthwiseConvolution, norm } from '../layers/convolutionLayers';
import { chain, type Layer } from '../layers/layer';
import type { Blueprint, MapHead } from '../network';
import { valuesPerPrior } from '../priorPredictions';
import { fullSpec, specAt } from '../spec';
import type { NetworkSpec } from '../types';
import type { Family } from './family';
import { invertedResidual, mobilenetV2 } from './mobilenetV2';
import { smallHead } from './ssd';

const PIXELS = 320;
/** Channels within the stages after MobileNet's, as a share of those before, and after them. */
const EXTRAS = [
  [0.2, 512],
  [0.25, 256],
  [0.5, 256],
  [0.25, 64],
] as const;
/** MobileNet's third stage, its last convolution, and the four after it. */
const STAGES = [3, 5, 6, 7, 8, 9] as const;

function blueprint(given: NetworkSpec): Blueprint {
  const { name, classes, input } = fullSpec({ input: [PIXELS, PIXELS, 3], ...given }, ['priors']);
  const where = specAt(name);
  const [height, width] = input;
  if (height !== PIXELS || width !== PIXELS) throw refuse(`${where}: input`, `images of ${PIXELS}×${PIXELS}`, input);
  const { stages } = mobilenetV2.blueprint({ name: 'mobilenetv2', input, stem: 'imagenet' });
  const extras = EXTRAS.map(([expansion, to], i) => invertedResidual(`extras.${i}`, expansion, to, 2));
  const set = nameIn(`${where}: priors`, ['ssdlite'] as const, given.priors ?? 'ssdlite');
  const priors = priorsFor(where, set, height, width);
  const head = priors.maps.map(({ shapes }, i): MapHead => {
    return { feature: `stage${STAGES[i]}`, layer: lightHead(`heads.${i}`, shapes.length * valuesPerPrior(classes)) };
  });
  return { spec: { name, classes, input, priors: set }, stages: [...stages, ...extras], head, lastStage: 'stage5', priors };
}

const lightHead = (name: string, to: number): Layer =>
  chain(
    depthwiseConvolution(`${name}.0`),
    norm(`${name}.1`, RELU6),
    convolution({ conv: `${name}.3`, size: 1, to, bias: true, initial: smallHead }),
  );

export const ssdLite: Family = {
  names: ['ssdlite-mobilenetv2'],
  summary: 'SSDLite over MobileNet v2 (Sandler et al. 2018), images of 320×320; priors: ssdlite',
  usualInput: [320, 320, 3],
  blueprint,
};
