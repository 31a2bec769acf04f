/** Bars of what was measured on several runs: mean, spread and a dot a run. */
import { summarise } from '../../util/stats';
import type { Bar } from './barTraces';

/** What runs of one kind gave: for each run its values by name. */
export interface MeasuredRuns {
  /** Colour and entry of the legend: a method, say. */
  readonly label: string;
  readonly runs: readonly Readonly<Record<string, number>>[];
}

/** A bar for each name and label; the names of the first run decide the order. Labels without runs have none. */
export function runBars(measured: readonly MeasuredRuns[]): Bar[] {
  return measured.flatMap(({ label, runs }) =>
    Object.keys(runs[0] ?? {}).map((name): Bar => {
      const points = runs.map((run) => run[name] as number);
      const { mean, sd } = summarise(points);
      return { name, group: label, value: mean, points, ...(sd === undefined ? {} : { spread: sd }) };
    }),
  );
}
