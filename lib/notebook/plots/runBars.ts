/** Bars of what was measured on several runs: mean, spread and a dot a run. */
import { objectsIn } from '../../util/check';
import { summarise } from '../../util/stats';
import type { Bar } from './barTraces';

/** The measurements of some runs that differ in their seed only. */
export interface MeasuredRuns {
  /** Decides the colour; in the legend: a method, say. */
  readonly label: string;
  /** Of each run, its values by name; all runs have the same names. */
  readonly runs: readonly Readonly<Record<string, number>>[];
}

/**
 * Rows for `bars`: a bar for each label and name, its height the mean over the runs, its error bar the sample standard deviation (of two
 * runs or more), and a dot for each run. The names of a label's first run decide the order; labels without runs have no bars.
 * @throws InputError for values that are not finite
 * @example
 * ```ts
 * import { bars, runBars, showFigure } from 'iekd';
 *
 * const plain = { label: 'FT', runs: [{ CKA: 0.71 }, { CKA: 0.74 }] };
 * const split = { label: 'IE-FT', runs: [{ CKA: 0.64 }, { CKA: 0.61 }] };
 * await showFigure(bars(runBars([plain, split]), { y: 'similarity', title: 'Made-up numbers' }));
 * ```
 */
export function runBars(measured: readonly MeasuredRuns[]): Bar[] {
  return objectsIn('runBars', 'measured runs, { label, runs }', measured, ['runs']).flatMap(({ label, runs }) =>
    Object.keys(runs[0] ?? {}).map((name): Bar => {
      const points = runs.map((run) => run[name] as number);
      const { mean, sd } = summarise(points);
      return { name, group: label, value: mean, points, ...(sd === undefined ? {} : { spread: sd }) };
    }),
  );
}
