/**
 * Relational knowledge distillation (Park et al. 2019): distances of pairs and angles of triplets of embeddings.
 *   distance = λ_D · mean Huber(ψ_D of the student − of the teacher) + λ_A · mean Huber(ψ_A − ψ_A), see losses/relations
 * λ_D = 25 and λ_A = 50 are the paper's for classification. Means are over all batch² pairs and batch³ triplets, an image with itself
 * among them, as in the authors' code. A batch of 128 makes 2 million angles: the cost grows with its cube.
 * IE-RKD (not defined by the paper; weights ours): embeddings of a half are made of its channels (README.md); distances have no bound that
 * would not grow with the batch, so exploration minimises |correlation| of both relative distances over pairs, in [0, 1].
 */

import { tf } from '../../../engine/tf';
import { anglePotential, distancePotential, potentialMagnitude } from '../../../losses/relations/relationalPotentials';
import { knownKeys, numberIn, refuse } from '../../../util/check';
import type { Matcher } from '../../matcher';
import { overLayers } from '../../parts/connectors';
import { EMBEDDED } from '../../parts/embeddings';
import { type FeatureOption, parseFeature } from '../../parts/featureSelection';

/** Options of `rkd`. */
export interface RkdOptions {
  /** The map whose mean over positions is the embedding; default `last`. */
  readonly feature?: FeatureOption;
  /** λ_D, the share of distances, ≥ 0; default 25; 0: angles alone. */
  readonly distance?: number;
  /** λ_A, the share of angles, ≥ 0; default 50; 0: distances alone. */
  readonly angle?: number;
}

/** Names of the options of `rkd`. */
export const RKD_OPTIONS: readonly (keyof RkdOptions)[] = ['feature', 'distance', 'angle'];

/**
 * Relational knowledge distillation (Park et al. 2019): the matcher `rkd`, one teacher; maps may differ in size and channels.
 *   distance = λ_D · Huber's loss of relative distances + λ_A · Huber's loss of angles
 * `match(rkd())` weighs it by 1. @throws InputError for unknown options, shares below 0, and none above
 *
 * @example
 * ```ts
 * import { match, rkd } from 'iekd';
 * match(rkd()); // RKD-DA, distances and angles
 * match(rkd({ angle: 0 })); // RKD-D
 * ```
 */
export function rkd(options: RkdOptions = {}): Matcher {
  knownKeys('rkd', options, RKD_OPTIONS);
  const { feature = 'last' } = options;
  const share = numberIn('rkd: distance', options.distance ?? 25, 0);
  const angle = numberIn('rkd: angle', options.angle ?? 50, 0);
  if (share + angle === 0) throw refuse('rkd', 'a share of distance or angle above 0', { distance: share, angle });
  const potential = (a: tf.Tensor, b: tf.Tensor): tf.Scalar => {
    const parts = [
      ...(share > 0 ? [tf.mul<tf.Scalar>(distancePotential(a, b), share)] : []),
      ...(angle > 0 ? [tf.mul<tf.Scalar>(anglePotential(a, b), angle)] : []),
    ];
    return parts.reduce((sum, part) => tf.add<tf.Scalar>(sum, part));
  };
  return {
    name: 'rkd',
    options: { feature, distance: share, angle },
    features: parseFeature('rkd: feature', feature),
    ...EMBEDDED,
    weights: { match: 1, inherit: 1, explore: 1 },
    distance: {
      of: (factor, target) => overLayers(factor, target, potential),
      reduction: 'mean over pairs and over triplets of images',
      sizeExponent: 0,
      repulsion: (factor, target) => overLayers(factor, target, potentialMagnitude),
    },
  };
}
