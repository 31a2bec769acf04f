/**
 * Active neurons (Cui et al. 2019, arXiv 1910.13025, definition 3.1): how many directions of a layer the loss responds to. Row i of
 * G is the gradient of image i's cross-entropy with respect to the layer's flattened map, s₁ ≥ s₂ ≥ … are its singular values:
 *   count = the least n with √(Σ_{i ≤ n} s_i²) > threshold · √(Σ s_i²)
 * The network is in evaluation mode, in which no image depends on another: one backward pass from the sum of the losses gives every
 * row. Deviation: the authors' code returns the index of the n-th value, from 0, which is one less.
 * Of a map that only an average and one linear layer follow, gradients are combinations of differences of class weights: there are at
 * most classes − 1 directions, whatever the map holds. With few classes, take earlier stages.
 */
import { toTensors } from '../data/images/batchTensors';
import type { Batch } from '../data/types';
import { tf } from '../engine/tf';
import { crossEntropy } from '../losses/crossEntropy';
import { featureNamed } from '../models/forwardChecks';
import type { Network } from '../models/types';
import { knownKeys, neededKeys, refuse, refusePhrase } from '../util/check';
import { type FeatureMatrix, NEEDED, READ_FEATURES_OPTIONS, type ReadFeaturesOptions, readFeatures } from './featureMatrix';
import { classifierIn } from './givenClassifier';
import { activeCount, checkThreshold, participationRatio, singularValues } from './singularValues';

/** Options of `activeNeurons`. */
export interface ActiveNeuronsOptions extends ReadFeaturesOptions {
  /** In (0, 1); default 0.95. */
  readonly threshold?: number;
}

/** One part's directions, as data. */
export interface ActiveNeurons {
  readonly part: string;
  readonly images: number;
  /** Values of the part, an image: its neurons. */
  readonly neurons: number;
  readonly threshold: number;
  /** In [1, min(images, neurons)]. */
  readonly count: number;
  /** (Σ s²)² / Σ s⁴: the same without a threshold, from 1 (one direction) to the number of values (all equally strong). */
  readonly participationRatio: number;
  /** Descending; those below 1e-8 of the first are rounding. */
  readonly singularValues: readonly number[];
}

/**
 * Counts the directions of each part that the loss responds to; one result a part, in their order. Leaks nothing and changes nothing.
 * Cost: min(images, neurons)³ beside the gradients.
 * @throws InputError for unknown features and channels, more values than `limit`, gradients that are all 0 or not finite
 * @example
 * ```ts
 * import { activeNeurons, buildNetwork, loadDataset, random, start } from 'iekd';
 *
 * await start();
 * const data = await loadDataset('cifar10', { train: 100, test: 100 });
 * const network = buildNetwork({ name: 'resnet20' }, random(0));
 * const [active] = activeNeurons({ network, images: data.test, normalisation: data, parts: ['stage3.pre'] });
 * console.log(active?.count, 'of', active?.neurons);
 * ```
 */
export function activeNeurons(options: ActiveNeuronsOptions): ActiveNeurons[] {
  knownKeys('activeNeurons', options, [...READ_FEATURES_OPTIONS, 'threshold']);
  neededKeys('activeNeurons', options, NEEDED);
  const { threshold: given = 0.95, ...read } = options;
  const threshold = checkThreshold(given);
  return featureGradients(read).map((gradients) => {
    const { name, images, size } = gradients;
    const values = singularValues(gradients);
    if (values[0] === 0) {
      throw refusePhrase(`activeNeurons: ${name}`, 'gradients that are not all 0', 'none', 'no loss depends on this part');
    }
    return {
      ...{ part: name, images, neurons: size, threshold },
      count: activeCount(values, threshold),
      participationRatio: participationRatio(values),
      singularValues: values,
    };
  });
}

/** G of each part: row i is the gradient of image i's cross-entropy, evaluation mode. Leaks nothing. @throws InputError as `activeNeurons` */
export function featureGradients(options: ReadFeaturesOptions): FeatureMatrix[] {
  knownKeys('featureGradients', options, READ_FEATURES_OPTIONS);
  const { network, images } = options;
  classifierIn('featureGradients', network);
  const unknown = images.labels.findIndex((label) => label >= network.classes);
  if (unknown >= 0) {
    throw refuse(`featureGradients: image ${unknown}`, `a label in [0, ${network.classes})`, images.labels[unknown]);
  }
  return readFeatures('featureGradients', options, false, (batch, features) => gradientsOf(network, batch, features));
}

/** The gradient with respect to a map is that with respect to a zero that is added to it. */
function gradientsOf(network: Network, batch: Batch, features: readonly string[]): Record<string, tf.Tensor4D> {
  const { images, labels } = toTensors(batch);
  const probes = features.map((name) => {
    const { height, width, channels } = featureNamed('featureGradients', network.features, name);
    return tf.zeros<tf.Rank.R4>([batch.size, height, width, channels]);
  });
  const sumOfLosses = (...added: tf.Tensor[]): tf.Scalar => {
    const interventions = features.map(
      (name, i) => [name, (map: tf.Tensor4D) => tf.add<tf.Tensor4D>(map, added[i] as tf.Tensor4D)] as const,
    );
    const { logits } = network.forward(images, { interventions: Object.fromEntries(interventions) });
    return tf.mul(crossEntropy(logits, labels), batch.size);
  };
  const gradients = tf.grads(sumOfLosses)(probes);
  return Object.fromEntries(features.map((name, i) => [name, gradients[i] as tf.Tensor4D]));
}
