/**
 * FitNets (Romero et al. 2015): a regressor maps the student's middle layer (guided) to the teacher's (hint).
 *   distance = mean over elements of (r(student) − teacher)², r = 1×1 convolution, batch norm, ReLU
 * As in RepDistiller: the second stage's map, weight 100, one stage together with the labels. The paper trains hint first and the
 * classifier after, with softened labels; `pretrain` gives so many epochs to the first stage, and labels alone train after it.
 * IE-FitNet (not defined by the paper): a regressor each half; the distance has no bound, so exploration minimises the absolute
 * cosine of regressed and teacher's map, which is at rest when they are orthogonal.
 */
import { meanSquare } from '../losses/attention';
import { cosineMagnitude } from '../losses/cosine';
import { integerIn, knownKeys, refuse } from '../util/check';
import { connectors, overLayers, plainTarget } from './parts/layers';
import type { Matcher } from './types';

export interface FitnetOptions {
  /** The map that is matched, in both networks; default `stage2`. */
  readonly feature?: string;
  /** Epochs of a first stage by the distance alone; default 0, one stage. */
  readonly pretrain?: number;
}

/** Names of the options of `fitnet`. */
export const FITNET_OPTIONS: readonly (keyof FitnetOptions)[] = ['feature', 'pretrain'];

/** The matcher; `match(fitnet())` weights it by 100. */
export function fitnet(options: FitnetOptions = {}): Matcher {
  knownKeys('fitnet', options, FITNET_OPTIONS);
  const { feature = 'stage2', pretrain = 0 } = options;
  if (typeof feature !== 'string') throw refuse('fitnet: feature', 'the name of a feature', feature);
  integerIn('fitnet: pretrain', pretrain);
  return {
    name: 'fitnet',
    options: { feature, pretrain },
    pretrain,
    reads: { teacher: [feature], student: [feature] },
    weight: 100,
    partWeights: { inherit: 100, explore: 1 },
    reduction: 'mean over elements',
    teacherSide: (maps) => plainTarget(maps),
    studentSide: (maps, target, random) => connectors('fitnet', maps, target, random, 0),
    distance: (factor, target) => overLayers(factor, target, meanSquare),
    repulsion: (factor, target) => overLayers(factor, target, cosineMagnitude),
  };
}
