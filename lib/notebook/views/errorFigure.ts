/** Rows of an experiment's table as bars: test errors with a dot for each run, coloured by whether a method splits the student, which stands alone as a line. */
import type { TableLine } from '../../experiments/tables/experimentTable';
import { refusePhrase } from '../../util/check';
import { type BarsOptions, bars } from '../plots/bars';
import type { Bar } from '../plots/barTraces';
import type { Figure } from '../render/plotly';

/** In the order of their colours. */
const GROUPS = ['plain', 'under IE'] as const;
/** Left of the least and right of the greatest mark, percentage points. */
const ROOM = 0.5;

/** Whether there is a row to be drawn. */
export const hasErrors = (lines: readonly TableLine[]): boolean =>
  lines.some(({ teacher, baseline, runs }) => !teacher && !baseline && runs.length > 0);

/**
 * The figure of an experiment's test errors, in per cent: a bar a row with a dot for each run, the student alone as a line. Teachers and
 * rows without runs are left out. The axis begins below the least mark, and its title says so.
 * @param lines lines of one pair of networks
 * @throws InputError where no row beside the student alone has a run
 */
export function errorFigure(lines: readonly TableLine[], options: Pick<BarsOptions, 'title' | 'width' | 'height'> = {}): Figure {
  const trained = lines.filter(({ teacher, runs }) => !teacher && runs.length > 0);
  const rows = trained.filter(({ baseline }) => !baseline).map(barOf);
  if (!hasErrors(lines)) throw refusePhrase('errorFigure', 'a row with runs beside the student alone', 'none', 'train one');
  const alone = trained.find(({ baseline }) => baseline);
  const marks = trained.flatMap(({ runs, error }) => {
    const { mean = Number.NaN, sd = 0 } = error ?? {};
    return [...runs.map((run) => run.error), mean - sd, mean + sd];
  });
  const range = [Math.max(0, Math.floor(Math.min(...marks) - ROOM)), Math.ceil(Math.max(...marks) + ROOM)] as const;
  const baseline = alone?.error ? { baseline: { name: alone.label, value: alone.error.mean } } : {};
  const groups = new Set(rows.map(({ group }) => group)).size > 1 ? { groups: GROUPS } : {};
  return bars(rows, { ...options, y: 'test error (%)', range, ...groups, ...baseline });
}

function barOf({ label, ie, error, runs }: TableLine): Bar {
  const { mean = Number.NaN, sd } = error ?? {};
  const points = runs.map((run) => run.error);
  return { name: label, value: mean, group: GROUPS[ie ? 1 : 0], points, ...(sd === undefined ? {} : { spread: sd }) };
}
