/**
 * Steps forward, each remembering how relevance goes back through it: linear maps and sums by their rules, fixed maps in proportion
 * (their coefficients are not negative), max pooling to the winner, activations unchanged. A sum is a linear map of all its summands
 * with weights of 1, so that α1β0 gives to positive summands only.
 */
import { tf } from '../../engine/tf';
import { activate } from '../../models/layers/activation';
import type { FixedStep } from '../../models/layers/operations';
import type { CanonicalStep, LinearMap } from './canonical';
import { type LinearPass, redistribute, total } from './redistribute';
import { RULES, type Rule, type WeighedInput } from './rules';

/** Rules by where they act. */
export type PlacedRules = Readonly<Record<LinearMap['place'] | 'sum', Rule>>;

export interface Followed {
  readonly y: tf.Tensor4D;
  /** @param relevance of y's shape @returns that of x's */
  back(relevance: tf.Tensor4D): tf.Tensor4D;
}

/** All steps, one after the other. Within the caller's tidy. */
export function follow(steps: readonly CanonicalStep[], x: tf.Tensor4D, rules: PlacedRules): Followed {
  let y = x;
  const passed = steps.map((step) => {
    const one = followOne(step, y, rules);
    y = one.y;
    return one;
  });
  return { y, back: (relevance) => passed.reduceRight((r, one) => one.back(r), relevance) };
}

function followOne(step: CanonicalStep, x: tf.Tensor4D, rules: PlacedRules): Followed {
  switch (step.kind) {
    case 'linear':
      return followLinear(step, x, rules[step.place]);
    case 'sum':
      return followSum(
        step.summands.map((path) => follow(path, x, rules)),
        rules.sum,
      );
    case 'fixed':
      return throughFixed(step.run, x);
    case 'winner':
      return { y: step.run(x), back: (relevance) => tf.grad((map) => step.run(map as tf.Tensor4D))(x, relevance) as tf.Tensor4D };
    case 'activation':
      return { y: activate(x, step.activation), back: (relevance) => relevance };
  }
}

function followLinear({ weight, bias, apply }: LinearMap, x: tf.Tensor4D, rule: Rule): Followed {
  const product = apply(x, weight);
  return followPass({ inputs: [{ x, weight, apply }], bias, y: bias ? tf.add(product, bias) : product }, rule);
}

const throughFixed = (run: FixedStep['run'], x: tf.Tensor4D): Followed =>
  followPass({ inputs: [{ x, weight: tf.scalar(1), apply: run }], bias: undefined, y: run(x) }, RULES.zero());

/** Of one input. */
const followPass = (pass: LinearPass, rule: Rule): Followed => ({
  y: pass.y,
  back: (relevance) => redistribute(pass, rule, relevance)[0] as tf.Tensor4D,
});

function followSum(paths: readonly Followed[], rule: Rule): Followed {
  const inputs = paths.map(({ y }): WeighedInput => ({ x: y, weight: tf.scalar(1), apply: (x, weight) => tf.mul(x, weight) }));
  const pass = { inputs, bias: undefined, y: total(paths.map(({ y }) => y)) };
  return {
    y: pass.y,
    back: (relevance) => {
      const shares = redistribute(pass, rule, relevance);
      return total(paths.map(({ back }, i) => back(shares[i] as tf.Tensor4D)));
    },
  };
}
