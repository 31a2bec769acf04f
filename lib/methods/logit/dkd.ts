/**
 * Decoupled knowledge distillation (Zhao et al. 2022): KD's divergence in two parts, of the target against the rest and among the rest,
 * with a weight each, where KD lets the second count for little on images that the teacher is sure of.
 *   loss = task + ramp · T² · (α · TCKD + β · NCKD)
 * Defaults of the authors' code for CIFAR-100: α = 1, T = 4, a ramp over 20 epochs; their β differs by pair, 8 (ResNet-32x4) being the
 * largest. Deviation: the ramp rises step by step from 0; theirs is epoch / 20, whole epochs from 1.
 */
import { otherClassesKd, targetClassKd } from '../../losses/logit/decoupledKd';
import { scheduledWeight } from '../../optim/weight';
import { knownKeys, numberIn, positive } from '../../util/check';
import type { Method } from '../method';
import { teacherLogitMethod } from './teacherLogits';

/** Options of `dkd`. */
export interface DkdOptions {
  /** α, of the target against the rest, ≥ 0; default 1. */
  readonly alpha?: number;
  /** β, among the rest, ≥ 0; default 8. */
  readonly beta?: number;
  /** T, above 0; default 4. */
  readonly temperature?: number;
  /** Epochs over which both rise from 0, ≥ 0; default 20. */
  readonly warmUp?: number;
}

/** Names of the options of `dkd`. */
export const DKD_OPTIONS: readonly (keyof DkdOptions)[] = ['alpha', 'beta', 'temperature', 'warmUp'];

/**
 * Decoupled knowledge distillation (Zhao et al. 2022), one teacher: the method `dkd`.
 *   loss = task + ramp · T² · (α · TCKD + β · NCKD)
 * @throws InputError for unknown options and values out of their range; when bound, for a task that tells no classes apart
 *
 * @example
 * ```ts
 * import { dkd } from 'iekd';
 * dkd({ beta: 2, warmUp: 5 });
 * ```
 */
export function dkd(options: DkdOptions = {}): Method {
  knownKeys('dkd', options, DKD_OPTIONS);
  const settings = { alpha: 1, beta: 8, temperature: 4, warmUp: 20, ...options };
  const { alpha, beta, warmUp } = settings;
  numberIn('dkd: alpha', alpha, 0);
  numberIn('dkd: beta', beta, 0);
  numberIn('dkd: warmUp', warmUp, 0);
  const temperature = positive('dkd: temperature', settings.temperature);
  const ramped = (share: number) =>
    scheduledWeight({ kind: 'linear', base: 1, floor: 1, warmUp: { epochs: warmUp } }, share * temperature ** 2);
  return teacherLogitMethod('dkd', settings, 1, (logits) => [
    {
      name: 'tckd',
      value: targetClassKd(logits, temperature),
      weight: ramped(alpha),
      reduction: 'of the target and the rest, mean over batch',
    },
    {
      name: 'nckd',
      value: otherClassesKd(logits, temperature),
      weight: ramped(beta),
      reduction: 'sum over the other classes, mean over batch',
    },
  ]);
}
