/** Methods of one teacher that compare both networks' logits, image by image: of tasks that tell classes apart. */
import type { LabelledLogits } from '../../losses/logit/pairedLogits';
import type { LossTerm } from '../../optim/objective';
import { refuse } from '../../util/check';
import type { DistillationStep } from '../distillation';
import type { Method } from '../method';
import { logitMethod } from '../parts/logitMethod';
import { classRows, taskTerms } from '../parts/taskTerms';

/** Its terms beside the task's, of the rows of a step. */
export type LogitTerms = (logits: LabelledLogits) => LossTerm[];

/** task · `share` and the method's own terms. */
export function teacherLogitMethod(name: string, options: Method['options'], share: number, terms: LogitTerms): Method {
  return logitMethod(name, 1, options, (task) => {
    const rows = classRows(name, task);
    return (step) => [...taskTerms(task, step, share), ...terms(labelled(name, rows, step))];
  });
}

function labelled(name: string, rows: ReturnType<typeof classRows>, step: DistillationStep): LabelledLogits {
  const [teacher] = step.teachers;
  if (!teacher) throw refuse(name, 'one teacher', 0);
  const { logits, labels } = rows(step);
  return { student: logits, teacher: rows({ ...step, student: teacher }).logits, labels };
}
