/** Methods of two stages: the student is first trained by the method's own terms alone, then by the labels alone. */
import type { Distillation } from '../types';

/** Name of the first stage. */
export const PRETRAIN_STAGE = 'pretrain';

/**
 * `whole` in two stages, the first of so many epochs; as it is for 0. In the student's stage the method's terms weigh nothing:
 * they are measured, to show whether what was learnt lasts.
 */
export function inTwoStages(epochs: number, whole: Distillation): Distillation {
  if (epochs === 0) return whole;
  // A copy would lose the accessor of a state that is restored.
  return Object.assign(Object.create(whole) as Distillation, {
    introductions: [
      {
        name: PRETRAIN_STAGE,
        training: { epochs },
        terms: (step) => whole.terms(step).filter(({ name }) => name !== 'task'),
      },
    ],
    terms: (step) => whole.terms(step).map((term) => (term.name === 'task' ? term : { ...term, weight: 0 })),
  } satisfies Pick<Distillation, 'introductions' | 'terms'>);
}
