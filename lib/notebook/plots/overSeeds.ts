/** One curve of the runs of several seeds: the mean, and a band of one standard deviation to each side. */
import { refuse } from '../../util/check';
import { mean, sampleSd } from '../../util/stats';
import type { Series } from './curves';

/** The curve of one run. */
export interface RunCurve {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** What of a series follows from its runs: `{ name: 'ie-ft', ...overSeeds(runs) }`. */
export type SeedCurve = Pick<Series, 'x' | 'y' | 'band'>;

/**
 * Place by place, ȳ = Σy / n and the band ȳ ± √(Σ(y − ȳ)² / (n − 1)); a single run has no band.
 * @throws InputError for no runs, runs that are not at the same x, and values that are not finite
 */
export function overSeeds(runs: readonly RunCurve[]): SeedCurve {
  const [first] = runs;
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
