/** Mean and spread over repeated runs: every number of a table carries its n. */
import { jStat } from 'jstat';
import { integerIn, refuse } from './check';
import { counted } from './text';

/** What a table says about n values; `sd` is undefined for a single one. */
export interface Summary {
  readonly n: number;
  readonly mean: number;
  readonly sd: number | undefined;
}

/** Σx / n. @throws InputError when there is no value, or one that is not finite */
export function mean(values: readonly number[]): number {
  checkValues('mean', values, 1);
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}

/** The middle value, or the mean of the two in the middle; NaN of none. */
export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length / 2;
  return ((sorted[Math.ceil(half) - 1] ?? Number.NaN) + (sorted[Math.floor(half)] ?? Number.NaN)) / 2;
}

/** Sample standard deviation √(Σ(x − mean)² / (n − 1)), for n ≥ 2. */
export function sampleSd(values: readonly number[]): number {
  checkValues('sampleSd', values, 2);
  const m = mean(values);
  return Math.sqrt(values.reduce((sum, x) => sum + (x - m) ** 2, 0) / (values.length - 1));
}

/** n, mean and sample standard deviation. */
export function summarise(values: readonly number[]): Summary {
  const m = mean(values);
  return { n: values.length, mean: m, sd: values.length > 1 ? sampleSd(values) : undefined };
}

/** A mean with its standard error and 95 % confidence interval. */
export interface Interval {
  readonly n: number;
  readonly mean: number;
  /** sd / √n; undefined for a single value, as are the ends. */
  readonly error: number | undefined;
  readonly low: number | undefined;
  readonly high: number | undefined;
}

/**
 * Mean ± t · sd / √n: where the mean of many more such values would lie, were they normal. t is the 97.5 % quantile of Student's
 * distribution with n − 1 degrees of freedom.
 */
export function confidence95(values: readonly number[]): Interval {
  const { n, mean: m, sd } = summarise(values);
  if (sd === undefined) return { n, mean: m, error: undefined, low: undefined, high: undefined };
  const error = sd / Math.sqrt(n);
  const half = jStat.studentt.inv(0.975, n - 1) * error;
  return { n, mean: m, error, low: m - half, high: m + half };
}

/** Whether 0 lies outside the interval: more than chance explains. False for a single value. */
export const excludesZero = ({ low, high }: Interval): boolean =>
  low !== undefined && high !== undefined && (low > 0 || high < 0);

/** `−0.52`, `+0.10` */
export const formatSigned = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;

/** `92.31 ± 0.12 (3)`; a single value has no spread: `92.31 (1)`. @param digits after the point, 0 … 20 */
export function formatSummary({ n, mean: m, sd }: Summary, digits = 2): string {
  integerIn('formatSummary: digits', digits, 0, 20);
  return sd === undefined ? `${m.toFixed(digits)} (${n})` : `${m.toFixed(digits)} ± ${sd.toFixed(digits)} (${n})`;
}

function checkValues(where: string, values: readonly number[], least: number): void {
  if (!Array.isArray(values)) throw refuse(where, 'a list of numbers', values);
  if (values.length < least) throw refuse(where, `at least ${counted(least, 'value')}`, values.length);
  const bad = values.findIndex((x) => !Number.isFinite(x));
  if (bad >= 0) throw refuse(`${where}: value ${bad}`, 'a finite number', values[bad]);
}
