/** Values of a network's features over a set of images, as plain matrices: what similarities between features are computed from. */
import { batches } from '../data/batches';
import { toTensors } from '../data/images/batchTensors';
import type { Batch, ImageSet, Normalisation } from '../data/types';
import { globalAveragePool } from '../engine/fused/globalAveragePool';
import { selectChannels } from '../engine/fused/selectChannels';
import { tf } from '../engine/tf';
import { normalisationFor } from '../models/inputNormalisation';
import type { Network } from '../models/types';
import { integerIn, knownKeys, neededKeys, refusePhrase } from '../util/check';
import { type FeaturePart, type PlacedPart, placeParts } from './featureParts';

/** Values of one feature, or part of one, for a set of images: [images, size], row by row. */
export interface FeatureMatrix {
  readonly name: string;
  readonly images: number;
  /** Values an image. */
  readonly size: number;
  readonly values: Float32Array | Float64Array;
}

/** Which features of which network are read, on which images. */
export interface ReadFeaturesOptions {
  readonly network: Network;
  readonly images: ImageSet;
  readonly normalisation: Normalisation;
  /** Names of features, or parts of them. */
  readonly parts: readonly (string | FeaturePart)[];
  /** Images at a time; default 250. */
  readonly batch?: number;
  /** Most values that all matrices may have together; default 2²⁶, which are 256 MB. */
  readonly limit?: number;
}

/** Options of `featureMatrices`. */
export interface FeatureMatricesOptions extends ReadFeaturesOptions {
  /** Each channel's mean over positions in place of its map; default false. */
  readonly pooled?: boolean;
}

/** Names of the options of `ReadFeaturesOptions`. */
export const READ_FEATURES_OPTIONS: readonly (keyof ReadFeaturesOptions)[] = [
  'network',
  'images',
  'normalisation',
  'parts',
  'batch',
  'limit',
];

/** Those without a default. */
export const NEEDED = ['network', 'images', 'normalisation', 'parts'];

/**
 * One matrix a part, of the network in evaluation mode. A row is the flattened map [height, width, channels], channels in the order
 * of the part, or [channels] where pooled. Leaks nothing.
 * @throws InputError for unknown features and channels, and where there would be more values than `limit`
 * @example
 * ```ts
 * import { buildNetwork, featureMatrices, loadDataset, random, start } from 'iekd';
 *
 * await start();
 * const data = await loadDataset('cifar10', { train: 100, test: 100 });
 * const network = buildNetwork({ name: 'resnet20' }, random(0));
 * const [map] = featureMatrices({ network, images: data.test, normalisation: data, parts: ['stage3'], pooled: true });
 * console.log(map?.images, map?.size); // 100 images of 64 channel means
 * ```
 */
export function featureMatrices(options: FeatureMatricesOptions): FeatureMatrix[] {
  knownKeys('featureMatrices', options, [...READ_FEATURES_OPTIONS, 'pooled']);
  neededKeys('featureMatrices', options, NEEDED);
  const { network, pooled = false } = options;
  return readFeatures('featureMatrices', options, pooled, (batch, features) => {
    return network.forward(toTensors(batch).images, { features }).features;
  });
}

/** A map of each feature of a batch. Runs inside a tidy. */
type MapsOf = (batch: Batch, features: readonly string[]) => Readonly<Record<string, tf.Tensor4D>>;

/** Reads the parts of the maps of all images, batch by batch. */
export function readFeatures(where: string, options: ReadFeaturesOptions, pooled: boolean, mapsOf: MapsOf): FeatureMatrix[] {
  const { network, images, normalisation, limit = 2 ** 26 } = options;
  const batch = integerIn(`${where}: batch`, options.batch ?? 250, 1);
  integerIn(`${where}: images`, images.count, 1);
  const parts = placeParts(`${where}: parts`, network, options.parts);
  const sizes = parts.map(({ channels, positions }) => channels.length * (pooled ? 1 : positions));
  checkLimit(where, images.count, sizes, limit);
  const kept = sizes.map((size) => new Float32Array(images.count * size));
  const features = [...new Set(parts.map(({ feature }) => feature))];
  let done = 0;
  for (const one of batches(images, { batch, normalisation: normalisationFor(network, normalisation) })) {
    tf.tidy(() => {
      const maps = mapsOf(one, features);
      for (const [i, part] of parts.entries()) {
        const values = partOf(maps[part.feature] as tf.Tensor4D, part, pooled).dataSync<'float32'>();
        (kept[i] as Float32Array).set(values, done * (sizes[i] as number));
      }
    });
    done += one.size;
  }
  return parts.map(({ name }, i) => {
    return { name, images: images.count, size: sizes[i] as number, values: kept[i] as Float32Array };
  });
}

function checkLimit(where: string, images: number, sizes: readonly number[], limit: number): void {
  const size = sizes.reduce((sum, n) => sum + n, 0);
  if (images * size <= integerIn(`${where}: limit`, limit, 1)) return;
  const hint = 'take fewer images, fewer parts or fewer channels, means over positions, or a higher limit';
  throw refusePhrase(where, `at most ${limit} values`, `${images} images of ${size} values`, hint);
}

/** [batch, height, width, channels of the part], or [batch, channels of the part]. */
function partOf(map: tf.Tensor4D, { channels, of }: PlacedPart, pooled: boolean): tf.Tensor {
  const whole = channels.length === of && channels.every((channel, i) => channel === i);
  const chosen = whole ? map : selectChannels(map, channels);
  return pooled ? globalAveragePool(chosen) : chosen;
}
