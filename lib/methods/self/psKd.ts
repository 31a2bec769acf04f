/**
 * Progressive self-knowledge distillation (Kim et al. 2021): the student's own predictions of the epoch before soften its labels, ever more.
 *   loss = (1 − α_t) · task + α_t · −Σ P_{t−1}(x) log p(x), mean over the batch; α_t = α · t / (epochs), t = 1, 2, … the epoch
 * which is the cross-entropy with (1 − α_t) y + α_t P_{t−1}(x), the paper's. α = 0.8 as there. P_{t−1}(x) are the probabilities that the
 * student gave an image when it met it last, in training mode and as the image was varied then, as in the authors' code: a table of images and
 * classes, which is part of a checkpoint; labels before the first epoch. Keeping the weights of the epoch before instead would cost a second
 * forward pass. Steps depend on which images are in a batch, so they are not captured.
 */
import { stopGradient } from '../../engine/detached';
import { tf } from '../../engine/tf';
import { Variables } from '../../engine/variables';
import { softCrossEntropy } from '../../losses/logit/softCrossEntropy';
import type { Clock, LossTerm } from '../../optim/objective';
import { weightAt } from '../../optim/weight';
import { knownKeys, numberIn, refuse } from '../../util/check';
import type { Distillation } from '../distillation';
import type { TrainingImages } from '../matcher';
import type { Method, MethodContext } from '../method';
import { imageRows, knownImages, numbersOf, replaceRows } from '../parts/imageRows';
import { noState } from '../parts/logitMethod';
import { classRows, taskOf, taskTerms } from '../parts/taskTerms';

/** Options of `psKd`. */
export interface PsKdOptions {
  /** α, the share of the student's own predictions in the last epoch, in [0, 1]; default 0.8. */
  readonly alpha?: number;
}

/** Names of the options of `ps-kd`. */
export const PS_KD_OPTIONS: readonly (keyof PsKdOptions)[] = ['alpha'];

const NAME = 'ps-kd';

/**
 * Progressive self-knowledge distillation (Kim et al. 2021), no teacher: the method `ps-kd`.
 *   loss = (1 − α_t) · task + α_t · cross-entropy with the student's predictions of the epoch before, α_t = α · t / epochs
 * @throws InputError for unknown options, and α outside [0, 1]; when bound, without the training images, and for a task that tells no classes
 * apart
 *
 * @example
 * ```ts
 * import { buildNetwork, loadDataset, psKd, random, start, train } from 'iekd';
 * await start();
 * const data = await loadDataset('fashion-mnist', { train: 256, test: 64 });
 * const student = buildNetwork({ name: 'resnet8', input: [32, 32, 1] }, random(1));
 * await train({ student, method: psKd(), data, training: { epochs: 2 } });
 * ```
 */
export function psKd(options: PsKdOptions = {}): Method {
  knownKeys(NAME, options, PS_KD_OPTIONS);
  const alpha = numberIn(`${NAME}: alpha`, options.alpha ?? 0.8, 0, 1);
  return { name: NAME, options: { alpha }, teachers: 0, build: (context) => bind(alpha, context) };
}

function bind(alpha: number, context: MethodContext): Distillation {
  const { student } = context;
  const task = taskOf(context);
  task.check(NAME, student);
  const rows = classRows(NAME, task);
  const images = knownImages(NAME, context.images);
  const variables = new Variables();
  const table = variables.add(
    'predictions',
    { shape: [images.count, student.classes], data: oneHot(images, student.classes) },
    false,
  );
  const share = (clock: Clock): number => progress(clock) * alpha;
  return {
    features: { teacher: [], student: [] },
    teacherStages: [],
    variables,
    ...noState(NAME),
    terms(step) {
      const numbers = numbersOf(NAME, step.numbers, images);
      const { logits } = rows(step);
      const value = softCrossEntropy(logits, imageRows(table, numbers));
      replaceRows(table, numbers, tf.softmax(stopGradient(logits)));
      const hard = taskTerms(task, step).map((term): LossTerm => {
        return { ...term, weight: (clock) => (1 - share(clock)) * weightAt(term.weight, clock) };
      });
      return [...hard, { name: NAME, value, weight: share, reduction: 'sum over classes, mean over batch' }];
    },
    compare: () => [],
    dispose: () => variables.dispose(),
  };
}

/** t / epochs, in (0, 1]; 0 where a stage has no end. */
const progress = ({ epoch, epochs }: Clock): number => Math.min((Math.floor(epoch) + 1) / epochs, 1);

/** [images, classes] @throws InputError for a class that the student has not */
function oneHot({ count, labels }: TrainingImages, classes: number): Float32Array {
  const table = new Float32Array(count * classes);
  for (let i = 0; i < count; i++) {
    const label = labels[i] as number;
    if (label >= classes) throw refuse(NAME, `training images of ${classes} classes, as the student`, label);
    table[i * classes + label] = 1;
  }
  return table;
}
