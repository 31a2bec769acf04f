/** The margin of OD's ReLU: how negative a channel is on average when it is negative, known from its batch norm alone. */

/** Below this share of negative values the formula is not trusted, as in the authors' code. */
const FEWEST = 0.001;

/**
 * E[x | x < 0] for x normal of mean `mean` and deviation |`scale`|: mean − |scale| · pdf(mean / |scale|) / cdf(−mean / |scale|).
 * Where fewer than one value in a thousand is negative: −3 |scale|. Without a spread: the mean, at most 0.
 */
export function negativeMean(mean: number, scale: number): number {
  const spread = Math.abs(scale);
  if (spread === 0) return Math.min(mean, 0);
  const z = mean / spread;
  const share = normalCdf(-z);
  if (share <= FEWEST) return -3 * spread;
  return mean - (spread * Math.exp((-z * z) / 2)) / (Math.sqrt(2 * Math.PI) * share);
}

/** P(x < z) of a standard normal x, by the series of the error function: all its terms have one sign. */
export function normalCdf(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  if (x > 6) return z > 0 ? 1 : 0;
  let term = x;
  let sum = 0;
  for (let n = 0; term > sum * 1e-17; n++) {
    sum += term;
    term *= (2 * x * x) / (2 * n + 3);
  }
  const half = (Math.exp(-x * x) * sum) / Math.sqrt(Math.PI);
  return z > 0 ? 0.5 + half : 0.5 - half;
}
