/**
 * Feature-level ensemble for knowledge distillation (Park & Kwak 2020): several teachers, and on the student's last map one
 * non-linear head for each of them.
 *   loss = task + weight · Σ over teachers of mean over elements of |h_k(student)/‖·‖ − teacher_k/‖·‖|
 * The head is the factor encoder, three 3×3 convolutions with batch norms. From memory, unconfirmed: the head's depth and the
 * weight, which is FT's 500. IE-FEED (not defined by the paper; weights ours): a head each branch and teacher; all teachers see one split.
 */
import { factorEncoder } from '../../../models/factor/factorEncoder';
import { integerIn, knownKeys } from '../../../util/check';
import type { Matcher } from '../../matcher';
import { overLayers, plainTarget } from '../../parts/connectors';
import { FACTOR_DISTANCES, type FactorDistance } from '../../parts/factorDistances';
import { type FeatureOption, parseFeature } from '../../parts/featureSelection';

/** Options of `feed`. */
export interface FeedOptions {
  /** The map that is matched, of the same name in all teachers; default `last`. */
  readonly feature?: FeatureOption;
  /** How many; default 2. */
  readonly teachers?: number;
}

/** Names of the options of `feed`. */
export const FEED_OPTIONS: readonly (keyof FeedOptions)[] = ['feature', 'teachers'];

/**
 * Feature-level ensemble (Park & Kwak 2020): the matcher `feed` of one of several teachers; methods sum it over them.
 *   distance = mean over elements of |h(student)/‖·‖ − teacher/‖·‖|, h an encoder of each teacher's own
 * `match(feed())` weighs it by 500. @throws InputError for unknown options; when bound, for another number of teachers
 *
 * @example
 * ```ts
 * import { feed, match } from 'iekd';
 * match(feed({ teachers: 3 })); // train() is given three teachers
 * ```
 */
export function feed(options: FeedOptions = {}): Matcher {
  knownKeys('feed', options, FEED_OPTIONS);
  const { feature = 'last', teachers = 2 } = options;
  integerIn('feed: teachers', teachers, 1);
  const l1 = FACTOR_DISTANCES.l1 as FactorDistance;
  return {
    name: 'feed',
    options: { feature, teachers },
    teachers,
    features: parseFeature('feed: feature', feature),
    weights: { match: 500 },
    teacherSide: (maps) => plainTarget(maps),
    studentSide(maps, { shapes }, random) {
      const encoder = factorEncoder({ from: maps[0]?.channels as number, to: shapes[0]?.[2] as number }, random);
      return { variables: encoder.variables, factor: (x, training) => x.map((map) => encoder.encode(map, training)) };
    },
    distance: {
      of: (factor, target) => overLayers(factor, target, l1.of),
      reduction: l1.reduction,
      sizeExponent: l1.sizeExponent,
      repulsion: 'negate',
      expected: ([shape = []]) => l1.expected(shape.reduce((product, n) => product * n, 1)),
    },
  };
}
