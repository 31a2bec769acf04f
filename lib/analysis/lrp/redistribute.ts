/**
 * The general step of layer-wise relevance propagation (Montavon et al. 2019, section 10.2.2) in its four parts: z forward, s = R / z,
 * c the gradient of Σ z s, R_j = x_j c_j. Where z is 0 nothing passed, and s is 0.
 */
import { tf } from '../../engine/tf';
import type { Rule, RuleCase, Term, WeighedInput } from './rules';

/** y = Σ_i apply_i(x_i, weight_i) + bias */
export interface LinearPass {
  readonly inputs: readonly WeighedInput[];
  readonly bias: tf.Tensor | undefined;
  readonly y: tf.Tensor4D;
}

/**
 * Relevance of the inputs, each of its input's shape; it sums to that of y less what a bias keeps and ε swallows.
 * @param relevance of y's shape
 */
export function redistribute(pass: LinearPass, { cases, epsilon }: Rule, relevance: tf.Tensor4D): tf.Tensor4D[] {
  return tf.tidy(() => {
    const byCase = cases.map((one) => redistributeCase(pass, one, epsilon, tf.mul(relevance, MASKS[one.outputs](pass.y))));
    return pass.inputs.map((_, i) => total(byCase.map((shares) => shares[i] as tf.Tensor4D)));
  });
}

/** 1 where a case is that of an output, 0 elsewhere. */
const MASKS: Readonly<Record<RuleCase['outputs'], (y: tf.Tensor4D) => tf.Tensor>> = {
  all: () => tf.scalar(1),
  positive: (y) => tf.cast(tf.greaterEqual(y, 0), 'float32'),
  negative: (y) => tf.cast(tf.less(y, 0), 'float32'),
};

interface Contribution extends Term {
  readonly apply: WeighedInput['apply'];
}

function redistributeCase(
  { inputs, bias }: LinearPass,
  { terms, bias: part }: RuleCase,
  epsilon: number,
  r: tf.Tensor,
): tf.Tensor4D[] {
  const contributions = inputs.map((input) => terms(input).map((term): Contribution => ({ ...term, apply: input.apply })));
  const z = total(contributions.flat().map(({ x, weight, apply }) => apply(x, weight)));
  const shift = bias && part(bias);
  const s = tf.divNoNan(r, stabilised(shift ? tf.add(z, shift) : z, epsilon));
  return contributions.map((own) => total(own.map((one) => share(one, s))));
}

/** The sum of maps of one shape, one at least. */
export const total = (maps: readonly tf.Tensor4D[]): tf.Tensor4D => maps.reduce((sum, map) => tf.add(sum, map));

/** z + ε for z ≥ 0, z − ε below. */
function stabilised(z: tf.Tensor, epsilon: number): tf.Tensor {
  if (epsilon === 0) return z;
  const sign = tf.sub(tf.mul(tf.cast(tf.greaterEqual(z, 0), 'float32'), 2), 1);
  return tf.add(z, tf.mul(sign, epsilon));
}

/** x · ∂(Σ apply(x, weight) s) / ∂x */
function share({ x, weight, apply }: Contribution, s: tf.Tensor): tf.Tensor4D {
  return tf.mul(x, tf.grad((map) => apply(map as tf.Tensor4D, weight))(x, s));
}
