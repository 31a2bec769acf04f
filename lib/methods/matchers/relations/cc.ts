/**
 * Correlation congruence (Peng et al. 2019): how images of a batch correlate, by a Gaussian kernel written as its Taylor series.
 *   distance = ‖C_student − C_teacher‖² / batch², C(i, j) = e^(−2γ) Σ over p ≤ P of (2γ)^p / p! (x_i · x_j)^p, x of length 1
 * γ = 0.4 and P = 2 are the paper's. From memory, unconfirmed: its weight of 0.003; the default of 100 is the one of a public collection of
 * methods for the same formula on CIFAR. Deviations: the paper embeds both networks by a fully connected layer, of which the matrices
 * [batch, batch] have no need; its batches are drawn by classes, ours as they come. (RepDistiller's CC is another loss, of neighbours
 * in the batch.)
 * IE-CC (not defined by the paper; weights ours): embeddings of a half are made of its channels (README.md); exploration minimises
 * |correlation| of both kernels over pairs, in [0, 1].
 */
import { congruenceDistance, congruenceMagnitude } from '../../../losses/relations/kernelCorrelation';
import { integerIn, knownKeys, positive } from '../../../util/check';
import type { Matcher } from '../../matcher';
import { overLayers } from '../../parts/connectors';
import { EMBEDDED } from '../../parts/embeddings';
import { type FeatureOption, parseFeature } from '../../parts/featureSelection';

/** Options of `cc`. */
export interface CcOptions {
  /** The map whose mean over positions is the embedding; default `last`. */
  readonly feature?: FeatureOption;
  /** γ of the kernel, above 0; default 0.4. */
  readonly gamma?: number;
  /** P, the highest power of the series, from 1; default 2. */
  readonly order?: number;
}

/** Names of the options of `cc`. */
export const CC_OPTIONS: readonly (keyof CcOptions)[] = ['feature', 'gamma', 'order'];

/**
 * Correlation congruence (Peng et al. 2019): the matcher `cc`, one teacher; maps may differ in size and channels.
 *   distance = mean over elements of (C_student − C_teacher)², C the kernel of a batch's embeddings, [batch, batch]
 * `match(cc())` weighs it by 100. @throws InputError for unknown options, γ that is not above 0, and an order that is no integer from 1
 *
 * @example
 * ```ts
 * import { cc, match } from 'iekd';
 * match(cc({ order: 3 }), { weight: 50 });
 * ```
 */
export function cc(options: CcOptions = {}): Matcher {
  knownKeys('cc', options, CC_OPTIONS);
  const { feature = 'last' } = options;
  const gamma = positive('cc: gamma', options.gamma ?? 0.4);
  const order = integerIn('cc: order', options.order ?? 2, 1);
  return {
    name: 'cc',
    options: { feature, gamma, order },
    features: parseFeature('cc: feature', feature),
    ...EMBEDDED,
    weights: { match: 100, inherit: 100, explore: 1 },
    distance: {
      of: (factor, target) => overLayers(factor, target, (a, b) => congruenceDistance(a, b, { gamma, order })),
      reduction: 'mean over pairs of images',
      sizeExponent: 0,
      repulsion: (factor, target) => overLayers(factor, target, (a, b) => congruenceMagnitude(a, b, { gamma, order })),
      expected: () => ({ bound: 1 }),
    },
  };
}
