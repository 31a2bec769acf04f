/** Methods that look at logits alone: no features, no variables, one stage. */
import { Variables } from '../../engine/variables';
import { checkTask } from '../../tasks/classification/task';
import type { Distillation, Method } from '../types';
import { noState } from './state';

/** A method that is nothing but its terms. */
export function logitMethod(name: string, teachers: number, options: Method['options'], terms: Distillation['terms']): Method {
  const build: Method['build'] = ({ student }) => {
    checkTask(name, student);
    return {
      reads: { teacher: [], student: [] },
      fits: [],
      variables: new Variables(),
      ...noState(name),
      terms,
      compare: () => [],
      dispose: () => undefined,
    };
  };
  return { name, options, teachers, build };
}
