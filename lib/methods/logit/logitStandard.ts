/**
 * Logit standardisation (Sun et al. 2024): a method of logits sees both networks' logits as z-scores, of mean 0 and deviation 1 a row,
 * so that a small student need not match the size of its teacher's. The task sees the student's own logits.
 * The authors' code puts it before KD, DKD and others, with T = 2 and KD's soft term weighed by 9; weights here are those of the method.
 */
import { standardLogits } from '../../losses/logit/standardLogits';
import type { ForwardResult } from '../../models/types';
import { refusePhrase } from '../../util/check';
import type { DistillationStep } from '../distillation';
import { methodIn } from '../givenMethod';
import type { Method } from '../method';
import { classRows, splitTerms, taskOf } from '../parts/taskTerms';

/**
 * Logit standardisation (Sun et al. 2024) over a method of a teacher's logits: the method `logit-standard`.
 *   its terms, of (z − mean) / deviation in the place of z; the task's as they are
 * @throws InputError for a method that does not look at logits; when bound, for one of maps, and a task that tells no classes apart
 *
 * @example
 * ```ts
 * import { dkd, kdMethod, logitStandard } from 'iekd';
 * logitStandard(kdMethod({ alpha: 0.9, temperature: 2 }));
 * logitStandard(dkd({ temperature: 2 }));
 * ```
 */
export function logitStandard(method: Method): Method {
  const name = 'logit-standard';
  methodIn(name, method);
  if (!method.teacherLogits) throw refusePhrase(name, "a method of a teacher's logits", method.name, 'kd and dkd are');
  const build: Method['build'] = (context) => {
    const task = taskOf(context);
    task.check(name, context.student);
    classRows(name, task);
    const whole = method.build(context);
    const maps = [...new Set([...whole.features.student, ...whole.features.teacher])];
    if (maps.length > 0) {
      whole.dispose();
      throw refusePhrase(name, 'a method of logits alone', `${method.name}, which compares ${maps.join(', ')}`);
    }
    return {
      ...whole,
      terms(step) {
        // What a method adds to the task's terms, and with which share it takes those, is its own: both are asked of it.
        return [...splitTerms(whole.terms(step)).task, ...splitTerms(whole.terms(standardStep(step))).own];
      },
    };
  };
  return { ...method, name, options: { over: { name: method.name, ...method.options } }, build };
}

function standardStep(step: DistillationStep): DistillationStep {
  const standard = (result: ForwardResult): ForwardResult => ({ ...result, logits: standardLogits(result.logits) });
  return { ...step, student: standard(step.student), teachers: step.teachers.map(standard) };
}
