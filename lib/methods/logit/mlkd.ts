/**
 * Multi-level logit distillation (Jin et al. 2023): probabilities at several temperatures are aligned image by image, and by how those
 * of a batch go together, image with image and class with class.
 *   loss = task + Σ over T of (instance · T² · KL + batch · ‖P_s P_sᵀ − P_t P_tᵀ‖² / rows + classes · ‖P_sᵀ P_s − P_tᵀ P_t‖² / classes)
 * Deviations: one view of an image, where the authors' code has a weak and a strong one and leaves out what the teacher is not sure of; one
 * weight a level, 1, a default ours. From memory, unconfirmed: the temperatures, and by what the sums are divided.
 */
import { tf } from '../../engine/tf';
import { klDivergence } from '../../losses/kl';
import type { PairedLogits } from '../../losses/logit/pairedLogits';
import { batchGramDistance, classGramDistance } from '../../losses/logit/probabilityGrams';
import { knownKeys, listIn, numberIn, positive, refuse } from '../../util/check';
import type { Method } from '../method';
import { teacherLogitMethod } from './teacherLogits';

/** Options of `mlkd`. */
export interface MlkdOptions {
  /** Each above 0; default 2, 3, 4, 5, 6. */
  readonly temperatures?: readonly number[];
  /** Of the divergence, ≥ 0; default 1. */
  readonly instance?: number;
  /** Of the distance image with image, ≥ 0; default 1. */
  readonly batch?: number;
  /** Of the distance class with class, ≥ 0; default 1. */
  readonly classes?: number;
}

/** Names of the options of `mlkd`. */
export const MLKD_OPTIONS: readonly (keyof MlkdOptions)[] = ['temperatures', 'instance', 'batch', 'classes'];

/**
 * Multi-level logit distillation (Jin et al. 2023), one teacher: the method `mlkd`.
 *   loss = task + Σ over T of (instance · T² · KL + batch · Gram distance of images + classes · Gram distance of classes)
 * @throws InputError for unknown options and values out of their range; when bound, for a task that tells no classes apart
 *
 * @example
 * ```ts
 * import { mlkd } from 'iekd';
 * mlkd({ temperatures: [2, 4], classes: 0 });
 * ```
 */
export function mlkd(options: MlkdOptions = {}): Method {
  knownKeys('mlkd', options, MLKD_OPTIONS);
  const settings = { temperatures: [2, 3, 4, 5, 6], instance: 1, batch: 1, classes: 1, ...options };
  const { temperatures, instance, batch, classes } = settings;
  if (listIn('mlkd: temperatures', 'numbers', temperatures).length === 0) {
    throw refuse('mlkd: temperatures', 'at least one', temperatures);
  }
  for (const temperature of temperatures) positive('mlkd: temperatures', temperature);
  for (const [name, weight] of Object.entries({ instance, batch, classes })) numberIn(`mlkd: ${name}`, weight, 0);
  const overAll = (f: (temperature: number) => tf.Scalar): tf.Scalar =>
    temperatures.map(f).reduce((a, b) => tf.add<tf.Scalar>(a, b));
  return teacherLogitMethod('mlkd', settings, 1, (logits) => [
    {
      name: 'instance',
      value: overAll((t) => divergence(logits, t)),
      weight: instance,
      reduction: 'T² · KL, mean over batch, sum over T',
    },
    {
      name: 'batch',
      value: overAll((t) => batchGramDistance(logits, t)),
      weight: batch,
      reduction: 'sum over pairs of images, by the batch, sum over T',
    },
    {
      name: 'classes',
      value: overAll((t) => classGramDistance(logits, t)),
      weight: classes,
      reduction: 'sum over pairs of classes, by their number, sum over T',
    },
  ]);
}

/** T² · KL(teacher at T ‖ student at T) */
const divergence = ({ student, teacher }: PairedLogits, temperature: number): tf.Scalar =>
  tf.mul<tf.Scalar>(klDivergence(student, teacher, temperature), temperature ** 2);
