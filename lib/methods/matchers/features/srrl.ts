/**
 * SRRL (Yang et al. 2021): the student's embedding should mean the same to the teacher's classifier.
 *   distance = mean (e_S − e_T)² + β mean (c_T(e_S) − c_T(e_T))², e the mean over positions, c_T the teacher's linear classifier
 * e_S passes a connector to the teacher's channels (1×1 convolution, batch norm, ReLU) before the mean, as in the authors' code, whose
 * weights are 1 and β = 1. The teacher's classifier is a constant: no gradient reaches it. Deviation: none known to us.
 * It asks for a teacher that ends in the mean over positions and one linear layer: detectors and VGGs with hidden layers are refused.
 * IE-SRRL (not defined by the paper; weights ours): each half has a connector of its own, so both halves speak to the teacher's whole
 * classifier; the distance has no bound, so exploration minimises |cos| of both embeddings plus |cos| of both logits, in [0, 2].
 */
import { stopGradient } from '../../../engine/detached';
import { tf } from '../../../engine/tf';
import { meanSquare } from '../../../losses/attention';
import { cosineMagnitude } from '../../../losses/cosine';
import type { FeatureInfo } from '../../../models/types';
import { knownKeys, numberIn } from '../../../util/check';
import type { Factor, Matcher, TeacherSide } from '../../matcher';
import { type Classifier, classifierOf } from '../../parts/classifier';
import { connectors, fixedTarget, overLayers } from '../../parts/connectors';
import { embeddings } from '../../parts/embeddings';
import { parseFeature } from '../../parts/featureSelection';

/** Options of `srrl`. */
export interface SrrlOptions {
  /** β, the share of the logits, ≥ 0; default 1. */
  readonly regression?: number;
}

/** Names of the options of `srrl`. */
export const SRRL_OPTIONS: readonly (keyof SrrlOptions)[] = ['regression'];

/** A teacher side that lends its classifier. */
interface LendingSide extends TeacherSide {
  readonly classifier: Classifier;
}

/**
 * SRRL (Yang et al. 2021): the matcher `srrl`, one teacher with a linear classifier; maps may differ in size and channels.
 *   distance = mean square of embeddings + β · mean square of the teacher's classifier's logits of both
 * `match(srrl())` weighs it by 1. @throws InputError for unknown options, and β below 0; when bound, for another kind of classifier
 *
 * @example
 * ```ts
 * import { match, srrl } from 'iekd';
 * match(srrl({ regression: 2 }));
 * ```
 */
export function srrl(options: SrrlOptions = {}): Matcher {
  knownKeys('srrl', options, SRRL_OPTIONS);
  const regression = numberIn('srrl: regression', options.regression ?? 1, 0);
  const shares = [1, regression];
  return {
    name: 'srrl',
    options: { regression },
    features: parseFeature('srrl: feature', 'last'),
    anySize: true,
    weights: { match: 1, inherit: 1, explore: 1 },
    teacherSide(maps, teacher): LendingSide {
      const [map] = maps as [FeatureInfo];
      const classifier = classifierOf('srrl', teacher, map);
      const side = fixedTarget([[map.channels], [teacher.classes]], (x) => classified(embeddings(x), classifier));
      return { ...side, classifier };
    },
    studentSide(maps, target, random) {
      const { classifier } = target as LendingSide; // what teacherSide above has made
      const { variables, factor } = connectors('srrl', maps, [target.shapes[0]?.[0] as number], random, { slope: 0 });
      return { variables, factor: (x, training) => classified(embeddings(factor(x, training) as tf.Tensor4D[]), classifier) };
    },
    distance: {
      of: (factor, target) => overLayers(factor, target, (a, b, i) => tf.mul(meanSquare(a, b), shares[i] as number)),
      reduction: 'mean over elements of embeddings, and of logits',
      sizeExponent: 0,
      repulsion: (factor, target) => overLayers(factor, target, cosineMagnitude),
    },
  };
}

/** The embedding, and its logits by a classifier that does not learn. */
function classified([embedding]: Factor, { weight, bias }: Classifier): Factor {
  const rows = embedding as tf.Tensor2D;
  return [rows, tf.add(tf.matMul(rows, stopGradient(weight())), stopGradient(bias()))];
}
