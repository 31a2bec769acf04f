/** Values of a network's features over a set of images, as plain matrices: what similarities between features are computed from. */
import { batches } from '../data/batches';
import { toTensors } from '../data/images/tensors';
import type { Batch, ImageSet, Normalisation } from '../data/types';
import { globalAveragePool } from '../engine/fused/globalAveragePool';
import { selectChannels } from '../engine/fused/selectChannels';
import { tf } from '../engine/tf';
import type { Network } from '../models/types';
import { integerIn, knownKeys, refusePhrase } from '../util/check';
import { type FeaturePart, type PlacedPart, placeParts } from './featureParts';

/** One row an image: values [images, size], row by row. */
export interface FeatureMatrix {
  readonly name: string;
  readonly images: number;
  /** Values an image. */
  readonly size: number;
  readonly values: Float32Array | Float64Array;
}

/** What is looked at. */
export interface LookOptions {
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

export interface FeatureMatricesOptions extends LookOptions {
  /** Each channel's mean over positions in place of its map; default false. */
  readonly pooled?: boolean;
}

/** Names of the options of `LookOptions`. */
export const LOOK_OPTIONS: readonly (keyof LookOptions)[] = ['network', 'images', 'normalisation', 'parts', 'batch', 'limit'];

/**
 * One matrix a part, of the network in evaluation mode. A row is the flattened map [height, width, channels], channels in the order
 * of the part, or [channels] where pooled. Leaks nothing.
 * @throws InputError for unknown features and channels, and where there would be more values than `limit`
 */
export function featureMatrices(options: FeatureMatricesOptions): FeatureMatrix[] {
  knownKeys('featureMatrices', options, [...LOOK_OPTIONS, 'pooled']);
  const { network, pooled = false } = options;
  return gather('featureMatrices', options, pooled, (batch, features) => {
    return network.forward(toTensors(batch).images, { features }).features;
  });
}

/** What there is to see of a batch: a map of each feature. Runs inside a tidy. */
type Look = (batch: Batch, features: readonly string[]) => Readonly<Record<string, tf.Tensor4D>>;

/** Looks at all images, batch by batch, and keeps the parts. */
export function gather(where: string, options: LookOptions, pooled: boolean, look: Look): FeatureMatrix[] {
  const { network, images, normalisation, limit = 2 ** 26 } = options;
  const batch = integerIn(`${where}: batch`, options.batch ?? 250, 1);
  integerIn(`${where}: images`, images.count, 1);
  const parts = placeParts(`${where}: parts`, network, options.parts);
  const sizes = parts.map(({ channels, positions }) => channels.length * (pooled ? 1 : positions));
  checkLimit(where, images.count, sizes, limit);
  const kept = sizes.map((size) => new Float32Array(images.count * size));
  const features = [...new Set(parts.map(({ feature }) => feature))];
  let done = 0;
  for (const one of batches(images, { batch, normalisation })) {
    tf.tidy(() => {
      const maps = look(one, features);
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
