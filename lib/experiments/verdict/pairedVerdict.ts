/**
 * Whether a row of a table is better than another: from their differences seed by seed, by Student's t for paired samples at 5 %, two-sided.
 * How many seeds would decide is what gives the test a power of 80 %, were the difference and its spread those that were seen (J. Cohen,
 * Statistical Power Analysis for the Behavioral Sciences, 2nd ed., 1988, ch. 2); seen with few seeds they are uncertain, and so is the number.
 */
import { jStat } from 'jstat';
import { numberIn } from '../../util/check';
import { confidence95, type Interval, sampleSd } from '../../util/stats';

export const VERDICTS = ['holds', 'does not hold', 'not decided'] as const;
/** `does not hold`: the opposite is seen. */
export type Verdict = (typeof VERDICTS)[number];

/** What paired differences say. */
export interface PairedVerdict {
  readonly verdict: Verdict;
  readonly interval: Interval;
  /** Cohen's d of pairs, mean / standard deviation; undefined with one pair and where all are equal. */
  readonly effect: number | undefined;
  /** Seeds in all that would decide with a power of 80 %; undefined where it is decided, or nothing tells. */
  readonly needed: number | undefined;
}

const POWER = 0.8;
/** Nobody trains more. */
const MOST = 10_000;

/** @param differences first less second, in a score's unit @param better which sign says that the first is better */
export function pairedVerdict(differences: readonly number[], better: 'lower' | 'higher'): PairedVerdict {
  const interval = confidence95(differences);
  const sd = differences.length > 1 ? sampleSd(differences) : 0;
  const effect = sd > 0 ? interval.mean / sd : undefined;
  const verdict = verdictOf(interval, better === 'lower' ? -1 : 1);
  return { verdict, interval, effect, needed: verdict === 'not decided' && effect !== undefined ? seedsFor(effect) : undefined };
}

function verdictOf({ low, high }: Interval, sign: 1 | -1): Verdict {
  if (low === undefined || high === undefined || (low <= 0 && high >= 0)) return 'not decided';
  return Math.sign(low) === sign ? 'holds' : 'does not hold';
}

/** The least n ≥ 2 with a power of 80 %; undefined above 10,000. */
function seedsFor(effect: number): number | undefined {
  let [low, high] = [1, 2];
  while (pairedPower(effect, high) < POWER) {
    if (high > MOST) return undefined;
    [low, high] = [high, 2 * high];
  }
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (pairedPower(effect, middle) < POWER) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * The probability that the test finds an effect: P(|T| > t), T of the noncentral t distribution with n − 1 degrees of freedom and
 * noncentrality d √n, t the 97.5 % quantile of Student's. @param effect Cohen's d @param n pairs, at least 2
 */
export function pairedPower(effect: number, n: number): number {
  numberIn('pairedPower: n', n, 2);
  const [t, noncentrality] = [jStat.studentt.inv(0.975, n - 1), Math.abs(effect) * Math.sqrt(n)];
  return 1 - jStat.noncentralt.cdf(t, n - 1, noncentrality) + jStat.noncentralt.cdf(-t, n - 1, noncentrality);
}
