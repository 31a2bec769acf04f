/** One curve of the runs of several seeds: the mean, and a band of one standard deviation to each side. */
import { objectsIn, refuse } from '../../util/check';
import { mean, sampleSd } from '../../util/stats';

/** The curve of one run. */
export interface RunCurve {
  /** Places on the x axis: epochs, say; the same for all runs. */
  readonly x: readonly number[];
  /** A value for each x. */
  readonly y: readonly number[];
}

/** What of a series is computed from its runs: `{ name: 'ie-ft', ...overSeeds(runs) }`. */
export interface SeedCurve {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly band?: { readonly lower: readonly number[]; readonly upper: readonly number[] };
}

/**
 * The mean curve of n runs and its band, at each x: ȳ = Σy / n, and ȳ ± √(Σ(y − ȳ)² / (n − 1)), one sample standard deviation to
 * each side. A single run has no band.
 * @param runs the curves of the runs, all at the same x
 * @throws InputError for no runs, runs that are not at the same x, and values that are not finite
 * @example
 * ```ts
 * import { overSeeds, showCurves } from 'iekd';
 *
 * const x = [1, 2, 3];
 * const runs = [[60, 41, 30], [64, 43, 33], [58, 40, 31]].map((y) => ({ x, y }));
 * const series = [{ name: 'mean of 3 seeds', ...overSeeds(runs) }];
 * await showCurves(series, { title: 'Made-up errors', x: 'epoch', y: 'test error (%)' });
 * ```
 */
export function overSeeds(runs: readonly RunCurve[]): SeedCurve {
  const [first] = objectsIn('overSeeds', 'runs', runs, ['x', 'y']);
  if (!first) throw refuse('overSeeds', 'at least 1 run', 0);
  runs.forEach((run, i) => {
    checkRun(run, first, i);
  });
  const { x } = first;
  const columns = x.map((_, i) => runs.map(({ y }) => y[i] as number));
  const y = columns.map(mean);
  if (runs.length === 1) return { x: [...x], y };
  const spread = columns.map(sampleSd);
  const moved = (sign: number): number[] => y.map((value, i) => value + sign * (spread[i] as number));
  return { x: [...x], y, band: { lower: moved(-1), upper: moved(1) } };
}

function checkRun({ x, y }: RunCurve, first: RunCurve, i: number): void {
  const where = `overSeeds: run ${i}`;
  if (y.length !== x.length) throw refuse(where, `${x.length} values, as many as x has`, y.length);
  if (x.length !== first.x.length) throw refuse(where, `${first.x.length} points, as run 0 has`, x.length);
  const other = x.findIndex((value, j) => value !== first.x[j]);
  if (other >= 0) throw refuse(where, `x = ${first.x[other]} at point ${other}, as run 0 has`, x[other]);
}
