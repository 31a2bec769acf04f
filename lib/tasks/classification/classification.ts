/** One label an image: cross-entropy, top-1 and top-5 accuracy, softened class probabilities. */
import { tf } from '../../engine/tf';
import { crossEntropy } from '../../losses/crossEntropy';
import { klDivergence } from '../../losses/kl';
import { knownKeys, refusePhrase } from '../../util/check';
import type { Task } from '../types';
import { accuracyMeter } from './accuracyMeter';
import { checkClasses } from './checkClasses';

/** The task that runs have where none is named. It has no options. */
export function classification(options: Readonly<Record<string, unknown>> = {}): Task {
  knownKeys('classification', options, []);
  return {
    name: 'classification',
    options: {},
    head: ({ classNames }) => ({ classes: classNames.length }),
    check(where, { name, classes }) {
      if (classes < 2) throw refusePhrase(where, 'a student of at least two classes', `${name} with ${classes}`);
    },
    checkData(where, { classes }, { name, classNames }) {
      if (classes !== classNames.length)
        throw refusePhrase(where, `${classNames.length} classes, as ${name} has`, `a network of ${classes}`);
    },
    checkTargets: checkClasses,
    targets: ({ labels }) => [tf.tensor1d(labels, 'int32')],
    usual: { network: 'resnet20', learningRate: 0.1 },
    termNames: ['task'],
    terms: ({ logits }, targets) => [
      {
        name: 'task',
        value: crossEntropy(logits, labelsOf(targets)),
        weight: 1,
        reduction: 'mean over batch',
        role: 'task',
        expected: Math.log(logits.shape[1]),
      },
    ],
    soft: {
      divergence: (student, teacher, temperature) => klDivergence(student.logits, teacher.logits, temperature),
      reduction: 'sum over classes, mean over batch',
    },
    classRows: ({ logits }, targets) => ({ logits, labels: labelsOf(targets) }),
    meter: accuracyMeter,
    primary: { name: 'top1', better: 'higher', shownAs: 'error' },
    metrics: {
      top1: { title: 'top-1', quantity: 'accuracy', percent: true },
      top5: { title: 'top-5', quantity: 'top-5 accuracy', percent: true },
    },
  };
}

/** int32 [batch] */
const labelsOf = ([labels]: readonly tf.Tensor[]): tf.Tensor1D => labels as tf.Tensor1D;
