/**
 * Knowledge distillation from several teachers (Hinton et al. 2015, section 1; You et al. 2017): a weighted mean of what each would have
 * the student answer.
 *   loss = (1 − α) · task + α · T² · Σ over teachers of w · KL(teacher at T ‖ student at T), Σ w = 1
 * α = 0.9, T = 4 and two teachers are defaults ours, the first two those of `kd`.
 * To the student the same as KL from the weighted mean of the teachers' probabilities: the two differ by what does not depend on it.
 */
import { tf } from '../../engine/tf';
import type { ForwardResult } from '../../models/types';
import { integerIn, knownKeys, listIn, numberIn, positive, refuse } from '../../util/check';
import type { Method } from '../method';
import { logitMethod } from '../parts/logitMethod';
import { softTargets, taskTerms } from '../parts/taskTerms';

/** Options of `ensemble-kd`. */
export interface EnsembleKdOptions {
  /** Share of the soft term, in [0, 1]; default 0.9. */
  readonly alpha?: number;
  /** T, above 0; default 4. */
  readonly temperature?: number;
  /** How many, at least 1; default 2. */
  readonly teachers?: number;
  /** One for each teacher, ≥ 0, not all 0; they are divided by their sum. Default all alike. */
  readonly weights?: readonly number[];
}

/** Names of the options of `ensemble-kd`. */
export const ENSEMBLE_KD_OPTIONS: readonly (keyof EnsembleKdOptions)[] = ['alpha', 'temperature', 'teachers', 'weights'];

/**
 * Knowledge distillation from several teachers: the method `ensemble-kd`.
 *   loss = (1 − α) · task + α · T² · Σ over teachers of w · KL(teacher at T ‖ student at T)
 * @throws InputError for unknown options, values out of their range, and another number of weights than of teachers
 *
 * @example
 * ```ts
 * import { ensembleKd } from 'iekd';
 * ensembleKd({ teachers: 3, weights: [2, 1, 1] }); // train() is given three teachers, the first counts for half
 * ```
 */
export function ensembleKd(options: EnsembleKdOptions = {}): Method {
  const name = 'ensemble-kd';
  knownKeys(name, options, ENSEMBLE_KD_OPTIONS);
  const { alpha = 0.9, temperature = 4, teachers = 2 } = options;
  numberIn(`${name}: alpha`, alpha, 0, 1);
  positive(`${name}: temperature`, temperature);
  integerIn(`${name}: teachers`, teachers, 1);
  const { weights = Array<number>(teachers).fill(1) } = options;
  const shares = sharesOf(`${name}: weights`, weights, teachers);
  return logitMethod(name, teachers, { alpha, temperature, teachers, weights }, (task) => {
    const soft = softTargets(name, task);
    return (step) => {
      const each = shares.map((share, i) =>
        tf.mul<tf.Scalar>(soft.divergence(step.student, step.teachers[i] as ForwardResult, temperature), share),
      );
      const value = each.reduce((a, b) => tf.add<tf.Scalar>(a, b));
      const reduction = `${soft.reduction}, weighted mean over teachers`;
      return [...taskTerms(task, step, 1 - alpha), { name: 'kd', value, weight: alpha * temperature ** 2, reduction }];
    };
  });
}

function sharesOf(where: string, weights: readonly number[], teachers: number): number[] {
  if (listIn(where, 'numbers', weights).length !== teachers) {
    throw refuse(where, `a weight for each of ${teachers} teachers`, weights);
  }
  for (const weight of weights) numberIn(where, weight, 0);
  const sum = weights.reduce((a, b) => a + b, 0);
  if (sum === 0) throw refuse(where, 'a weight above 0', weights);
  return weights.map((weight) => weight / sum);
}
