/** Linear layers and the dropout between them. */
import { tf } from '../../engine/tf';
import { type Activation, NONE } from './activation';
import { dropout } from './functional';
import { activationOperations, finish, type Layer, plainLayer } from './layer';
import { planLinear } from './variablePlan';

/** Linear layer with bias on a map of one position; starts as `planLinear` says in every network (torchvision: deviation 0.01, bias 0). */
export function linear(name: string, to: number, activation: Activation = NONE): Layer {
  return ([, , from]) => {
    const [weight, bias] = [`${name}.weight`, `${name}.bias`];
    const product = (x: tf.Tensor4D, w: tf.Tensor): tf.Tensor2D => tf.matMul(tf.reshape(x, [-1, from]), w as tf.Tensor2D);
    const asMap = (y: tf.Tensor): tf.Tensor4D => tf.reshape(y, [-1, 1, 1, to]); // from [batch, to]
    return {
      ...{
        output: [1, 1, to],
        variables: planLinear(name, from, to),
        multiplyAdds: from * to,
        kept: 0,
        activation,
        batchNorm: undefined,
      },
      operations: [
        { kind: 'linear', place: 'linear', weight, bias, apply: (x, w) => asMap(product(x, w)) },
        ...activationOperations(activation),
      ],
      run: (x, { variables }, epilogue) =>
        finish(asMap(tf.add(product(x, variables.get(weight)), variables.get(bias))), activation, epilogue),
    };
  };
}

/** Dropout at `rate` in [0, 1); at 0 it is no layer, and neither in evaluation mode. */
export const dropoutLayer = (name: string, rate: number): Layer =>
  plainLayer(
    (x, context) => dropout(x, name, rate, context),
    (input) => input,
    [],
  );
