/**
 * The vector of each position divided by its length and multiplied by a learned scale a channel (Liu et al. 2016, ParseNet, section 3.3):
 * in a network without batch norm an early map is much larger than a late one. 1e-10 is added to the square of the length.
 */
import { tf } from '../../engine/tf';
import { NONE } from './activation';
import { constant, volume } from './initial';
import { finish, type Layer } from './layer';

/** Added to the square of a length. */
const EPSILON = 1e-10;

/** @param name of the scale's variable: `<name>.weight` [channels] @param start its first value, 20 in SSD */
export const channelNorm =
  (name: string, start: number): Layer =>
  (output) => {
    const weight = `${name}.weight`;
    return {
      ...{ output, multiplyAdds: 0, kept: volume(output), activation: NONE, batchNorm: undefined },
      variables: [{ name: weight, shape: [output[2]], trainable: true, initial: constant(start) }],
      operations: [{ kind: 'scale', weight, epsilon: EPSILON, run: scaled }],
      run: (x, { variables }, epilogue) => finish(scaled(x, variables.get(weight)), NONE, epilogue),
    };
  };

/** w · x / ‖x‖, the length over channels. @param weight [channels] */
function scaled(x: tf.Tensor4D, weight: tf.Tensor): tf.Tensor4D {
  const squares = tf.sum(tf.square(x), 3, true); // [batch, height, width, 1]
  return tf.mul(tf.mul(x, tf.rsqrt(tf.add(squares, EPSILON))), weight);
}
