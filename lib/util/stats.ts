/** Mean and spread over repeated runs: every number of a table carries its n. */
import { integerIn, refuse } from './check';

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
  return { n: values.length, mean: mean(values), sd: values.length > 1 ? sampleSd(values) : undefined };
}

/** `92.31 ± 0.12 (3)`; a single value has no spread: `92.31 (1)`. @param digits after the point, 0 … 20 */
export function formatSummary({ n, mean: m, sd }: Summary, digits = 2): string {
  integerIn('formatSummary: digits', digits, 0, 20);
  return sd === undefined ? `${m.toFixed(digits)} (${n})` : `${m.toFixed(digits)} ± ${sd.toFixed(digits)} (${n})`;
}

function checkValues(where: string, values: readonly number[], least: number): void {
  if (values.length < least) throw refuse(where, `at least ${least} ${least === 1 ? 'value' : 'values'}`, values.length);
  const bad = values.findIndex((x) => !Number.isFinite(x));
  if (bad >= 0) throw refuse(`${where}: value ${bad}`, 'a finite number', values[bad]);
}
