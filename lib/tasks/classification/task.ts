/** The task's own term of a loss. */
import type { tf } from '../../engine/tf';
import { crossEntropy } from '../../losses/crossEntropy';
import type { ForwardResult, Network } from '../../models/types';
import type { LossTerm } from '../../optim/objective';
import { refusePhrase } from '../../util/check';

/** Refuses a student that has nothing to tell apart. */
export function checkTask(where: string, { name, classes }: Network): void {
  if (classes < 2) throw refusePhrase(where, 'a student of at least two classes', `${name} with ${classes}`);
}

/** What the task's loss reads of a step. */
export interface ClassifiedBatch {
  readonly student: ForwardResult;
  /** int32 [batch] */
  readonly labels: tf.Tensor1D;
}

/** Cross-entropy of the student's logits, weight 1. */
export function taskTerm({ student, labels }: ClassifiedBatch): LossTerm {
  return { name: 'task', value: crossEntropy(student.logits, labels), weight: 1, reduction: 'mean over batch' };
}
