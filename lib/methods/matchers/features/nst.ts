/**
 * Neuron selectivity transfer (Huang & Wang 2017): which places each channel of a map selects, as a distribution over channels.
 *   distance = Σ over stages of MMD² of the student's channels and the teacher's, each a pattern over positions of length 1
 * The kernel is the paper's best, polynomial of degree 2 and offset 0; `gaussian` and `linear` are its others. The stages' maps and
 * the weight of 50 are RepDistiller's. Deviation: a channel fainter than a root mean square of 1e-3 has a length below 1.
 * IE-NST (not defined by the paper; weights ours): the channels of a half are its sample; MMD² is bounded by 2 a map (4 with the linear
 * kernel), so exploration negates it.
 */
import type { tf } from '../../../engine/tf';
import {
  maximumMeanDiscrepancy,
  type SelectivityKernel,
  selectivityKernel,
} from '../../../losses/features/maximumMeanDiscrepancy';
import { knownKeys } from '../../../util/check';
import type { Matcher } from '../../matcher';
import { fixedFactor, overLayers, plainTarget } from '../../parts/connectors';
import { type FeaturesOption, parseFeatures } from '../../parts/featureSelection';

/** Options of `nst`. */
export interface NstOptions {
  /** The maps that are matched; default `stages`. */
  readonly features?: FeaturesOption;
  /** `polynomial` (default), `gaussian` or `linear`. */
  readonly kernel?: SelectivityKernel;
}

/** Names of the options of `nst`. */
export const NST_OPTIONS: readonly (keyof NstOptions)[] = ['features', 'kernel'];

/**
 * Neuron selectivity transfer (Huang & Wang 2017): the matcher `nst`, one teacher; maps may differ in channels.
 *   distance = Σ over maps of mean k(s, s') + mean k(t, t') − 2 mean k(s, t), over pairs of channels
 * `match(nst())` weighs it by 50. @throws InputError for unknown options
 *
 * @example
 * ```ts
 * import { match, nst } from 'iekd';
 * match(nst({ features: ['stage3'], kernel: 'gaussian' }));
 * ```
 */
export function nst(options: NstOptions = {}): Matcher {
  knownKeys('nst', options, NST_OPTIONS);
  const { features = 'stages' } = options;
  const kernel = selectivityKernel('nst: kernel', options.kernel ?? 'polynomial');
  const bound = kernel === 'linear' ? 4 : 2;
  return {
    name: 'nst',
    options: { features, kernel },
    features: parseFeatures('nst: features', features),
    weights: { match: 50, inherit: 50, explore: 1 },
    teacherSide: (maps) => plainTarget(maps),
    studentSide: () => fixedFactor((maps) => maps),
    distance: {
      of: (factor, target) =>
        overLayers(factor, target, (a, b) => maximumMeanDiscrepancy(a as tf.Tensor4D, b as tf.Tensor4D, kernel)),
      reduction: 'mean over pairs of channels and batch, sum over layers',
      sizeExponent: 0,
      repulsion: 'negate',
      expected: (shapes) => ({ bound: bound * shapes.length }),
    },
  };
}
