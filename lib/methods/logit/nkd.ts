/**
 * Normalised knowledge distillation (Yang et al. 2023): cross-entropies with the teacher's probability of the label, and with its
 * probabilities of the other classes, normalised to 1.
 *   loss = task − t · log s + γ · T² · (− Σ over other classes of N(t) · log N(s) at T)
 * Defaults of the authors' code: γ = 1.5, T = 1.
 */
import { otherClassesCrossEntropy, targetCrossEntropy } from '../../losses/logit/normalisedKd';
import { knownKeys, numberIn, positive } from '../../util/check';
import type { Method } from '../method';
import { teacherLogitMethod } from './teacherLogits';

/** Options of `nkd`. */
export interface NkdOptions {
  /** γ, of the other classes, ≥ 0; default 1.5. */
  readonly gamma?: number;
  /** T of the other classes, above 0; default 1. */
  readonly temperature?: number;
}

/** Names of the options of `nkd`. */
export const NKD_OPTIONS: readonly (keyof NkdOptions)[] = ['gamma', 'temperature'];

/**
 * Normalised knowledge distillation (Yang et al. 2023), one teacher: the method `nkd`.
 *   loss = task − t · log s + γ · T² · (− Σ over other classes of N(t) · log N(s) at T)
 * @throws InputError for unknown options and values out of their range; when bound, for a task that tells no classes apart
 *
 * @example
 * ```ts
 * import { nkd } from 'iekd';
 * nkd({ gamma: 1, temperature: 2 });
 * ```
 */
export function nkd(options: NkdOptions = {}): Method {
  knownKeys('nkd', options, NKD_OPTIONS);
  const settings = { gamma: 1.5, temperature: 1, ...options };
  const gamma = numberIn('nkd: gamma', settings.gamma, 0);
  const temperature = positive('nkd: temperature', settings.temperature);
  return teacherLogitMethod('nkd', settings, 1, (logits) => [
    { name: 'target', value: targetCrossEntropy(logits), weight: 1, reduction: 'mean over batch' },
    {
      name: 'others',
      value: otherClassesCrossEntropy(logits, temperature),
      weight: gamma * temperature ** 2,
      reduction: 'sum over the other classes, mean over batch',
    },
  ]);
}
