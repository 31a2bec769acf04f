/**
 * What exploring is: the term by which the exploration half is kept off the teacher. The paper's form is satisfied by the half's own
 * encoder, which is trained to make factors that are far from the target whatever the map holds; the others act on the map.
 *   negate      − distance of the half's factor, through its own encoder (Huang et al. 2021), or the matcher's own repulsion
 *   reversed    its own encoder minimises the distance, the map gets the gradient reversed (Ganin & Lempitsky 2015)
 *   shared      as negate, through the inheritance half's encoder, a constant to this term
 *   cka         linear CKA of the half's map and the teacher's (Kornblith et al. 2019), summed over maps
 *   cka-halves  linear CKA of the half's map and the inheritance half's, a constant to this term
 * `reversed`, `shared`, `cka` and `cka-halves` are this project's.
 */
import { stopGradient } from '../../engine/detached';
import { reverseGradient } from '../../engine/gradientReversal';
import { tf } from '../../engine/tf';
import { linearAlignment } from '../../losses/cka';
import type { LossTerm, Weight } from '../../optim/objective';
import { scaledWeight } from '../../optim/weight';
import type { ComparedBranch } from '../distillation';
import type { Matcher } from '../matcher';
import type { StudentBranch } from '../parts/boundMatcher';
import { overLayers } from '../parts/connectors';

/** The name of the term, whatever the form. */
const NAME = 'exploration';

/** Exploring by the half's factor. */
export interface ByFactor {
  /** How the half's map reaches a student side. */
  readonly branch: Pick<StudentBranch, 'through' | 'sideOf'>;
  /** What it asks of the matcher's distance. */
  readonly needs: 'repulsion' | 'bound';
  term(matcher: Matcher, compared: ComparedBranch, weight: Weight): LossTerm;
}

/** Exploring by the half's map itself, for which no encoder stands. */
export interface ByMap {
  /** Whose map it is made unlike. */
  readonly unlike: 'teacher' | 'inheritance';
}

/** − weight · distance(factor, target), or + weight · repulsion(factor, target) where the matcher has a function for it. */
function repelled({ distance }: Matcher, { factor, target }: ComparedBranch, weight: Weight): LossTerm {
  const { repulsion, reduction } = distance;
  if (typeof repulsion === 'function') return { name: NAME, value: repulsion(factor, target), weight, reduction };
  return { name: NAME, value: distance.of(factor, target), weight: scaledWeight(weight, -1), reduction };
}

/** + weight · distance(factor, target): the half's map is behind a reversal. */
function attracted({ distance }: Matcher, { factor, target }: ComparedBranch, weight: Weight): LossTerm {
  return { name: NAME, value: distance.of(factor, target), weight, reduction: distance.reduction };
}

/** By name; `negate` is the paper's. */
export const EXPLORATIONS = {
  negate: { branch: {}, needs: 'repulsion', term: repelled },
  reversed: { branch: { through: (map) => reverseGradient(map) }, needs: 'bound', term: attracted },
  shared: { branch: { sideOf: 'inheritance' }, needs: 'repulsion', term: repelled },
  cka: { unlike: 'teacher' },
  'cka-halves': { unlike: 'inheritance' },
} as const satisfies Readonly<Record<string, ByFactor | ByMap>>;

/** A form of exploring. */
export type ExploreHow = keyof typeof EXPLORATIONS;

/** A form, whichever it is. */
export const explorationNamed = (how: ExploreHow): ByFactor | ByMap => EXPLORATIONS[how];

/**
 * + weight · Σ over maps of linear CKA, which gives a map no gradient while it is at most `floor`. Reduction: over the batch, sum over
 * maps. Bounds: 0 and the number of maps.
 * @param maps of the exploration half @param others of whom it is made unlike, constants
 */
export function unlikeness(
  maps: readonly tf.Tensor4D[],
  others: readonly tf.Tensor4D[],
  floor: number,
  weight: Weight,
): LossTerm {
  const value = overLayers(maps, others, (a, b) => aboveFloor(linearAlignment(a, stopGradient(b)), floor));
  return { name: NAME, value, weight, reduction: 'CKA over the batch' };
}

/** x, differentiated where it is above the floor. */
function aboveFloor(x: tf.Scalar, floor: number): tf.Scalar {
  if (floor === 0) return x;
  return tf.tidy(() => tf.add<tf.Scalar>(tf.relu(tf.sub(x, floor)), stopGradient(tf.minimum<tf.Scalar>(x, floor))));
}
