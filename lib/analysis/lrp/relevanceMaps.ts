/** Relevance as a picture of one value a position: summed over the channels of colour, divided by the largest absolute value. */
import { knownKeys, objectIn, objectsIn, pick, refuse } from '../../util/check';
import type { Relevance } from './lrp';

/** Values in [−1, 1], [height, width]: above 0 speaks for the class explained, below against it. */
export interface RelevanceMap {
  readonly values: Float32Array;
  readonly height: number;
  readonly width: number;
  /** What a value of 1 stands for, in units of the logit; 0 where there is no relevance at all. */
  readonly scale: number;
}

/** Options of `relevanceMaps`. */
export interface RelevanceMapOptions {
  /** `image`: every map has its own scale (default). `joint`: all maps of one image have the same. */
  readonly scale?: 'image' | 'joint';
}

/** Sums over colours, [height · width] an image. */
function summed({ relevance, count, height, width, channels }: Relevance): Float32Array[] {
  const size = height * width;
  return Array.from({ length: count }, (_, i) =>
    Float32Array.from({ length: size }, (_, k) => {
      const at = (i * size + k) * channels;
      return relevance.subarray(at, at + channels).reduce((sum, value) => sum + value, 0);
    }),
  );
}

/**
 * How alike two maps of each image are: the cosine between their sums over colours, in [−1, 1]; 0 where one is 0 throughout. What
 * scale they have does not matter. @throws InputError where the maps have not as many images
 */
export function relevanceSimilarity(a: Relevance, b: Relevance): number[] {
  for (const one of [a, b]) objectIn('relevanceSimilarity', 'a relevance, as lrp returns it', one, ['relevance', 'count']);
  if (a.count !== b.count) throw refuse('relevanceSimilarity', `maps of ${a.count} images, as the first has`, b.count);
  const others = summed(b);
  return summed(a).map((map, i) => cosine(map, others[i] as Float32Array));
}

function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array): number => x.reduce((sum, value, i) => sum + value * (y[i] as number), 0);
  const lengths = Math.sqrt(dot(a, a) * dot(b, b));
  return lengths > 0 ? dot(a, b) / lengths : 0;
}

const extent = (values: Float32Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** The scale of a map, from the extents of all maps of its image. */
const SCALES: Readonly<Record<'image' | 'joint', (own: number, all: readonly number[]) => number>> = {
  image: (own) => own,
  joint: (_, all) => Math.max(...all),
};

/**
 * Heat maps, [map][image], of maps of the same images: several networks', or a network's parts. `lrp` has an example.
 * @throws InputError where the maps have not as many images
 */
export function relevanceMaps(maps: readonly Relevance[], options: RelevanceMapOptions = {}): RelevanceMap[][] {
  knownKeys('relevanceMaps', options, ['scale']);
  const scaleOf = pick('relevanceMaps: scale', SCALES, options.scale ?? 'image');
  const [first] = objectsIn('relevanceMaps', 'relevances', maps, ['relevance', 'count']);
  const other = maps.find(({ count }) => count !== first?.count);
  if (other) throw refuse('relevanceMaps', `maps of ${first?.count} images, as the first has`, other.count);
  const sums = maps.map(summed);
  const extents = sums.map((images) => images.map(extent));
  return maps.map(({ height, width }, m) =>
    (sums[m] as Float32Array[]).map((values, i) => {
      const scale = scaleOf(
        extents[m]?.[i] ?? 0,
        extents.map((images) => images[i] ?? 0),
      );
      return { values: values.map((value) => (scale > 0 ? value / scale : 0)), height, width, scale };
    }),
  );
}
