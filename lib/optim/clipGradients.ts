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
  return { gradients: new Map([...gradients].map(([name, g]) => [name, tf.mul(g, factor)])), norm };
}

function sumOfSquares(gradients: readonly tf.Tensor[]): number {
  if (gradients.length === 0) return 0;
  const sums = tf.tidy(() => tf.stack(gradients.map((g) => tf.sum(tf.square(g)))).dataSync());
  return Array.from(sums).reduce((sum, value) => sum + value, 0);
}
