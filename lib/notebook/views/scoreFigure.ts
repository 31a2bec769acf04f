/** Rows of an experiment's table as bars: test scores with a dot for each run, coloured by whether a method splits the student, which stands alone as a line. */
import type { TableLine } from '../../experiments/tables/experimentTable';
import type { ScoreStyle } from '../../experiments/tables/testScore';
import { refusePhrase } from '../../util/check';
import { type BarsOptions, bars } from '../plots/bars';
import type { Bar } from '../plots/barTraces';
import type { Figure } from '../render/plotly';

/** In the order of their colours. */
const GROUPS = ['plain', 'under IE'] as const;
/** Below the least and above the greatest mark, in units of the axis. */
const ROOM = 0.5;

/** Whether there is a row to be drawn. */
export const hasScores = (lines: readonly TableLine[]): boolean =>
  lines.some(({ teacher, baseline, runs }) => !teacher && !baseline && runs.length > 0);

/**
 * The figure of an experiment's test scores, of classification errors in per cent: a bar a row with a dot for each run, the student alone as a line. Teachers and
 * rows without runs are left out. The axis begins below the least mark, and its title says so.
 * @param lines lines of one pair of networks
 * @throws InputError where no row beside the student alone has a run
 */
export function scoreFigure(
  lines: readonly TableLine[],
  style: ScoreStyle,
  options: Pick<BarsOptions, 'title' | 'width' | 'height'> = {},
): Figure {
  const trained = lines.filter(({ teacher, runs }) => !teacher && runs.length > 0);
  const rows = trained.filter(({ baseline }) => !baseline).map(barOf);
  if (!hasScores(lines)) throw refusePhrase('scoreFigure', 'a row with runs beside the student alone', 'none', 'train one');
  const alone = trained.find(({ baseline }) => baseline);
  const marks = trained.flatMap(({ runs, score }) => {
    const { mean = Number.NaN, sd = 0 } = score ?? {};
    return [...runs.map((run) => run.score), mean - sd, mean + sd];
  });
  const range = [Math.max(0, Math.floor(Math.min(...marks) - ROOM)), Math.ceil(Math.max(...marks) + ROOM)] as const;
  const baseline = alone?.score ? { baseline: { name: alone.label, value: alone.score.mean } } : {};
  const groups = new Set(rows.map(({ group }) => group)).size > 1 ? { groups: GROUPS } : {};
  return bars(rows, { ...options, y: axisTitle(style), range, ...groups, ...baseline });
}

/** `test error (%)` */
const axisTitle = (style: ScoreStyle): string => `test ${style.unit ? `${style.short} (${style.unit})` : style.short}`;

function barOf({ label, ie, score, runs }: TableLine): Bar {
  const { mean = Number.NaN, sd } = score ?? {};
  const points = runs.map((run) => run.score);
  return { name: label, value: mean, group: GROUPS[ie ? 1 : 0], points, ...(sd === undefined ? {} : { spread: sd }) };
}
