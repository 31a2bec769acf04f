/**
 * Weighted soft labels (Zhou et al. 2021): soft labels count the less, the better the student knows an image compared with its teacher.
 *   loss = task + α · T² · mean over images of w · CE(teacher at T, student at T),  w = 1 − exp(− CE(student) / CE(teacher)) of the label
 * Defaults of the authors' code for ImageNet: α = 2.5, T = 2. The weight is a constant to the gradient, as there.
 */
import { weightedSoftLabels } from '../../losses/logit/weightedSoftLabels';
import { knownKeys, numberIn, positive } from '../../util/check';
import type { Method } from '../method';
import { teacherLogitMethod } from './teacherLogits';

/** Options of `wsld`. */
export interface WsldOptions {
  /** α, ≥ 0; default 2.5. */
  readonly alpha?: number;
  /** T, above 0; default 2. */
  readonly temperature?: number;
}

/** Names of the options of `wsld`. */
export const WSLD_OPTIONS: readonly (keyof WsldOptions)[] = ['alpha', 'temperature'];

/**
 * Weighted soft labels (Zhou et al. 2021), one teacher: the method `wsld`.
 *   loss = task + α · T² · mean over images of w · CE(teacher at T, student at T)
 * @throws InputError for unknown options and values out of their range; when bound, for a task that tells no classes apart
 *
 * @example
 * ```ts
 * import { wsld } from 'iekd';
 * wsld({ alpha: 2.25, temperature: 4 });
 * ```
 */
export function wsld(options: WsldOptions = {}): Method {
  knownKeys('wsld', options, WSLD_OPTIONS);
  const settings = { alpha: 2.5, temperature: 2, ...options };
  const alpha = numberIn('wsld: alpha', settings.alpha, 0);
  const temperature = positive('wsld: temperature', settings.temperature);
  return teacherLogitMethod('wsld', settings, 1, (logits) => [
    {
      name: 'soft',
      value: weightedSoftLabels(logits, temperature),
      weight: alpha * temperature ** 2,
      reduction: 'sum over classes, weighted mean over batch',
    },
  ]);
}
