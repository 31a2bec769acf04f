/**
 * Knowledge distillation (Hinton et al. 2015): the teacher's softened probabilities.
 *   loss = (1 − α) · task + α · T² · KL(teacher at T ‖ student at T), KL summed over classes and averaged over the batch
 * Defaults: those of the released code of IE-KD for CIFAR-100, α = 0.9 and T = 4 (its CIFAR-10: 0.95 and 20).
 */

import { knownKeys, numberIn, positive } from '../util/check';
import type { Method } from './method';
import { logitMethod } from './parts/logitMethod';
import { softTerm } from './parts/softTargets';
import { softTargets, taskTerms } from './parts/taskTerms';

/** Options of the method `kd`. */
export interface KdMethodOptions {
  /** Share of the soft term, in [0, 1]; default 0.9. */
  readonly alpha?: number;
  /** T, above 0; default 4. */
  readonly temperature?: number;
}

/** Names of the options of `kd`. */
export const KD_OPTIONS: readonly (keyof KdMethodOptions)[] = ['alpha', 'temperature'];

/**
 * Knowledge distillation (Hinton et al. 2015, section 2), one teacher: the method `kd`. Both networks see the same images: a teacher that
 * was made for another height and width is placed on them, as for every method (`TrainOptions.teachers`); it tells the student's classes.
 *   loss = (1 − α) · task + α · T² · KL(teacher at T ‖ student at T)
 * @throws InputError for unknown options, α outside [0, 1], T that is not above 0
 *
 * @example
 * ```ts
 * import { buildNetwork, kdMethod, loadDataset, random, start, train } from 'iekd';
 * await start();
 * const data = await loadDataset('fashion-mnist', { train: 256, test: 64 });
 * const network = (name: string, seed: number) => buildNetwork({ name, input: [32, 32, 1] }, random(seed));
 * const networks = { student: network('resnet8', 1), teachers: [network('resnet14', 2)] };
 * await train({ ...networks, method: kdMethod({ alpha: 0.95, temperature: 20 }), data, training: { epochs: 1 } });
 * ```
 */
export function kdMethod(options: KdMethodOptions = {}): Method {
  knownKeys('kd', options, KD_OPTIONS);
  const settings = checked('kd', { alpha: 0.9, temperature: 4, ...options });
  const { alpha, temperature } = settings;
  return logitMethod('kd', 1, settings, (task) => {
    const soft = softTargets('kd', task);
    return (step) => [
      ...taskTerms(task, step, 1 - alpha),
      softTerm('kd', soft, step, { temperature, weight: alpha * temperature ** 2 }),
    ];
  });
}

function checked(where: string, { alpha, temperature }: Required<KdMethodOptions>): Required<KdMethodOptions> {
  return { alpha: numberIn(`${where}: alpha`, alpha, 0, 1), temperature: positive(`${where}: temperature`, temperature) };
}
