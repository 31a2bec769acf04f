/**
 * Teacher-free distillation by regularisation (Yuan et al. 2020, section 5): a virtual teacher that favours the label.
 *   loss = (1 − α) · task + α · multiplier · KL(softmax(p / T) ‖ student), p = 0.99 on the label and the rest shared
 * The code softens probabilities, not logits, and does not soften the student, where the paper's formula does: `student`. KL is
 * summed over classes and averaged over the batch; the code averages over classes too. The multiplier is the code's, default 1.
 */
import { virtualTeacherDivergence } from '../losses/virtualTeacher';
import { knownKeys, numberIn, pick, positive } from '../util/check';
import type { Method } from './method';
import { logitMethod } from './parts/logitMethod';
import { classRows, taskTerms } from './parts/taskTerms';

/** Options of `tfKdReg`. */
export interface TfKdRegOptions {
  /** Share of the regularising term, in [0, 1]; default 0.1. */
  readonly alpha?: number;
  /** T, above 0; default 20. */
  readonly temperature?: number;
  /** Probability that the virtual teacher gives the label, in [0, 1]; default 0.99. */
  readonly correct?: number;
  /** Of the regularising term, ≥ 0; default 1. */
  readonly multiplier?: number;
  /** `code` (default): the student is not softened; `paper`: it is. */
  readonly student?: 'code' | 'paper';
}

/** Names of the options of `tfkd-reg`. */
export const TFKD_REG_OPTIONS: readonly (keyof TfKdRegOptions)[] = ['alpha', 'temperature', 'correct', 'multiplier', 'student'];

const STUDENTS = { code: 'code', paper: 'paper' } as const;

/**
 * Teacher-free distillation by regularisation (Yuan et al. 2020, section 5), no teacher: the method `tfkd-reg`.
 *   loss = (1 − α) · task + α · multiplier · KL(softmax(p / T) ‖ student), p = `correct` on the label and the rest shared
 * @throws InputError for unknown options and values out of their range
 *
 * @example
 * ```ts
 * import { tfKdReg } from 'iekd';
 * tfKdReg(); // as the authors' code, which does not soften the student
 * tfKdReg({ student: 'paper', temperature: 40 }); // as the paper's formula, which does
 * ```
 */
export function tfKdReg(options: TfKdRegOptions = {}): Method {
  const name = 'tfkd-reg';
  knownKeys(name, options, TFKD_REG_OPTIONS);
  const { alpha = 0.1, temperature = 20, correct = 0.99, multiplier = 1 } = options;
  numberIn(`${name}: alpha`, alpha, 0, 1);
  positive(`${name}: temperature`, temperature);
  numberIn(`${name}: correct`, correct, 0, 1);
  numberIn(`${name}: multiplier`, multiplier, 0);
  const student = pick<'code' | 'paper'>(`${name}: student`, STUDENTS, options.student ?? 'code');
  return logitMethod(name, 0, { alpha, temperature, correct, multiplier, student }, (task) => {
    const rows = classRows(name, task);
    return (step) => {
      const { logits, labels } = rows(step);
      const value = virtualTeacherDivergence(logits, labels, { correct, temperature, student });
      return [
        ...taskTerms(task, step, 1 - alpha),
        { name, value, weight: alpha * multiplier, reduction: 'sum over classes, mean over batch' },
      ];
    };
  });
}
