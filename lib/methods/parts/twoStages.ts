/**
 * Methods of two stages: the student is first trained by the method's own terms alone, then by the task, by a teacher's softened
 * probabilities, or by both.
 *   second loss = task · cross-entropy + soft · KL(teacher at T ‖ student at T), KL summed over classes, averaged over the batch
 */
import { integerIn, knownKeys, numberIn, positive, refuse } from '../../util/check';
import type { Distillation, DistillationStep } from '../distillation';
import type { Matcher, SecondStage, TwoStages } from '../matcher';
import type { Method, MethodContext } from '../method';
import { softTerm } from './softTargets';
import { softTargets, splitTerms, taskOf, weighed } from './taskTerms';

/** Name of the first stage. */
const PRETRAIN_STAGE = 'pretrain';

/** Labels alone. */
export const BY_LABELS: Required<SecondStage> = { task: 1, soft: 0, temperature: 4 };

/** The checked options `pretrain` and `second` of a matcher; what `second` does not say is as in `defaults`. */
export function twoStages(where: string, pretrain: number, given: SecondStage, defaults: Required<SecondStage>): TwoStages {
  integerIn(`${where}: pretrain`, pretrain);
  if (typeof given !== 'object' || given === null) throw refuse(`${where}: second`, 'task, soft, temperature', given);
  knownKeys(`${where}: second`, given, Object.keys(BY_LABELS));
  const second = { ...defaults, ...given };
  numberIn(`${where}: second: task`, second.task, 0);
  numberIn(`${where}: second: soft`, second.soft, 0);
  positive(`${where}: second: temperature`, second.temperature);
  if (second.task + second.soft === 0) throw refuse(`${where}: second`, 'a weight above 0', second);
  return { pretrain, second };
}

/** Whether the second stage is trained by the teacher's probabilities: as an entry of a method. */
export function logitsOf({ stages }: Pick<Matcher, 'stages'>): Pick<Method, 'teacherLogits'> {
  return stages && stages.pretrain > 0 && stages.second.soft > 0 ? { teacherLogits: true } : {};
}

/**
 * What `build` makes, in the stages that its matcher asks for; as it is without a first one. In the student's stage the method's terms weigh
 * nothing: they are measured, to show whether what was learnt lasts.
 */
export function inTwoStages(
  { name, stages }: Pick<Matcher, 'name' | 'stages'>,
  context: MethodContext,
  build: () => Distillation,
): Distillation {
  if (!stages || stages.pretrain === 0) return build();
  const { pretrain, second } = stages;
  const soft = second.soft > 0 ? softTargets(`${name}: second: soft`, taskOf(context)) : undefined;
  const whole = build();
  const { teacherMode } = whole;
  const first = {
    name: PRETRAIN_STAGE,
    training: { epochs: pretrain },
    terms: (step: DistillationStep) => splitTerms(whole.terms(step)).own,
    ...(teacherMode ? { teacherMode } : {}),
  };
  return {
    ...whole,
    pretrainStages: [first],
    teacherMode: 'evaluation',
    terms(step) {
      const { task: labelled, own } = splitTerms(whole.terms(step));
      const { temperature, soft: weight } = second;
      const softened = soft ? [softTerm('kd', soft, step, { temperature, weight })] : [];
      return [...weighed(labelled, second.task), ...softened, ...own.map((term) => ({ ...term, weight: 0 }))];
    },
  };
}
