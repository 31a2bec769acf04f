/**
 * What inheritance and exploration change over all methods of a pair of networks. The claim is about whatever method is wrapped, so here the
 * methods are the sample: each counts once, by its mean difference over the seeds that it and its form under IE have, and the interval
 * is Student's t over the methods. Methods resemble one another, so it is narrower than that of methods drawn independently.
 */
import { confidence95, formatSigned, type Interval } from '../../util/stats';
import { pairedDifference, seedPairs, type TableLine } from './experimentTable';
import type { ScoreStyle } from './testScore';

/** A method, and what IE over it has more of the score. */
export interface WrappedMethod {
  readonly label: string;
  readonly seeds: number;
  readonly difference: number;
}

/** Those of which both rows are trained. @param lines of one pair of networks */
export function wrappedMethods(lines: readonly TableLine[]): WrappedMethod[] {
  return lines.flatMap(({ label, runs }) => {
    const under = lines.find((line) => line.ie && line.label === `IE-${label}`);
    const interval = under && pairedDifference(seedPairs(under.runs, runs));
    return interval ? [{ label, seeds: interval.n, difference: interval.mean }] : [];
  });
}

/** The differences of `wrappedMethods` together; undefined where there are none. */
export const overMethods = (methods: readonly WrappedMethod[]): Interval | undefined =>
  methods.length > 0 ? confidence95(methods.map(({ difference }) => difference)) : undefined;

/** `Over 18 methods IE changes the error by +2.10 points (95 % over the methods +0.80 to +3.40); better over 3: AT, SP, VID.` */
export function wrappingText(methods: readonly WrappedMethod[], { short, unit, better }: ScoreStyle): string {
  const interval = overMethods(methods);
  if (!interval) return 'No method has both rows yet.';
  const sign = better === 'lower' ? -1 : 1;
  const lifted = methods.filter(({ difference }) => sign * difference > 0).map(({ label }) => label);
  const { n, mean: change, low, high } = interval;
  const range =
    low === undefined || high === undefined ? '' : ` (95 % over the methods ${formatSigned(low)} to ${formatSigned(high)})`;
  const amount = `${formatSigned(change)}${unit ? ' points' : ''}${range}`;
  return `Over ${n} ${n === 1 ? 'method' : 'methods'} IE changes the ${short} by ${amount}; better over ${lifted.length}: ${lifted.join(', ') || 'none'}.`;
}
