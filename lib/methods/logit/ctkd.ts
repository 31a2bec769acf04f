/**
 * Curriculum temperature (Li et al. 2023): KD whose temperature is learnt to make the student's task harder, ever more so at first.
 *   loss = (1 − α) · task + α · T² · KL(teacher at T ‖ student at T), T = start + range · sigmoid(θ); θ gets −λ times its gradient
 *   λ = (1 − cos(π · min(e, loops − 1) / (loops − 1))) / 2 in epoch e, the first being 1
 * The reversal is a term of its own, `temperature`: the same divergence with the logits as constants, of weight −α λ, so that λ is an input of
 * a captured step. The authors' global temperature, and their defaults: T from 1 to 21, θ = 1 at first, ten loops; α is KD's there, 0.9 a
 * default ours. Their other form, a temperature an image by a network of its own, is not here.
 */
import { stopGradient } from '../../engine/detached';
import { tf } from '../../engine/tf';
import { Variables } from '../../engine/variables';
import { softDivergence } from '../../losses/logit/softDivergence';
import type { Clock } from '../../optim/objective';
import { integerIn, knownKeys, numberIn, positive } from '../../util/check';
import type { Method } from '../method';
import { teacherLogitMethod } from './teacherLogits';

/** Options of `ctkd`. */
export interface CtkdOptions {
  /** Share of the soft term, in [0, 1]; default 0.9. */
  readonly alpha?: number;
  /** The least T, above 0; default 1. */
  readonly start?: number;
  /** How far T may rise above that, above 0; default 20. */
  readonly range?: number;
  /** Epochs until the reversal is whole, at least 2; default 10. */
  readonly loops?: number;
}

/** Names of the options of `ctkd`. */
export const CTKD_OPTIONS: readonly (keyof CtkdOptions)[] = ['alpha', 'start', 'range', 'loops'];

/**
 * Curriculum temperature (Li et al. 2023), one teacher: the method `ctkd`; θ is trained with the student.
 *   loss = (1 − α) · task + α · T² · KL(teacher at T ‖ student at T), T learnt by the reversed gradient
 * @throws InputError for unknown options and values out of their range; when bound, for a task that tells no classes apart
 *
 * @example
 * ```ts
 * import { ctkd } from 'iekd';
 * ctkd({ loops: 20 });
 * ```
 */
export function ctkd(options: CtkdOptions = {}): Method {
  knownKeys('ctkd', options, CTKD_OPTIONS);
  const settings = { alpha: 0.9, start: 1, range: 20, loops: 10, ...options };
  const alpha = numberIn('ctkd: alpha', settings.alpha, 0, 1);
  const [start, range] = [positive('ctkd: start', settings.start), positive('ctkd: range', settings.range)];
  const loops = integerIn('ctkd: loops', settings.loops, 2);
  const reduction = 'sum over classes, mean over batch';
  const build: Method['build'] = (context) => {
    const variables = new Variables();
    const method = teacherLogitMethod('ctkd', settings, 1 - alpha, ({ student, teacher }) => {
      const theta = tf.reshape<tf.Rank.R0>(variables.get('theta'), []);
      const temperature: tf.Scalar = tf.add(tf.mul(sigmoid(theta), range), start);
      const kd = softDivergence({ student, teacher }, stopGradient(temperature));
      const reversed = softDivergence({ student: stopGradient(student), teacher }, temperature);
      return [
        { name: 'kd', value: kd, weight: alpha, reduction },
        { name: 'temperature', value: reversed, weight: (clock) => 0 - alpha * reversal(clock, loops), reduction },
      ];
    });
    const bound = method.build(context);
    variables.add('theta', { shape: [1], data: Float32Array.of(1) });
    return { ...bound, variables, dispose: () => variables.dispose() };
  };
  return { name: 'ctkd', options: settings, teachers: 1, teacherLogits: true, build };
}

/** 1 / (1 + e^−θ), of functions that every engine has fast. */
const sigmoid = (theta: tf.Scalar): tf.Scalar => tf.div(1, tf.add(tf.exp(tf.neg(theta)), 1));

/** λ, in (0, 1] */
function reversal({ epoch }: Clock, loops: number): number {
  const loop = Math.min(Math.floor(epoch) + 1, loops - 1);
  return (1 - Math.cos((Math.PI * loop) / (loops - 1))) / 2;
}
