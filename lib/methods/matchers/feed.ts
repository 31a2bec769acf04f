/**
 * Feature-level ensemble for knowledge distillation (Park & Kwak 2020): several teachers, and on the student's last map one
 * non-linear head for each of them.
 *   loss = task + weight · Σ over teachers of mean over elements of |h_k(student)/‖·‖ − teacher_k/‖·‖|
 * The head is the factor encoder, three 3×3 convolutions with batch norms. From memory, unconfirmed: the head's depth and the
 * weight, which is FT's 500. IE-FEED (not defined by the paper): a head each branch and teacher; all teachers see one split.
 */
import { normalisedL1 } from '../../losses/normalisedDistance';
import { factorEncoder } from '../../models/factor/factorEncoder';
import { integerIn, knownKeys } from '../../util/check';
import type { Matcher } from '../matcher';
import { overLayers, plainTarget } from '../parts/connectors';
import { FACTOR_DISTANCES } from '../parts/factorDistances';
import { type FeatureOption, parseFeature } from '../parts/featureSelection';

export interface FeedOptions {
  /** The map that is matched, of the same name in all teachers; default `last`. */
  readonly feature?: FeatureOption;
  /** How many; default 2. */
  readonly teachers?: number;
}

/** Names of the options of `feed`. */
export const FEED_OPTIONS: readonly (keyof FeedOptions)[] = ['feature', 'teachers'];

/** The matcher of one of the teachers; `match(feed())` sums it over them. */
export function feed(options: FeedOptions = {}): Matcher {
  knownKeys('feed', options, FEED_OPTIONS);
  const { feature = 'last', teachers = 2 } = options;
  integerIn('feed: teachers', teachers, 1);
  const { reduction, expected } = FACTOR_DISTANCES.l1 as (typeof FACTOR_DISTANCES)[string];
  return {
    name: 'feed',
    options: { feature, teachers },
    teachers,
    features: parseFeature('feed: feature', feature),
    weight: 500,
    reduction,
    teacherSide: (maps) => plainTarget(maps),
    studentSide(maps, { shapes }, random) {
      const encoder = factorEncoder({ from: maps[0]?.channels as number, to: shapes[0]?.[2] as number }, random);
      return { variables: encoder.variables, factor: (x, training) => x.map((map) => encoder.encode(map, training)) };
    },
    distance: (factor, target) => overLayers(factor, target, normalisedL1),
    repulsion: 'negate',
    expected: ([shape = []]) => expected(shape.reduce((product, n) => product * n, 1)),
  };
}
