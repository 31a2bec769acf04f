/**
 * Hard negative mining (Liu et al. 2016, SSD, section 2.2): of the priors without an object, those count that look least like background,
 * three for each prior with one, image by image.
 */
import { nthLargest } from './topScores';

/** Of `hardNegatives`. */
export interface MiningOptions {
  /** Negatives for each positive; default 3. */
  readonly ratio?: number;
  /** Negatives of an image at least: with 0, the default and SSD's, an image without objects teaches nothing. */
  readonly minNegatives?: number;
}

/** The defaults. */
export const MINING: Required<MiningOptions> = { ratio: 3, minNegatives: 0 };

/**
 * Which priors count in the loss of the classes, 1 or 0: all positives, and the hardest negatives of each image. Of equal losses the
 * first. Positives are never among the negatives, however few of those there are.
 * @param labels [images, priors]: 0 is the background @param losses [images, priors]: −log p(background) of each prior
 * @param priors of an image
 */
export function hardNegatives(labels: Int32Array, losses: Float32Array, priors: number, options: MiningOptions = {}): Uint8Array {
  const counts = new Uint8Array(labels.length);
  for (let from = 0; from < labels.length; from += priors) {
    const part = [from, from + priors] as const;
    mineImage(labels.subarray(...part), losses.subarray(...part), counts.subarray(...part), options);
  }
  return counts;
}

function mineImage(labels: Int32Array, losses: Float32Array, counts: Uint8Array, options: MiningOptions): void {
  const { ratio, minNegatives } = { ...MINING, ...options };
  const negatives = negativeLosses(labels, losses);
  const positives = labels.length - negatives.length;
  const wanted = Math.min(Math.max(Math.floor(ratio * positives), minNegatives), negatives.length);
  const least = wanted > 0 ? nthLargest(negatives, wanted) : Infinity;
  let left = wanted;
  for (let j = 0; j < labels.length; j++) {
    if (labels[j] !== 0) counts[j] = 1;
    else if ((losses[j] as number) > least) {
      counts[j] = 1;
      left--;
    }
  }
  for (let j = 0; j < labels.length && left > 0; j++) {
    if (labels[j] !== 0 || losses[j] !== least) continue;
    counts[j] = 1;
    left--;
  }
}

function negativeLosses(labels: Int32Array, losses: Float32Array): Float32Array {
  const negatives = new Float32Array(losses.length);
  let count = 0;
  for (let j = 0; j < labels.length; j++) if (labels[j] === 0) negatives[count++] = losses[j] as number;
  return negatives.subarray(0, count);
}
