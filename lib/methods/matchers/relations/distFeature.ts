/**
 * DIST (Huang et al. 2022) on features: Pearson's correlation of both networks' embeddings, of an image over channels (inter) and of a
 * channel over the images of a batch (intra).
 *   distance = β (1 − mean over images of ρ) + γ (1 − mean over channels of ρ)
 * The paper has it on predictions, over classes, where scale and shift of logits do not count; here on the last embedding, which is ours.
 * The student's passes a linear map to the teacher's channels where they differ (1×1 convolution and batch norm before the mean over
 * positions). β = γ = 1, weight 2: the paper's for CIFAR-100 predictions.
 * IE (not defined by the paper; weights ours): embeddings of a half are made of its channels (README.md); exploration minimises mean |ρ|, in
 * [0, 1], weighed by β and γ in the same way.
 */
import { tf } from '../../../engine/tf';
import { type PearsonAxis, pearsonDistance, pearsonMagnitude } from '../../../losses/relations/pearsonRelations';
import { knownKeys, numberIn, refuse } from '../../../util/check';
import type { Matcher } from '../../matcher';
import { connectors, fixedTarget, overLayers } from '../../parts/connectors';
import { embeddings } from '../../parts/embeddings';
import { type FeatureOption, parseFeature } from '../../parts/featureSelection';

/** Options of `distFeature`. */
export interface DistFeatureOptions {
  /** The map whose mean over positions is the embedding; default `last`. */
  readonly feature?: FeatureOption;
  /** β, the share of an image's channels, ≥ 0; default 1. */
  readonly inter?: number;
  /** γ, the share of a channel's images, ≥ 0; default 1. */
  readonly intra?: number;
}

/** Names of the options of `dist-feature`. */
export const DIST_FEATURE_OPTIONS: readonly (keyof DistFeatureOptions)[] = ['feature', 'inter', 'intra'];

type Compare = (a: tf.Tensor, b: tf.Tensor, axis: PearsonAxis) => tf.Scalar;

/**
 * DIST (Huang et al. 2022) on features: the matcher `dist-feature`, one teacher; maps may differ in size and channels.
 *   distance = β (1 − mean over images of ρ) + γ (1 − mean over channels of ρ), ρ Pearson's correlation of embeddings
 * `match(distFeature())` weighs it by 2. @throws InputError for unknown options, shares below 0, and none above
 *
 * @example
 * ```ts
 * import { distFeature, match } from 'iekd';
 * match(distFeature({ intra: 0 })); // of each image alone
 * ```
 */
export function distFeature(options: DistFeatureOptions = {}): Matcher {
  const name = 'dist-feature';
  knownKeys(name, options, DIST_FEATURE_OPTIONS);
  const { feature = 'last' } = options;
  const inter = numberIn(`${name}: inter`, options.inter ?? 1, 0);
  const intra = numberIn(`${name}: intra`, options.intra ?? 1, 0);
  if (inter + intra === 0) throw refuse(name, 'a share of inter or intra above 0', { inter, intra });
  const both = (compare: Compare) => (a: tf.Tensor, b: tf.Tensor) =>
    tf.add<tf.Scalar>(tf.mul(compare(a, b, 'inter'), inter), tf.mul(compare(a, b, 'intra'), intra));
  return {
    name,
    options: { feature, inter, intra },
    features: parseFeature(`${name}: feature`, feature),
    anySize: true,
    weights: { match: 2, inherit: 2, explore: 1 },
    teacherSide: (maps) =>
      fixedTarget(
        maps.map(({ channels }) => [channels]),
        embeddings,
      ),
    studentSide(maps, { shapes }, random) {
      const channels = shapes.map(([count]) => count as number);
      const { variables, factor } = connectors(name, maps, channels, random, { place: 'differing' });
      return { variables, factor: (x, training) => embeddings(factor(x, training) as tf.Tensor4D[]) };
    },
    distance: {
      of: (factor, target) => overLayers(factor, target, both(pearsonDistance)),
      reduction: 'mean over images, and over channels',
      sizeExponent: 0,
      repulsion: (factor, target) => overLayers(factor, target, both(pearsonMagnitude)),
      expected: () => ({ bound: 2 * (inter + intra) }),
    },
  };
}
