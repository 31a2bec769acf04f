/**
 * Hard negative mining (Liu et al. 2016, SSD, section 2.2): of the priors without an object, those count that look least like background,
 * three for each prior with one, image by image.
 */

/** Of `hardNegatives`. */
export interface MiningOptions {
  /** Negatives for each positive; default 3. */
  readonly ratio?: number;
  /** Negatives of an image at least: with 0, the default and SSD's, an image without objects teaches nothing. */
  readonly minNegatives?: number;
}

/**
 * Which priors count in the loss of the classes, 1 or 0: all positives, and the hardest negatives of each image. Of equal losses the
 * first. Positives are never among the negatives, however few of those there are.
 * @param labels [images, priors]: 0 is the background @param losses [images, priors]: −log p(background) of each prior
 * @param priors of an image
 */
export function hardNegatives(
  labels: Int32Array,
  losses: Float32Array,
  priors: number,
  options: MiningOptions = {},
): Float32Array {
  const counts = new Float32Array(labels.length);
  for (let from = 0; from < labels.length; from += priors) {
    const part = [from, from + priors] as const;
    mineImage(labels.subarray(...part), losses.subarray(...part), counts.subarray(...part), options);
  }
  return counts;
}

function mineImage(labels: Int32Array, losses: Float32Array, counts: Float32Array, options: MiningOptions): void {
  const { ratio = 3, minNegatives = 0 } = options;
  const negatives = losses.filter((_, j) => labels[j] === 0);
  const positives = labels.length - negatives.length;
  const wanted = Math.min(Math.max(ratio * positives, minNegatives), negatives.length);
  const least = wanted > 0 ? (negatives.sort()[negatives.length - wanted] as number) : Infinity;
  let left = wanted - negatives.reduce((above, loss) => above + (loss > least ? 1 : 0), 0);
  for (let j = 0; j < labels.length; j++) {
    const loss = losses[j] as number;
    const chosen = labels[j] !== 0 || loss > least || (loss === least && left-- > 0);
    counts[j] = chosen ? 1 : 0;
  }
}
