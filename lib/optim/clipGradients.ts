/**
 * Clipping of gradients by their norm, as PyTorch's `clip_grad_norm_`: with n = √Σ g² over all values of all gradients, each is
 * multiplied by min(1, most / (n + 1e-6)).
 */
import { tf } from '../engine/tf';
import { refusePhrase } from '../util/check';
import type { Gradients } from './optimizer';

const EPSILON = 1e-6;

/** Clipped gradients, and their norm before. */
export interface Clipped {
  readonly gradients: Gradients;
  readonly norm: number;
}

/** To be called in a tidy. @throws InputError where the norm is not finite: the step would write NaN into all parameters @param where in errors */
export function clipGradients(where: string, gradients: Gradients, most: number): Clipped {
  const norm = Math.sqrt(sumOfSquares([...gradients.values()]));
  if (!Number.isFinite(norm)) {
    throw refusePhrase(where, 'gradients with a finite norm', String(norm), 'lower the learning rate or the weights of the loss');
  }
  const factor = most / (norm + EPSILON);
  if (factor >= 1) return { gradients, norm };
  const scale = tf.scalar(factor);
  return { gradients: new Map([...gradients].map(([name, g]) => [name, tf.mul(g, scale)])), norm };
}

/** Values of a row, whose squares are summed in float32; the sum over rows is one in double precision. */
const ROW = 1024;

/** All values in rows: one sum of millions of float32 would lose a thousandth, a call for each gradient would cost more. */
function sumOfSquares(gradients: readonly tf.Tensor[]): number {
  const count = gradients.reduce((sum, g) => sum + g.size, 0);
  if (count === 0) return 0;
  const rows = Math.ceil(count / ROW);
  const sums = tf.tidy(() => {
    const rest = rows * ROW - count;
    const all = [...gradients.map((g) => tf.reshape(g, [-1])), ...(rest > 0 ? [tf.zeros([rest])] : [])];
    return tf.sum(tf.square(tf.reshape(tf.concat(all), [rows, ROW])), 1).dataSync();
  });
  return Array.from(sums).reduce((sum, value) => sum + value, 0);
}
