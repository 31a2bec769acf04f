/** Mean and deviation per channel: how the constants of the data sets were computed, and the table that applies them. */
import { refuse } from '../../util/check';
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

/** (value / 255 − mean) / std for each channel and each of the 256 bytes, at [channel · 256 + value]. */
export function normalisationTable({ mean, std }: Normalisation, channels: number): Float32Array {
  if (mean.length !== channels || std.length !== channels) {
    throw refuse('normalisation', `mean and std of ${channels} channels`, { mean, std });
  }
  if (![...mean, ...std].every(Number.isFinite) || std.some((s) => s <= 0)) {
    throw refuse('normalisation', 'finite means and positive deviations', { mean, std });
  }
  return Float32Array.from({ length: channels * 256 }, (_, i) => {
    return ((i & 255) / 255 - (mean[i >> 8] as number)) / (std[i >> 8] as number);
  });
}
