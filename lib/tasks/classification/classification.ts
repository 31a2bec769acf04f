/** One label an image: cross-entropy, top-1 and top-5 accuracy, softened class probabilities; in training labels smoothed and images mixed. */
import type { Batch } from '../../data/types';
import { tf } from '../../engine/tf';
import { crossEntropy } from '../../losses/crossEntropy';
import { klDivergence } from '../../losses/kl';
import { refusePhrase } from '../../util/check';
import type { Task } from '../types';
import { accuracyMeter } from './accuracyMeter';
import { checkClasses } from './checkClasses';
import { type ClassificationOptions, completeOptions, ownOptions } from './classificationOptions';
import { mixBatch } from './mixing';

const FROM = '`from` (iekd train --from FILE)';

/**
 * The task that runs have where none is named. Its options say how training images and labels are softened; evaluation knows none of them.
 * @throws InputError for unknown options and values out of range
 * @example
 * ```ts
 * import { classification } from 'iekd';
 *
 * const task = classification({ labelSmoothing: 0.1, mixup: 0.2, cutmix: 1 }); // of train({ task, … }), or as the task of a configuration
 * ```
 */
export function classification(options: ClassificationOptions = {}): Task {
  const complete = completeOptions(options);
  const { labelSmoothing } = complete;
  const smoothing = labelSmoothing > 0 ? { labelSmoothing } : {};
  return {
    name: 'classification',
    options: ownOptions(complete),
    head: ({ classNames }) => ({ classes: classNames.length }),
    check(where, { name, classes }) {
      if (classes < 2) throw refusePhrase(where, 'a student of at least two classes', `${name} with ${classes}`);
    },
    checkData(where, { classes }, { name, classNames }) {
      const { length: count } = classNames;
      const next = `build it with classes: ${count}; a trained one learns other classes by ${FROM}, which draws its last layer anew`;
      if (classes !== count) throw refusePhrase(where, `${count} classes, as ${name} has`, `a network of ${classes}`, next);
    },
    checkTargets: checkClasses,
    ...(complete.mixup > 0 || complete.cutmix > 0 ? { mix: (batch, stream) => mixBatch(batch, complete, stream) } : {}),
    targets,
    usual: { network: 'resnet20', learningRate: 0.1 },
    termNames: ['task'],
    terms: ({ logits }, [labels, partners, share]) => {
      const against = (own: tf.Tensor): tf.Scalar => crossEntropy(logits, own as tf.Tensor1D, smoothing);
      const own = against(labels as tf.Tensor);
      return [
        {
          name: 'task',
          // The cross-entropy is linear in its target: of a mixed target it is the mixture of both labels' own.
          value: partners && share ? tf.add<tf.Scalar>(tf.mul(own, share), tf.mul(against(partners), tf.sub(1, share))) : own,
          weight: 1,
          reduction: 'mean over batch',
          role: 'task',
          expected: Math.log(logits.shape[1]),
        },
      ];
    },
    soft: {
      divergence: (student, teacher, temperature) => klDivergence(student.logits, teacher.logits, temperature),
      reduction: 'sum over classes, mean over batch',
    },
    classRows({ logits }, [labels, partners]) {
      if (partners) {
        throw refusePhrase(
          'classification',
          'one label an image, which the method needs',
          'mixup or cutmix',
          'train without them',
        );
      }
      return { logits, labels: labels as tf.Tensor1D };
    },
    meter: accuracyMeter,
    primary: { name: 'top1', better: 'higher', shownAs: 'error' },
    metrics: {
      top1: { title: 'top-1', quantity: 'accuracy', percent: true },
      top5: { title: 'top-5', quantity: 'top-5 accuracy', percent: true },
    },
    ...remarksOn(complete),
  };
}

/** int32 [batch]; of a mixed batch also the partners' labels, int32 [batch], and λ, a scalar. */
function targets({ labels, partners }: Batch): tf.Tensor[] {
  const own = tf.tensor1d(labels, 'int32');
  return partners ? [own, tf.tensor1d(partners.labels, 'int32'), tf.scalar(partners.share)] : [own];
}

/** What the head of a log says of options; nothing of the default task. */
function remarksOn({ labelSmoothing, mixup, cutmix, mixProbability }: Required<ClassificationOptions>): Pick<Task, 'remarks'> {
  const kinds = Object.entries({ mixup, CutMix: cutmix }).flatMap(([name, a]) =>
    a > 0 ? [`${name} with λ ~ Beta(${a}, ${a})`] : [],
  );
  const often = mixProbability < 1 ? `${100 * mixProbability} % of the training batches are` : 'Training batches are';
  const said = [
    ...(labelSmoothing > 0 ? [`Labels are smoothed: ${labelSmoothing} of each target is spread over all classes.`] : []),
    ...(kinds.length > 0 ? [`${often} mixed by ${kinds.join(' or by ')}.`] : []),
  ];
  return said.length > 0 ? { remarks: () => said } : {};
}
