/**
 * How much of a loss each of its terms is: what a weight comes to once it is multiplied by the value of its term.
 *   share of a term = weight · value / Σ over all terms of |weight · value|
 * The sum is one of magnitudes: terms that are pushed up count below 0, so that the loss itself may be 0.
 */
import type { MeasuredTerm } from '../optim/objective';

type Weighed = Pick<MeasuredTerm, 'weight' | 'weighted'>;

/** In [−1, 1], in the order of the terms; a term of weight 0 has none of it, whatever its value. */
export function lossShares(terms: readonly Weighed[]): number[] {
  const parts = terms.map(({ weight, weighted }) => (weight === 0 ? 0 : weighted));
  const whole = parts.reduce((sum, part) => sum + Math.abs(part), 0);
  return parts.map((part) => (whole === 0 ? 0 : part / whole));
}

/** `43 %`, `−12 %`, `0.2 %` */
export function shareText(share: number): string {
  const percent = Math.abs(100 * share);
  const digits = percent === 0 || percent >= 1 ? percent.toFixed(0) : percent.toPrecision(1);
  return `${share < 0 ? '−' : ''}${digits} %`;
}
