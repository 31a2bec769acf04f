/** Draws from the beta distribution. */
import type { RandomStream } from '../../util/rng';

/**
 * λ ~ Beta(α, α), as the share X / (X + Y) of two draws from Gamma(α); computed by their logarithms, so that a small α, whose draws are all
 * but 0, gives 0 or 1 and never 0 / 0.
 */
export function betaDraw(alpha: number, stream: RandomStream): number {
  const [x, y] = [logGamma(alpha, stream), logGamma(alpha, stream)];
  return 1 / (1 + Math.exp(y - x));
}

/**
 * The logarithm of a draw from Gamma(α): Marsaglia & Tsang 2000, "A Simple Method for Generating Gamma Variables",
 * https://doi.org/10.1145/358407.358414; for α < 1 as their section 6 says, Gamma(α) = Gamma(α + 1) · U^(1 / α).
 */
function logGamma(alpha: number, stream: RandomStream): number {
  if (alpha < 1) return logGamma(alpha + 1, stream) + Math.log(1 - stream.uniform()) / alpha;
  const d = alpha - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = stream.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - stream.uniform()) < 0.5 * x ** 2 + d - d * v + d * Math.log(v)) return Math.log(d * v);
  }
}
