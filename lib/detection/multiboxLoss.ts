/**
 * The loss of a single-shot detector (Liu et al. 2016, SSD, equation 1), as a confidence and a localisation:
 *
 *     confidence = 1/N · Σ over positives and hard negatives of −log softmax(logits)[label]
 *     localisation = 1/N · Σ over positives of smoothL1(offsets − target), summed over the four coordinates
 *
 * N is the number of positives of the batch, as in SSD's own code. Deviation: 1 where it has none, so that a batch without objects has
 * a loss (of its hard negatives, see `minNegatives`) and no NaN.
 */
import { currentAbilities } from '../engine/abilities';
import { checkTensors } from '../engine/checkTensors';
import { detached } from '../engine/detached';
import { tf } from '../engine/tf';
import { smoothL1 } from '../losses/smoothL1';
import { refuse, refusePhrase, sameShape } from '../util/check';
import { hardNegatives, type MiningOptions } from './hardNegatives';
import { hasMultiboxKernels, multiboxLossOfKernels } from './multiboxKernels';
import { multiboxLossOfRows } from './multiboxRows';
import type { MultiboxLoss, PriorLabels, PriorOutput } from './priorOutput';

/** The two losses of a batch, differentiable in `output`. @throws InputError for shapes that do not belong together */
export function multiboxLoss(output: PriorOutput, target: PriorLabels, options: MiningOptions = {}): MultiboxLoss {
  checkTensors('multiboxLoss', { logits: output.logits, offsets: output.offsets });
  checkTensors('multiboxLoss: target', { labels: target.labels, offsets: target.offsets });
  checkShapes(output, target);
  return tf.tidy(() => ({ ...computation()(output, target, options) }));
}

/** How the engine computes it. */
function computation(): typeof definition {
  if (hasMultiboxKernels()) return multiboxLossOfKernels;
  return currentAbilities().mapBytes === undefined ? definition : multiboxLossOfRows;
}

/** In ops of tfjs: what runs on a GPU, of which the losses of the background alone are read. */
function definition(output: PriorOutput, target: PriorLabels, options: MiningOptions): MultiboxLoss {
  const [batch, priors, classes] = output.logits.shape;
  const logProbabilities = tf.logSoftmax(tf.reshape(output.logits, [batch * priors, classes]) as tf.Tensor2D);
  const labels = target.labels.dataSync<'int32'>();
  const counts = detached(() => hardNegatives(labels, backgroundLosses(logProbabilities), priors, options));
  const positive = Float32Array.from(labels, (label) => (label > 0 ? 1 : 0));
  const n = Math.max(
    1,
    positive.reduce((sum, one) => sum + one, 0),
  );
  const counted = tf.tensor2d(Float32Array.from(counts), [batch * priors, 1]);
  const chosen = tf.mul(tf.oneHot(tf.reshape(target.labels, [-1]), classes), counted);
  const known = tf.tensor3d(positive, [batch, priors, 1]);
  return {
    confidence: tf.div<tf.Scalar>(tf.neg(tf.sum(tf.mul(chosen, logProbabilities))), n),
    localisation: tf.div<tf.Scalar>(smoothL1(output.offsets, target.offsets, known), n),
  };
}

/** −log p(background) of each row. @param logProbabilities [rows, classes] */
function backgroundLosses(logProbabilities: tf.Tensor2D): Float32Array {
  return tf.tidy(() => tf.neg(tf.slice(logProbabilities, [0, 0], [-1, 1])).dataSync<'float32'>());
}

function checkShapes({ logits, offsets }: PriorOutput, target: PriorLabels): void {
  const [batch, priors, classes] = logits.shape;
  if (logits.rank !== 3 || classes < 2) {
    throw refuse('multiboxLoss: logits', '[batch, priors, classes and the background]', logits.shape);
  }
  if (target.labels.dtype !== 'int32') throw refusePhrase('multiboxLoss: labels', 'int32', target.labels.dtype);
  const rows: readonly (readonly [string, tf.Tensor, readonly number[]])[] = [
    ['offsets', offsets, [batch, priors, 4]],
    ['target: labels', target.labels, [batch, priors]],
    ['target: offsets', target.offsets, [batch, priors, 4]],
  ];
  for (const [name, tensor, shape] of rows) {
    if (!sameShape(tensor.shape, shape)) throw refuse(`multiboxLoss: ${name}`, `shape ${JSON.stringify(shape)}`, tensor.shape);
  }
}
