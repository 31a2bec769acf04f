/** The task's own term of a loss. */
import { crossEntropy } from '../../losses/crossEntropy';
import type { Network } from '../../models/types';
import type { LossTerm } from '../../training/types';
import { refusePhrase } from '../../util/check';
import type { DistillationStep } from '../types';

/** Refuses a student that has nothing to tell apart. */
export function checkTask(where: string, { name, classes }: Network): void {
  if (classes < 2) throw refusePhrase(where, 'a student of at least two classes', `${name} with ${classes}`);
}

/** Cross-entropy of the student's logits, weight 1. */
export function taskTerm({ student, labels }: Pick<DistillationStep, 'student' | 'labels'>): LossTerm {
  return { name: 'task', value: crossEntropy(student.logits, labels), weight: 1, reduction: 'mean over batch' };
}
