/** The teachers' softened probabilities as a term of the loss. */
import { tf } from '../../engine/tf';
import { klDivergence } from '../../losses/kl';
import type { LossTerm } from '../../optim/objective';
import type { DistillationStep } from '../distillation';

/** weight · KL(teacher at T ‖ student at T), the mean over teachers. */
export function softTerm(name: string, { student, teachers }: DistillationStep, temperature: number, weight: number): LossTerm {
  const each = teachers.map(({ logits }) => klDivergence(student.logits, logits, temperature));
  const sum = each.reduce((a, b) => tf.add<tf.Scalar>(a, b));
  const value = each.length === 1 ? sum : tf.div<tf.Scalar>(sum, each.length);
  return { name, value, weight, reduction: 'sum over classes, mean over batch' };
}
