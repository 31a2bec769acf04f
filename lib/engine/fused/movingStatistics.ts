/** Moving mean and variance of a batch norm, as PyTorch keeps them: with momentum 0.1 and the unbiased variance. */
import { tf } from '../tf';
import { hasKernel, ownValues, runKernel } from './fastKernel';

/** How many calls of `holdStatistics` are running. */
let holders = 0;

/**
 * Runs `f` while moving statistics stand still, bit for bit: a network that is only evaluated in training mode, a frozen teacher or
 * a peer that does not learn in this round of mutual learning, normalises by the batch and keeps nothing of it.
 * A scope, so that networks need no second mode for it.
 */
export function holdStatistics<T>(f: () => T): T {
  holders++;
  try {
    return f();
  } finally {
    holders--;
  }
}

/** Whether statistics stand still: a network with a way of its own to keep them asks before it moves one. */
export function statisticsHeld(): boolean {
  return holders > 0;
}

/**
 * Moves, in place: m ← (1 − momentum) · m + momentum · mean, v ← (1 − momentum) · v + momentum · variance · n / (n − 1).
 * Within `holdStatistics` it does nothing.
 * @param variance the batch's biased variance [channels] over `count` = n values a channel; n = 1 leaves it unscaled.
 */
export function moveStatistics(
  moving: { readonly mean: tf.Variable; readonly variance: tf.Variable },
  batch: { readonly mean: tf.Tensor1D; readonly variance: tf.Tensor1D },
  count: number,
  momentum = 0.1,
): void {
  if (statisticsHeld()) return;
  const unbiased = count > 1 ? count / (count - 1) : 1;
  tf.tidy(() => {
    if (hasKernel('IekdMoveInPlace')) {
      const owned = { movingMean: ownValues(moving.mean), movingVariance: ownValues(moving.variance) };
      runKernel('IekdMoveInPlace', { ...owned, ...batch }, { momentum, unbiased });
    } else {
      move(moving.mean, batch.mean, momentum);
      move(moving.variance, tf.mul(batch.variance, unbiased), momentum);
    }
  });
}

/** variable ← (1 − momentum) · variable + momentum · value */
function move(variable: tf.Variable, value: tf.Tensor, momentum: number): void {
  variable.assign(tf.add(tf.mul(variable, 1 - momentum), tf.mul(value, momentum)));
}
