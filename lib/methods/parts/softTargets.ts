/** The teachers' softened probabilities as a term of the loss. */
import { tf } from '../../engine/tf';
import type { LossTerm } from '../../optim/objective';
import type { SoftTargets } from '../../tasks/types';
import type { DistillationStep } from '../distillation';

/** How a soft term is softened and weighed. */
export interface SoftTermOptions {
  /** T, above 0. */
  readonly temperature: number;
  readonly weight: number;
}

/** weight · divergence(teacher at T ‖ student at T), for classification KL; the mean over teachers. */
export function softTerm(
  name: string,
  { divergence, reduction }: SoftTargets,
  { student, teachers }: DistillationStep,
  { temperature, weight }: SoftTermOptions,
): LossTerm {
  const each = teachers.map((teacher) => divergence(student, teacher, temperature));
  const sum = each.reduce((a, b) => tf.add<tf.Scalar>(a, b));
  const value = each.length === 1 ? sum : tf.div<tf.Scalar>(sum, each.length);
  return { name, value, weight, reduction };
}
