/** A network's predictions for every image of a set, beside the labels. */
import { batches } from '../data/batches';
import { toTensors } from '../data/images/batchTensors';
import type { ImageSet, Normalisation } from '../data/types';
import { tf } from '../engine/tf';
import { normalisationFor } from '../models/inputNormalisation';
import type { Network } from '../models/types';
import { integerIn, knownKeys } from '../util/check';
import { classifierIn } from './givenClassifier';

/** Predictions in the order of the images. */
export interface Predictions {
  readonly classes: number;
  readonly count: number;
  /** [count, classes], each row a softmax: in [0, 1], with the sum 1. */
  readonly probabilities: Float32Array;
  /** The class of the largest logit; of equal ones the first. */
  readonly predicted: readonly number[];
  readonly labels: readonly number[];
}

/** Options of `predictions`. */
export interface PredictionsOptions {
  /** Images at a time; default 250. */
  readonly batch?: number;
}

/**
 * Predicts all images, the network in evaluation mode, images as they are. Leaks nothing. @throws InputError for a detector, and as `Network.forward` does
 * @example
 * ```ts
 * import { buildNetwork, loadDataset, predictions, random, start } from 'iekd';
 *
 * await start();
 * const data = await loadDataset('cifar10', { train: 100, test: 100 });
 * const { predicted, labels } = predictions(buildNetwork({ name: 'resnet8' }, random(0)), data.test, data);
 * console.log(predicted.filter((one, i) => one === labels[i]).length, 'right of', labels.length);
 * ```
 */
export function predictions(
  network: Network,
  images: ImageSet,
  normalisation: Normalisation,
  options: PredictionsOptions = {},
): Predictions {
  classifierIn('predictions', network);
  knownKeys('predictions', options, ['batch']);
  const batch = integerIn('predictions: batch', options.batch ?? 250, 1);
  const { classes } = network;
  const probabilities = new Float32Array(images.count * classes);
  const predicted: number[] = [];
  for (const part of batches(images, { batch, normalisation: normalisationFor(network, normalisation) })) {
    const from = predicted.length * classes;
    tf.tidy(() => {
      const { logits } = network.forward(toTensors(part).images);
      probabilities.set(tf.softmax(logits).dataSync<'float32'>(), from);
      predicted.push(...tf.argMax(logits, 1).dataSync<'int32'>());
    });
  }
  return { classes, count: images.count, probabilities, predicted, labels: Array.from(images.labels) };
}
