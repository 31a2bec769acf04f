/**
 * DIST (Huang et al. 2022): the correlation of probabilities, of each image over the classes and of each class over the batch.
 *   loss = task + T² · (β · (1 − ρ of rows) + γ · (1 − ρ of columns)), ρ Pearson's correlation of both networks' probabilities at T
 * Defaults of the paper for CIFAR-100: β = γ = 2, T = 4. T² is the authors' code's; the equations have none.
 */
import { interClassDistance, intraClassDistance } from '../../losses/logit/pearson';
import { knownKeys, numberIn, positive } from '../../util/check';
import type { Method } from '../method';
import { teacherLogitMethod } from './teacherLogits';

/** Options of `dist`. */
export interface DistOptions {
  /** β, of the correlation between classes, ≥ 0; default 2. */
  readonly beta?: number;
  /** γ, of the correlation within classes, ≥ 0; default 2. */
  readonly gamma?: number;
  /** T, above 0; default 4. */
  readonly temperature?: number;
}

/** Names of the options of `dist`. */
export const DIST_OPTIONS: readonly (keyof DistOptions)[] = ['beta', 'gamma', 'temperature'];

/**
 * DIST (Huang et al. 2022), one teacher: the method `dist`.
 *   loss = task + T² · (β · (1 − ρ of rows) + γ · (1 − ρ of columns))
 * @throws InputError for unknown options and values out of their range; when bound, for a task that tells no classes apart
 *
 * @example
 * ```ts
 * import { dist } from 'iekd';
 * dist({ beta: 1, gamma: 1, temperature: 1 });
 * ```
 */
export function dist(options: DistOptions = {}): Method {
  knownKeys('dist', options, DIST_OPTIONS);
  const settings = { beta: 2, gamma: 2, temperature: 4, ...options };
  const [beta, gamma] = [numberIn('dist: beta', settings.beta, 0), numberIn('dist: gamma', settings.gamma, 0)];
  const temperature = positive('dist: temperature', settings.temperature);
  return teacherLogitMethod('dist', settings, 1, (logits) => [
    {
      name: 'inter',
      value: interClassDistance(logits, temperature),
      weight: beta * temperature ** 2,
      reduction: 'mean over batch',
    },
    {
      name: 'intra',
      value: intraClassDistance(logits, temperature),
      weight: gamma * temperature ** 2,
      reduction: 'over the batch, mean over classes',
    },
  ]);
}
