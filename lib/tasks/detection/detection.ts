/**
 * Objects in boxes (Liu et al. 2016, SSD): class scores and offsets at priors, hard negatives, mean average precision. Networks are those that
 * have priors (`ssd-resnet8`), data sets those whose images have objects (`detectionDataset`).
 */
import { multiboxLoss } from '../../detection/multiboxLoss';
import { type PriorChoice, priorsFor } from '../../detection/priors/priorChoice';
import type { tf } from '../../engine/tf';
import { klDivergence } from '../../losses/kl';
import type { Network } from '../../models/types';
import { refusePhrase } from '../../util/check';
import { canonicalJson } from '../../util/hash';
import type { Task } from '../types';
import { checkObjects } from './checkObjects';
import { coverageRemarks } from './coverageRemarks';
import { type DetectionOptions, detectionOptions } from './detectionOptions';
import { priorOutput, scoreRows } from './detectorOutput';
import { precisionMeter } from './precisionMeter';
import { priorTables, priorTensors } from './priorTensors';

/** The last map of a CIFAR ResNet, to which the papers' weights belong. */
const CIFAR_MAP = [8, 8, 64] as const;

/**
 * The task of finding objects. Its terms are `confidence` and `localisation`, each a sum over priors divided by the matched priors of the
 * batch. A network's soft outputs are the class probabilities at its priors, which teacher and student must share.
 * @throws InputError for unknown options and values that are none
 * @example
 * ```ts
 * import { buildNetwork, detection, random, start } from 'iekd';
 *
 * await start();
 * const task = detection({ minNegatives: 10 }); // images without objects teach what is none, too
 * const network = buildNetwork({ name: 'ssd-resnet8', classes: 3, input: [160, 160, 3] }, random(0));
 * task.check('here', network); // has the task's priors
 * network.dispose();
 * ```
 */
export function detection(given: DetectionOptions = {}): Task {
  const options = detectionOptions(given);
  const tables = priorTables(options);
  return {
    name: 'detection',
    options: { ...options },
    head: ({ classNames }) => ({ classes: classNames.length, priors: options.priors }),
    check(where, network) {
      checkPriors(where, network, options.priors);
    },
    checkData(where, network, { name, classNames }) {
      checkPriors(where, network, options.priors);
      if (network.classes !== classNames.length)
        throw refusePhrase(where, `${classNames.length} classes, as ${name} has`, `a network of ${network.classes}`);
    },
    checkTargets: checkObjects,
    targets: (batch) => priorTensors(batch, tables(batch.shape[1], batch.shape[2]), options),
    usual: { network: 'ssd-resnet8', learningRate: 0.02 },
    remarks: (network, data) => coverageRemarks(network, data, options.overlap),
    termNames: ['confidence', 'localisation'],
    terms(output, targets) {
      const [labels, offsets] = targets as [tf.Tensor2D, tf.Tensor3D];
      const { confidence, localisation } = multiboxLoss(priorOutput(output), { labels, offsets }, options);
      const reduction = 'sum over priors, divided by the matched ones of the batch';
      return [
        { name: 'confidence', value: confidence, weight: 1, reduction, role: 'task' },
        { name: 'localisation', value: localisation, weight: 1, reduction, role: 'task' },
      ];
    },
    soft: {
      divergence: (student, teacher, temperature) => klDivergence(scoreRows(student), scoreRows(teacher), temperature),
      reduction: 'sum over classes, mean over batch and priors',
    },
    ...(options.scaleDistances ? { distanceMap: CIFAR_MAP } : {}),
    meter: (where, network) => precisionMeter(where, network, options),
    primary: { name: 'map', better: 'higher' },
    metrics: {
      map: { title: 'mAP', quantity: 'mean average precision', percent: true },
      ap: { title: 'AP', quantity: "COCO's average precision", percent: true },
      ap50: { title: 'AP50', quantity: 'average precision at overlap 0.5', percent: true },
      ap75: { title: 'AP75', quantity: 'average precision at overlap 0.75', percent: true },
    },
  };
}

/** Weights and targets belong to one set of priors. */
function checkPriors(where: string, { name, input, priors }: Network, choice: PriorChoice): void {
  if (!priors) throw refusePhrase(where, 'a network with priors, as ssd-resnet8', name);
  if (canonicalJson(priors) === canonicalJson(priorsFor(where, choice, input[0], input[1]))) return;
  throw refusePhrase(where, 'the priors of the task', `${name} with others`, 'give both the same option priors');
}
