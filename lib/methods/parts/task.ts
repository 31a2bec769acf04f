/** The task's own term of a loss. */
import { crossEntropy } from '../../losses/crossEntropy';
import type { LossTerm } from '../../training/types';
import type { DistillationStep } from '../types';

/** Cross-entropy of the student's logits, weight 1. */
export function taskTerm({ student, labels }: Pick<DistillationStep, 'student' | 'labels'>): LossTerm {
  return { name: 'task', value: crossEntropy(student.logits, labels), weight: 1, reduction: 'mean over batch' };
}
