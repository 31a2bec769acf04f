/**
 * Teacher-free distillation by self-training (Yuan et al. 2020): the teacher is a copy of the student's own
 * architecture that was trained before; the student starts afresh.
 *   loss = (1 − α) · task + α · multiplier · T² · KL(teacher at T ‖ student at T)
 * KL is summed over classes and averaged over the batch, as the formula says; the authors' code averages over classes too and makes
 * up for it by its multiplier, so that its 50 for CIFAR-100 is 0.5 here. Their α and T differ by network; the defaults are their
 * ResNet-18's, with a multiplier of 1.
 */

import { knownKeys, numberIn, positive } from '../util/check';
import type { Method } from './method';
import { logitMethod } from './parts/logitMethod';
import { ownKind } from './parts/ownKind';
import { softTerm } from './parts/softTargets';
import { softTargets, taskTerms } from './parts/taskTerms';

/** Options of `tfKdSelf`. */
export interface TfKdSelfOptions {
  /** Share of the teacher's term, in [0, 1]; default 0.95. */
  readonly alpha?: number;
  /** T, above 0; default 6. */
  readonly temperature?: number;
  /** Of the teacher's term, ≥ 0; default 1. */
  readonly multiplier?: number;
}

/** Names of the options of `tfkd-self`. */
export const TFKD_SELF_OPTIONS: readonly (keyof TfKdSelfOptions)[] = ['alpha', 'temperature', 'multiplier'];

/**
 * Teacher-free distillation by self-training (Yuan et al. 2020), one teacher: the method `tfkd-self`.
 *   loss = (1 − α) · task + α · multiplier · T² · KL(teacher at T ‖ student at T)
 * @throws InputError for unknown options and values out of their range; when bound, for a teacher that is not of the student's
 * own kind (`kd` takes any)
 *
 * @example
 * ```ts
 * import { buildNetwork, loadDataset, random, start, tfKdSelf, train } from 'iekd';
 * await start();
 * const data = await loadDataset('fashion-mnist', { train: 256, test: 64 });
 * const network = (seed: number) => buildNetwork({ name: 'resnet8', input: [32, 32, 1] }, random(seed));
 * const networks = { student: network(1), teachers: [network(2)] }; // the teacher is trained by supervised() before
 * await train({ ...networks, method: tfKdSelf({ temperature: 6 }), data, training: { epochs: 1 } });
 * ```
 */
export function tfKdSelf(options: TfKdSelfOptions = {}): Method {
  const name = 'tfkd-self';
  knownKeys(name, options, TFKD_SELF_OPTIONS);
  const { alpha = 0.95, temperature = 6, multiplier = 1 } = options;
  numberIn(`${name}: alpha`, alpha, 0, 1);
  positive(`${name}: temperature`, temperature);
  numberIn(`${name}: multiplier`, multiplier, 0);
  const weight = alpha * multiplier * temperature ** 2;
  const method = logitMethod(name, 1, { alpha, temperature, multiplier }, (task) => {
    const soft = softTargets(name, task);
    return (step) => [...taskTerms(task, step, 1 - alpha), softTerm(name, soft, step, { temperature, weight })];
  });
  return ownKind(name, method);
}
