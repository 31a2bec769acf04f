/**
 * Similarity-preserving distillation (Tung & Mori 2019): which images of a batch a network finds alike.
 *   distance = ‖G_student − G_teacher‖²_F / batch², G the rows of X Xᵀ, each of length 1, X the last map, a row an image
 * The weight is the paper's γ = 3000. Deviation: a row of G is at least as long as that of a map of root mean square 1e-3.
 * IE-SP (not defined by the paper; weights ours): G of a half is made of its channels (README.md); the inheriting half is drawn to the
 * teacher's G, the exploring half minimises |correlation| of the two over pairs of images, in [0, 1].
 */
import { similarityDistance, similarityMagnitude } from '../../../losses/relations/batchSimilarity';
import { knownKeys } from '../../../util/check';
import type { Matcher } from '../../matcher';
import { overLayers } from '../../parts/connectors';
import { WHOLE_MAPS } from '../../parts/embeddings';
import { type FeatureOption, parseFeature } from '../../parts/featureSelection';

/** Options of `sp`. */
export interface SpOptions {
  /** The map that is matched; default `last`. */
  readonly feature?: FeatureOption;
}

/** Names of the options of `sp`. */
export const SP_OPTIONS: readonly (keyof SpOptions)[] = ['feature'];

/**
 * Similarity-preserving distillation (Tung & Mori 2019): the matcher `sp`, one teacher; maps may differ in size and channels.
 *   distance = mean over elements of (G_student − G_teacher)², G the similarities of a batch's images, [batch, batch]
 * `match(sp())` weighs it by 3000. @throws InputError for unknown options
 *
 * @example
 * ```ts
 * import { ie, match, sp } from 'iekd';
 * match(sp()); // the paper's
 * ie(sp({ feature: 'stage2' }), { explore: 0.1 }); // halves of the second stage's map
 * ```
 */
export function sp(options: SpOptions = {}): Matcher {
  knownKeys('sp', options, SP_OPTIONS);
  const { feature = 'last' } = options;
  return {
    name: 'sp',
    options: { feature },
    features: parseFeature('sp: feature', feature),
    ...WHOLE_MAPS,
    weights: { match: 3000, inherit: 3000, explore: 1 },
    distance: {
      of: (factor, target) => overLayers(factor, target, similarityDistance),
      reduction: 'mean over pairs of images',
      sizeExponent: 0,
      repulsion: (factor, target) => overLayers(factor, target, similarityMagnitude),
      expected: () => ({ bound: 4 }),
    },
  };
}
