/**
 * Born-again networks (Furlanello et al. 2018): a student of its teacher's own kind, trained by the labels and the teacher's probabilities.
 *   loss = task + weight · KL(teacher ‖ student), T = 1
 * The paper's BAN with labels; each generation is a run, whose teacher is the run before. KL in the place of the cross-entropy, which has
 * the same gradient.
 */
import { checkSchedule, type Schedule } from '../../optim/schedule';
import { scheduledWeight } from '../../optim/weight';
import { knownKeys } from '../../util/check';
import type { Method } from '../method';
import { logitMethod } from '../parts/logitMethod';
import { ownKind } from '../parts/ownKind';
import { softTargets, taskTerms } from '../parts/taskTerms';

/** Options of `born-again`. */
export interface BornAgainOptions {
  /** Of the divergence over epochs, ≥ 0; default 1. */
  readonly weight?: Schedule;
}

/** Names of the options of `born-again`. */
export const BORN_AGAIN_OPTIONS: readonly (keyof BornAgainOptions)[] = ['weight'];

/**
 * Born-again networks (Furlanello et al. 2018), one teacher: the method `born-again`.
 *   loss = task + weight · KL(teacher ‖ student)
 * @throws InputError for unknown options; when bound, for a teacher that is not of the student's own kind (`kd` takes any)
 *
 * @example
 * ```ts
 * import { bornAgain } from 'iekd';
 * bornAgain(); // its teacher: the same network, trained before, or the generation before
 * ```
 */
export function bornAgain(options: BornAgainOptions = {}): Method {
  const name = 'born-again';
  knownKeys(name, options, BORN_AGAIN_OPTIONS);
  const weight = checkSchedule(`${name}: weight`, options.weight ?? 1);
  const method = logitMethod(name, 1, { weight }, (task) => {
    const soft = softTargets(name, task);
    return (step) => {
      const [teacher] = step.teachers;
      const value = soft.divergence(step.student, teacher as typeof step.student, 1);
      return [...taskTerms(task, step), { name, value, weight: scheduledWeight(weight), reduction: soft.reduction }];
    };
  });
  return ownKind(name, method);
}
