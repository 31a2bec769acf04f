/** What a network says about every image of a set, beside what the images are. */
import { batches } from '../data/batches';
import { toTensors } from '../data/images/tensors';
import type { ImageSet, Normalisation } from '../data/types';
import { tf } from '../engine/tf';
import type { Network } from '../models/types';
import { integerIn, knownKeys } from '../util/check';

/** In the order of the images. */
export interface Predictions {
  readonly classes: number;
  readonly count: number;
  /** [count, classes] */
  readonly probabilities: Float32Array;
  /** The class of the largest logit; of equal ones the first. */
  readonly predicted: readonly number[];
  readonly labels: readonly number[];
}

export interface PredictionsOptions {
  /** Images at a time; default 250. */
  readonly batch?: number;
}

/** Evaluation mode, images as they are. Leaks nothing. @throws InputError as `Network.forward` does */
export function predictions(
  network: Network,
  images: ImageSet,
  normalisation: Normalisation,
  options: PredictionsOptions = {},
): Predictions {
  knownKeys('predictions', options, ['batch']);
  const batch = integerIn('predictions: batch', options.batch ?? 250, 1);
  const { classes } = network;
  const probabilities = new Float32Array(images.count * classes);
  const predicted: number[] = [];
  for (const part of batches(images, { batch, normalisation })) {
    const from = predicted.length * classes;
    tf.tidy(() => {
      const { logits } = network.forward(toTensors(part).images);
      probabilities.set(tf.softmax(logits).dataSync<'float32'>(), from);
      predicted.push(...tf.argMax(logits, 1).dataSync<'int32'>());
    });
  }
  return { classes, count: images.count, probabilities, predicted, labels: Array.from(images.labels) };
}
