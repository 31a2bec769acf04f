/**
 * The rules by which a linear map y = Σ x w + b gives the relevance of y back to x (Bach et al. 2015; Montavon et al. 2019, "Layer-wise
 * relevance propagation: an overview", sections 10.2.1 and 10.3.2). All are of one form: each is a list of terms, an input beside a
 * weight. With z the sum of the terms and the bias, x receives Σ_terms x_t · ∂z/∂x_t · R / z, and what the bias would receive stays
 * with it. γ and α1β0 are written for inputs of either sign, a choice of this project; for x ≥ 0 α1β0 is the paper's z⁺, and γ the
 * paper's where y ≥ 0 too.
 */
import { tf } from '../../engine/tf';

/** One input of a linear map: apply(x, weight), linear in either. */
export interface WeighedInput {
  readonly x: tf.Tensor4D;
  readonly weight: tf.Tensor;
  apply(x: tf.Tensor4D, weight: tf.Tensor): tf.Tensor4D;
}

/** What takes part in z. */
export interface Term {
  readonly x: tf.Tensor4D;
  readonly weight: tf.Tensor;
}

/** How relevance of some outputs, or of all, is shared. */
export interface RuleCase {
  readonly outputs: 'all' | 'positive' | 'negative';
  terms(input: WeighedInput): readonly Term[];
  /** The bias as a part of z; undefined: none. */
  bias(bias: tf.Tensor): tf.Tensor | undefined;
}

export interface Rule {
  readonly cases: readonly RuleCase[];
  /** Added to |z|. */
  readonly epsilon: number;
}

/** Numbers that rules take. */
export interface RuleValues {
  readonly epsilon: number;
  readonly gamma: number;
  /** The smallest and the largest value of a pixel, [channels] each. */
  readonly low: readonly number[];
  readonly high: readonly number[];
}

const above = <T extends tf.Tensor>(x: T): T => tf.relu(x);
const below = <T extends tf.Tensor>(x: T): T => tf.neg(tf.relu(tf.neg(x)));

/** R_j = Σ_k x_j w_jk / z_k R_k, z_k = Σ_j x_j w_jk + b_k; ε has the sign of z. LRP-0 is ε = 0. */
const proportional = (epsilon: number): Rule => ({
  cases: [{ outputs: 'all', terms: ({ x, weight }) => [{ x, weight }], bias: (b) => b }],
  epsilon,
});

/**
 * w + γ w⁺ instead of w, and so the bias, for outputs above 0 of inputs above 0. In general what has the output's sign weighs 1 + γ,
 * so that |z| is at least the output's: a convolution before a residual sum has outputs of both signs, and by w + γ w⁺ alone z comes
 * near 0 where the output does not, and relevance grows without bound (chr5tphr/zennit, issue 148).
 */
const favouring = ({ gamma }: RuleValues): Rule => ({
  cases: [
    {
      outputs: 'positive',
      terms: ({ x, weight }) => [
        { x, weight },
        { x: above(x), weight: tf.mul(above(weight), gamma) },
        { x: below(x), weight: tf.mul(below(weight), gamma) },
      ],
      bias: (b) => tf.add(b, tf.mul(above(b), gamma)),
    },
    {
      outputs: 'negative',
      terms: ({ x, weight }) => [
        { x, weight },
        { x: above(x), weight: tf.mul(below(weight), gamma) },
        { x: below(x), weight: tf.mul(above(weight), gamma) },
      ],
      bias: (b) => tf.add(b, tf.mul(below(b), gamma)),
    },
  ],
  epsilon: 0,
});

/** Only what adds to z: x⁺ w⁺ + x⁻ w⁻ + b⁺; also called z⁺. */
const positive: Rule = {
  cases: [
    {
      outputs: 'all',
      terms: ({ x, weight }) => [
        { x: above(x), weight: above(weight) },
        { x: below(x), weight: below(weight) },
      ],
      bias: above,
    },
  ],
  epsilon: 0,
};

/**
 * For pixels in [l, h] (section 10.3.2): x w − l w⁺ − h w⁻, every term of which is at least 0. Neither zero padding nor the bias
 * has a part, which the paper's formula leaves out too.
 */
const boxed = ({ low, high }: RuleValues): Rule => ({
  cases: [
    {
      outputs: 'all',
      terms: ({ x, weight }) => {
        const filled = (values: readonly number[]): tf.Tensor4D => tf.add(tf.zerosLike(x), tf.tensor1d([...values]));
        return [
          { x, weight },
          { x: filled(low), weight: tf.neg(above(weight)) },
          { x: filled(high), weight: tf.neg(below(weight)) },
        ];
      },
      bias: () => undefined,
    },
  ],
  epsilon: 0,
});

/** Rules of any layer. */
export const RULES = {
  zero: () => proportional(0),
  epsilon: ({ epsilon }: RuleValues) => proportional(epsilon),
  gamma: favouring,
  alpha1beta0: () => positive,
} as const satisfies Readonly<Record<string, (values: RuleValues) => Rule>>;

/** Rules of the first layer, whose input is the pixels. */
export const FIRST_RULES = { ...RULES, zB: boxed } as const;

/** `zero`, `epsilon`, `gamma` or `alpha1beta0`. */
export type RuleName = keyof typeof RULES;
/** A `RuleName`, or `zB`. */
export type FirstRuleName = keyof typeof FIRST_RULES;
