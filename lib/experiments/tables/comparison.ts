/** Two rows of a table against each other, seed by seed: which is better, and is that more than chance? */
import { excludesZero, formatSigned, type Interval, sampleSd } from '../../util/stats';
import type { RunRecord } from '../store/runStore';
import { pairedDifference, scorePairs, type TableLine } from './experimentTable';
import { type ScoreStyle, scoreStyle } from './testScore';

/** Difference of the last test scores, first less second, over the seeds that both have; of errors, below 0: the first makes fewer. */
export interface Comparison extends Interval {
  /** The mean in standard deviations of a single run, √(mean of both rows' variances); undefined with fewer than two seeds. */
  readonly deviations: number | undefined;
  readonly style: ScoreStyle;
}

/** Undefined where no seed is in both. */
export function compare(own: readonly RunRecord[], other: readonly RunRecord[]): Comparison | undefined {
  const pairs = scorePairs(own, other);
  const [first] = own;
  const interval = pairedDifference(pairs);
  if (!interval || !first) return undefined;
  const style = scoreStyle(first.config);
  if (pairs.length < 2) return { ...interval, deviations: undefined, style };
  const variances = ([0, 1] as const).map((side) => sampleSd(pairs.map((pair) => pair[side])) ** 2);
  return { ...interval, deviations: interval.mean / Math.sqrt(((variances[0] as number) + (variances[1] as number)) / 2), style };
}

/**
 * `IE-FT makes 0.31 points fewer errors than FT (95 % −0.90 to +0.28, n = 3): not separated; 1.2 standard deviations of a run`; of another
 * score than an error `IE-FT has 0.31 points more mAP than FT (…)`
 */
export function comparisonText(own: string, other: string, comparison: Comparison | undefined): string {
  if (!comparison) return `${own} and ${other}: no seed of both is there yet`;
  const { n, mean, low, high, deviations, style } = comparison;
  const amount = `${Math.abs(mean).toFixed(2)}${style.unit ? ' points' : ''}`;
  const text = `${own} ${differenceWords(amount, mean, style)} than ${other}`;
  if (low === undefined || high === undefined || deviations === undefined) return `${text} (n = ${n}: says nothing of chance)`;
  const verdict = excludesZero(comparison) ? 'separated' : 'not separated';
  const apart = Number.isFinite(deviations) ? `; ${Math.abs(deviations).toFixed(1)} standard deviations of a run` : '';
  return `${text} (95 % ${formatSigned(low)} to ${formatSigned(high)}, n = ${n}): ${verdict}${apart}`;
}

/** `makes 0.31 points fewer errors`, `has 0.31 points more mAP` */
function differenceWords(amount: string, mean: number, { key, short, better }: ScoreStyle): string {
  if (key === 'error') return `makes ${amount} ${mean <= 0 ? 'fewer' : 'more'} errors`;
  const isLess = mean < 0 || (mean === 0 && better === 'lower');
  return `has ${amount} ${isLess ? 'less' : 'more'} ${short}`;
}

/** Which rows differ from their baseline by more than chance, in a sentence, the better ones first; undefined where none has two seeds. */
export function separationText(lines: readonly TableLine[], { key, short, better }: ScoreStyle): string | undefined {
  const compared = lines.flatMap(({ label, difference }) => (difference && difference.n > 1 ? [{ label, difference }] : []));
  if (compared.length === 0) return undefined;
  const named = (keep: (difference: Interval) => boolean): string =>
    compared.flatMap(({ label, difference }) => (keep(difference) ? [label] : [])).join(', ') || 'none';
  const sign = better === 'lower' ? -1 : 1;
  const words = better === 'lower' ? (['less', 'more'] as const) : (['more', 'less'] as const);
  const [good, bad] = key === 'error' ? ['fewer errors', 'more'] : words.map((word) => `${word} ${short}`);
  return [
    `Of ${compared.length} rows with two seeds or more, at 95 % each (not corrected for their number):`,
    `${good} than the student alone ${named((d) => excludesZero(d) && sign * d.mean > 0)};`,
    `${bad} ${named((d) => excludesZero(d) && sign * d.mean < 0)}; not separated ${named((d) => !excludesZero(d))}.`,
  ].join(' ');
}
