/** Methods that look at logits alone: no features, no variables, one stage. */
import { Variables } from '../../engine/variables';
import type { Task } from '../../tasks/types';
import { refuse } from '../../util/check';
import type { Distillation } from '../distillation';
import type { Method } from '../method';
import { taskOf } from './taskTerms';

/** The state of a method that decides nothing: empty, and only an empty one restores it. */
export function noState(name: string): Pick<Distillation, 'state' | 'restore'> {
  return {
    state: () => ({}),
    restore(state) {
      if (Object.keys(state).length > 0) throw refuse(`${name}: state`, 'none', state);
    },
  };
}

/** A method that is nothing but its terms. @param terms those for a task, which it may refuse */
export function logitMethod(
  name: string,
  teachers: number,
  options: Method['options'],
  terms: (task: Task) => Distillation['terms'],
): Method {
  const build: Method['build'] = (context) => {
    const task = taskOf(context);
    task.check(name, context.student);
    return {
      features: { teacher: [], student: [] },
      teacherStages: [],
      variables: new Variables(),
      ...noState(name),
      terms: terms(task),
      compare: () => [],
      dispose: () => undefined,
    };
  };
  return { name, options, teachers, ...(teachers > 0 ? { teacherLogits: true } : {}), build };
}
