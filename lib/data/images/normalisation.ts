/** Mean and deviation per channel: how the constants of the data sets were computed, and the table that applies them. */
import { refusePhrase } from '../../util/check';
import { normalisationIn } from '../../util/images/imageNormalisation';
import type { ImageSet, Normalisation } from '../types';

/** Mean and population standard deviation of every channel over all pixels of all images, of values in [0, 1]. Exact sums. */
export function channelStatistics(set: ImageSet): Normalisation {
  const histogram = new Float64Array(set.channels * 256);
  for (let i = 0; i < set.images.length; i++) {
    const at = (i % set.channels) * 256 + (set.images[i] as number);
    histogram[at] = (histogram[at] as number) + 1;
  }
  const pixels = set.images.length / set.channels;
  const moments = Array.from({ length: set.channels }, (_, c) => {
    const counts = histogram.subarray(c * 256, c * 256 + 256);
    const mean = counts.reduce((sum, n, value) => sum + n * value, 0) / pixels;
    return { mean, variance: counts.reduce((sum, n, value) => sum + n * (value - mean) ** 2, 0) / pixels };
  });
  return { mean: moments.map((m) => m.mean / 255), std: moments.map((m) => Math.sqrt(m.variance) / 255) };
}

/**
 * (value / 255 − mean) / std for each channel and each of the 256 bytes, at [channel · 256 + value].
 * @throws InputError for means and deviations of another number of channels, or of another scale than [0, 1]
 */
export function normalisationTable(given: Normalisation, channels: number, where = 'normalisation'): Float32Array {
  const { mean, std } = normalisationIn(where, given, channels);
  return Float32Array.from({ length: channels * 256 }, (_, i) => {
    return ((i & 255) / 255 - (mean[i >> 8] as number)) / (std[i >> 8] as number);
  });
}

/** Images that are enough to tell the scale of all. */
const SAMPLE = 256;
/** A set's own deviation over the given one: of images that are normalised by others' statistics it is near 1. */
const WIDEST = 20;

/** Refuses deviations that are far below those of the images: divided by 255 twice, or of other images. */
export function checkSpread(where: string, set: ImageSet, { std }: Normalisation): void {
  const bytes = Math.min(set.count, SAMPLE) * set.height * set.width * set.channels;
  const own = channelStatistics({ ...set, images: set.images.subarray(0, bytes) }).std;
  const bad = own.findIndex((deviation, c) => deviation > WIDEST * (std[c] as number));
  if (bad < 0) return;
  const expected = `a deviation near ${(own[bad] as number).toPrecision(2)}, that of the first training images’ channel ${bad}`;
  throw refusePhrase(`${where}: std`, expected, String(std[bad]), 'it is of pixel values in [0, 1], not divided by 255 again');
}
