/**
 * Probabilistic knowledge transfer (Passalis & Tefas 2018): how probably an image takes another for its neighbour.
 *   distance = mean over pairs of p_T log(p_T / p_S), p(j | i) = K(i, j) / Σ over k ≠ i of K(i, k), K = (cos + 1) / 2 of embeddings
 * The paper sums over pairs; the mean over all batch² and the weight of 30,000 are RepDistiller's. The authors' code counts an image as
 * its own neighbour, against the paper's sums: `pairs: 'all'`.
 * IE-PKT (not defined by the paper; weights ours): embeddings of a half are made of its channels (README.md); the divergence has no useful
 * bound, so exploration minimises |correlation| of both probabilities over pairs, in [0, 1].
 */
import { type NeighbourPairs, neighbourDivergence, neighbourMagnitude } from '../../../losses/relations/neighbourProbabilities';
import { knownKeys, pick } from '../../../util/check';
import type { Matcher } from '../../matcher';
import { overLayers } from '../../parts/connectors';
import { EMBEDDED } from '../../parts/embeddings';
import { type FeatureOption, parseFeature } from '../../parts/featureSelection';

/** Options of `pkt`. */
export interface PktOptions {
  /** The map whose mean over positions is the embedding; default `last`. */
  readonly feature?: FeatureOption;
  /** `different` (default): pairs of different images, the paper's; `all`: an image with itself too, the authors' code's. */
  readonly pairs?: NeighbourPairs;
}

/** Names of the options of `pkt`. */
export const PKT_OPTIONS: readonly (keyof PktOptions)[] = ['feature', 'pairs'];

const PAIRS: Readonly<Record<NeighbourPairs, NeighbourPairs>> = { different: 'different', all: 'all' };

/**
 * Probabilistic knowledge transfer (Passalis & Tefas 2018): the matcher `pkt`, one teacher; maps may differ in size and channels.
 *   distance = mean over pairs of images of p_T log(p_T / p_S), p the probabilities of neighbours
 * `match(pkt())` weighs it by 30,000. @throws InputError for unknown options
 *
 * @example
 * ```ts
 * import { match, pkt } from 'iekd';
 * match(pkt()); // the paper's probabilities
 * match(pkt({ pairs: 'all' })); // as the authors' code
 * ```
 */
export function pkt(options: PktOptions = {}): Matcher {
  knownKeys('pkt', options, PKT_OPTIONS);
  const { feature = 'last' } = options;
  const pairs = pick<NeighbourPairs>('pkt: pairs', PAIRS, options.pairs ?? 'different');
  return {
    name: 'pkt',
    options: { feature, pairs },
    features: parseFeature('pkt: feature', feature),
    ...EMBEDDED,
    weights: { match: 30_000, inherit: 30_000, explore: 1 },
    distance: {
      of: (factor, target) => overLayers(factor, target, (a, b) => neighbourDivergence(a, b, pairs)),
      reduction: 'mean over pairs of images',
      sizeExponent: 0,
      repulsion: (factor, target) => overLayers(factor, target, neighbourMagnitude),
    },
  };
}
