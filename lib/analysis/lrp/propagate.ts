/**
 * Operations forward, and with each how relevance goes back through it: through linear maps and sums by their rules, through fixed maps
 * in proportion (their coefficients are not negative), through max pooling to the largest value, through activations and norms of
 * single positions unchanged.
 * A sum is a linear map of all its summands with weights of 1, so that α1β0 gives to positive summands only.
 */
import { tf } from '../../engine/tf';
import { activate } from '../../models/layers/activation';
import type { CanonicalOperation, Fixed, LinearMap } from './foldBatchNorms';
import { type LinearPass, redistribute, total } from './redistribute';
import { RULES, type Rule, type WeighedInput } from './rules';

/** Rules by where they act. */
export type PlacedRules = Readonly<Record<LinearMap['place'] | 'sum', Rule>>;

export interface Propagation {
  readonly y: tf.Tensor4D;
  /** @param relevance of y's shape @returns that of x's */
  backward(relevance: tf.Tensor4D): tf.Tensor4D;
}

/** All operations, one after the other. Within the caller's tidy. */
export function propagate(operations: readonly CanonicalOperation[], x: tf.Tensor4D, rules: PlacedRules): Propagation {
  let y = x;
  const passed = operations.map((operation) => {
    const one = propagateOne(operation, y, rules);
    y = one.y;
    return one;
  });
  return { y, backward: (relevance) => passed.reduceRight((r, one) => one.backward(r), relevance) };
}

function propagateOne(operation: CanonicalOperation, x: tf.Tensor4D, rules: PlacedRules): Propagation {
  switch (operation.kind) {
    case 'linear':
      return propagateLinear(operation, x, rules[operation.place]);
    case 'sum':
      return propagateSum(
        operation.summands.map((path) => propagate(path, x, rules)),
        rules.sum,
      );
    case 'fixed':
      return throughFixed(operation.run, x);
    case 'maxPool':
      return {
        y: operation.run(x),
        backward: (relevance) => tf.grad((map) => operation.run(map as tf.Tensor4D))(x, relevance) as tf.Tensor4D,
      };
    case 'scale': // its factor taken as a constant (Ali et al. 2022, XAI for Transformers, section 4), so that no value is given another's
      return { y: operation.run(x), backward: (relevance) => relevance };
    case 'activation':
      return { y: activate(x, operation.activation), backward: (relevance) => relevance };
  }
}

function propagateLinear({ weight, bias, apply }: LinearMap, x: tf.Tensor4D, rule: Rule): Propagation {
  const product = apply(x, weight);
  return propagatePass({ inputs: [{ x, weight, apply }], bias, y: bias ? tf.add(product, bias) : product }, rule);
}

const throughFixed = (run: Fixed['run'], x: tf.Tensor4D): Propagation =>
  propagatePass({ inputs: [{ x, weight: tf.scalar(1), apply: run }], bias: undefined, y: run(x) }, RULES.zero());

/** Of one input. */
const propagatePass = (pass: LinearPass, rule: Rule): Propagation => ({
  y: pass.y,
  backward: (relevance) => redistribute(pass, rule, relevance)[0] as tf.Tensor4D,
});

function propagateSum(paths: readonly Propagation[], rule: Rule): Propagation {
  const inputs = paths.map(({ y }): WeighedInput => ({ x: y, weight: tf.scalar(1), apply: (x, weight) => tf.mul(x, weight) }));
  const pass = { inputs, bias: undefined, y: total(paths.map(({ y }) => y)) };
  return {
    y: pass.y,
    backward: (relevance) => {
      const shares = redistribute(pass, rule, relevance);
      return total(paths.map(({ backward }, i) => backward(shares[i] as tf.Tensor4D)));
    },
  };
}
