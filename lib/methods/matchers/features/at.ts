/**
 * Attention transfer (Zagoruyko & Komodakis 2017, section 3.1): where the maps of the stages are strong.
 *   distance = Σ over stages of mean over elements of (Q_student − Q_teacher)², Q = L2-normalised channel mean of squares
 * The authors' code has this mean of squares with β = 1000 (`form: 'square'`, default); the paper prints Σ ‖Q_s − Q_t‖₂ with a
 * weight near 0.1 (`form: 'norm'`). IE-AT: each branch of the student's channels has an attention map of its own; the distance is
 * bounded, so exploration negates it. The paper does not define IE-AT: this form, its weights and the floor are this project's choice.
 */
import type { tf } from '../../../engine/tf';
import { ATTENTION_FLOOR, attentionMap, meanNorm, meanSquare } from '../../../losses/attention';
import { knownKeys, numberIn, pick } from '../../../util/check';
import type { Factor, Matcher } from '../../matcher';
import { fixedFactor, fixedTarget, overLayers } from '../../parts/connectors';
import { type FeaturesOption, parseFeatures } from '../../parts/featureSelection';

/** Options of `at`. */
export interface AtOptions {
  /** The maps that are matched; default `stages`. */
  readonly features?: FeaturesOption;
  /** `square` (default, the code's) or `norm` (the paper's). */
  readonly form?: string;
  /** Root mean square below which a map counts as faint and has no length of 1; default 0.01; the codes' is 1e-12. */
  readonly floor?: number;
}

/** Names of the options of `at`. */
export const AT_OPTIONS: readonly (keyof AtOptions)[] = ['features', 'form', 'floor'];

/** `bound`: of one layer with so many positions. `branch`: weight of both branches under `ie`. */
const FORMS = {
  square: {
    loss: meanSquare,
    weight: 1000,
    branch: 50,
    reduction: 'mean over elements, sum over layers',
    sizeExponent: -1,
    bound: (n: number) => 2 / n,
  },
  norm: {
    loss: meanNorm,
    weight: 0.1,
    branch: 0.1,
    reduction: 'mean over batch, sum over layers',
    sizeExponent: 0,
    bound: () => Math.SQRT2,
  },
} as const;

/**
 * Attention transfer (Zagoruyko & Komodakis 2017): the matcher `at`, one teacher.
 *   distance = Σ over maps of mean over elements of (Q_student − Q_teacher)², Q the attention map, of length 1
 * `match(at())` weighs it by the authors' β of 1000. @throws InputError for unknown options, and a floor outside [1e-12, 1]
 *
 * @example
 * ```ts
 * import { at, match } from 'iekd';
 * match(at()); // the authors' code
 * match(at({ form: 'norm' })); // the paper's equation, with a weight of 0.1
 * ```
 */
export function at(options: AtOptions = {}): Matcher {
  knownKeys('at', options, AT_OPTIONS);
  const { form = 'square', features = 'stages' } = options;
  const floor = numberIn('at: floor', options.floor ?? ATTENTION_FLOOR, 1e-12, 1);
  const { loss, weight, branch, reduction, sizeExponent, bound } = pick<(typeof FORMS)[keyof typeof FORMS]>(
    'at: form',
    FORMS,
    form,
  );
  const attend = (maps: readonly tf.Tensor4D[]): Factor => maps.map((x) => attentionMap(x, floor));
  return {
    name: 'at',
    options: { features, form, floor },
    features: parseFeatures('at: features', features),
    weights: { match: weight, inherit: branch, explore: branch },
    teacherSide: (maps) =>
      fixedTarget(
        maps.map(({ height, width }) => [height, width]),
        attend,
      ),
    studentSide: () => fixedFactor(attend),
    distance: {
      of: (factor, target) => overLayers(factor, target, loss),
      reduction,
      sizeExponent,
      repulsion: 'negate',
      expected: (shapes) => ({ bound: shapes.reduce((sum, [h = 1, w = 1]) => sum + bound(h * w), 0) }),
    },
  };
}
