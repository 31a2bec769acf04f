/**
 * FitNets (Romero et al. 2015): a regressor maps the student's middle layer (guided) to the teacher's (hint).
 *   distance = mean over elements of (r(student) − teacher)², r = 1×1 convolution, batch norm, ReLU
 * As in RepDistiller: the second stage's map, weight 100, one stage together with the labels. The paper trains the hint first and
 * the classifier after, by the teacher's softened labels: `pretrain` gives so many epochs to that, `second` says what follows.
 * IE-FitNet (not defined by the paper; weights ours): a regressor each branch; the distance has no bound, so exploration minimises the absolute
 * cosine of regressed and teacher's map, which is at rest when they are orthogonal.
 */
import { meanSquare } from '../../../losses/attention';
import { cosineMagnitude } from '../../../losses/cosine';
import { knownKeys } from '../../../util/check';
import type { Matcher, SecondStage } from '../../matcher';
import { channelsOf, connectors, overLayers, plainTarget } from '../../parts/connectors';
import { type FeatureOption, parseFeature } from '../../parts/featureSelection';
import { BY_LABELS, twoStages } from '../../parts/twoStages';

/** Options of `fitnet`. */
export interface FitnetOptions {
  /** The map that is matched; default `stage2`. */
  readonly feature?: FeatureOption;
  /** Epochs of a first stage by the distance alone; default 0, one stage. */
  readonly pretrain?: number;
  /** What trains the student after a first stage; default labels alone. */
  readonly second?: SecondStage;
}

/** Names of the options of `fitnet`. */
export const FITNET_OPTIONS: readonly (keyof FitnetOptions)[] = ['feature', 'pretrain', 'second'];

/**
 * FitNets (Romero et al. 2015): the matcher `fitnet`, one teacher.
 *   distance = mean over elements of (r(student) − teacher)², r = 1×1 convolution, batch norm, ReLU
 * `match(fitnet())` weighs it by 100, in one stage. @throws InputError for unknown options
 *
 * @example
 * ```ts
 * import { fitnet, match } from 'iekd';
 * match(fitnet({ feature: 'stage2', pretrain: 10, second: { task: 1, soft: 1 } })); // the paper's two stages
 * ```
 */
export function fitnet(options: FitnetOptions = {}): Matcher {
  knownKeys('fitnet', options, FITNET_OPTIONS);
  const { feature = 'stage2' } = options;
  const stages = twoStages('fitnet', options.pretrain ?? 0, options.second ?? {}, BY_LABELS);
  return {
    name: 'fitnet',
    options: { feature, ...stages },
    stages,
    features: parseFeature('fitnet: feature', feature),
    weights: { match: 100, inherit: 100, explore: 1 },
    teacherSide: (maps) => plainTarget(maps),
    studentSide: (maps, target, random) => connectors('fitnet', maps, channelsOf(target), random, { slope: 0 }),
    distance: {
      of: (factor, target) => overLayers(factor, target, meanSquare),
      reduction: 'mean over elements',
      sizeExponent: 0,
      repulsion: (factor, target) => overLayers(factor, target, cosineMagnitude),
    },
  };
}
