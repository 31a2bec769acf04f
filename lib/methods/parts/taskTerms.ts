/** What methods ask of the task that a student is trained for; they never ask which one it is. */
import type { LossTerm } from '../../optim/objective';
import { scaledWeight } from '../../optim/weight';
import { DEFAULT_TASK } from '../../tasks';
import type { ClassRows, SoftTargets, Task } from '../../tasks/types';
import { refusePhrase } from '../../util/check';
import type { DistillationStep } from '../distillation';
import type { MethodContext } from '../method';

/** The task of a context. */
export const taskOf = ({ task = DEFAULT_TASK }: Pick<MethodContext, 'task'>): Task => task;

/** The task's own terms for the student, each weight times `share`. */
export function taskTerms(
  task: Task,
  { student, targets }: Pick<DistillationStep, 'student' | 'targets'>,
  share = 1,
): LossTerm[] {
  return weighed(task.terms(student, targets), share);
}

/** The terms with each weight times `share`. */
export const weighed = (terms: readonly LossTerm[], share: number): LossTerm[] =>
  terms.map((term) => ({ ...term, weight: scaledWeight(term.weight, share) }));

/** The terms of the task and those of the method, each in their order. */
export function splitTerms(terms: readonly LossTerm[]): { readonly task: LossTerm[]; readonly own: LossTerm[] } {
  return { task: terms.filter(({ role }) => role === 'task'), own: terms.filter(({ role }) => role !== 'task') };
}

/** @throws InputError naming the task where it has no probabilities that a student could take over */
export function softTargets(where: string, { name, soft }: Task): SoftTargets {
  if (!soft) throw refusePhrase(where, 'a task with soft targets', `${name}, which has none`);
  return soft;
}

/** @throws InputError naming the task where it has no rows with a class each */
export function classRows(where: string, task: Task): (step: DistillationStep) => ClassRows {
  const { name } = task;
  if (!task.classRows) throw refusePhrase(where, 'a task that tells classes apart', `${name}, which does not`);
  return ({ student, targets }) => task.classRows?.(student, targets) as ClassRows;
}
