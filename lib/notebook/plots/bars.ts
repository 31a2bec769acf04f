/**
 * Bars of a mean with its spread, and a dot for each run behind it: with three runs a reader should see three dots. Bars of one
 * name stand side by side, one a group. An axis that does not reach 0 says so, since bars then show differences alone.
 */
import { integerIn, knownKeys, numberIn, objectsIn, refuse, refusePhrase } from '../../util/check';
import type { Figure } from '../render/plotly';
import { textWidth } from '../render/raster';
import { type Bar, barTrace, baselineTrace, placed, pointsTrace } from './barTraces';
import { FIGURE_SIZE, seriesColour, TICK_SIZE } from './theme';

/** Options of `bars`. */
export interface BarsOptions {
  /** Above the plot. */
  readonly title?: string;
  /** Title of the x axis. */
  readonly x?: string;
  /** Title of the y axis, with its unit: `top-1 (%)`. */
  readonly y?: string;
  /** What `spread` is; stands below the title of the y axis. Default `mean ± sd`. */
  readonly spread?: string;
  /** The groups in the order of legend, colours and places; default as they come in the rows. */
  readonly groups?: readonly string[];
  /** A broken line across, for what all are compared with; its name is in the legend. */
  readonly baseline?: { readonly name: string; readonly value: number };
  /** Of the y axis; every mark must be in it. Default: from 0 to a little beyond the last mark. */
  readonly range?: readonly [number, number];
  /** Of the figure, in pixels. Default 760. */
  readonly width?: number;
  /** Of the figure, in pixels. Default 440. */
  readonly height?: number;
}

const ROW = ['name', 'value', 'spread', 'group', 'n', 'points'];
const OPTIONS = ['title', 'x', 'y', 'spread', 'groups', 'baseline', 'range', 'width', 'height'];

/** Beyond the last mark, as a part of the axis. */
const ROOM = 0.05;
/** Left and right of the plot, in pixels, about. */
const BESIDE = 110;
/** Below the plot. */
const MARGIN = { titled: 48, bare: 16 } as const;

/**
 * The figure of some bars, with their error bars and a dot for each run; to be changed further, or shown with `showFigure`.
 * @param rows one bar each, with a name and group that no other has
 * @throws InputError for no rows, keys that are not known, numbers that are not finite, two rows of one name and group, a group that
 * `groups` lacks, another number of points than `n`, and marks outside the range
 * @example
 * ```ts
 * import { bars, showFigure } from 'iekd';
 *
 * const rows = [
 *   { name: 'alone', value: 8.7, spread: 0.2, points: [8.5, 8.7, 8.9] },
 *   { name: 'with a teacher', value: 8, spread: 0.3, points: [7.7, 8, 8.3] },
 * ];
 * await showFigure(bars(rows, { y: 'test error (%)', title: 'Made-up numbers' }));
 * ```
 */
export function bars(rows: readonly Bar[], options: BarsOptions = {}): Figure {
  knownKeys('bars', options, OPTIONS);
  integerIn('bars: number of rows', objectsIn('bars', 'bars', rows).length, 1);
  const { title, baseline, width, height } = options;
  const groups = options.groups ?? [...new Set(rows.map(({ group = '' }) => group))];
  checkRows(rows, groups);
  const range = options.range ?? wholeRange([...rows.flatMap(marks), ...(baseline ? [baseline.value] : [])]);
  checkRange(range, rows);
  const names = [...new Set(rows.map(({ name }) => name))];
  const all = placed(rows, names, groups);
  const data = [
    ...groups.flatMap((name, i) => barTrace(name, seriesColour(i), ofGroup(all, name))),
    ...(baseline ? [baselineTrace(baseline.name, baseline.value, names.length)] : []),
    ...(rows.some(({ points }) => points) ? [pointsTrace(all)] : []),
  ];
  const layout = {
    ...(title === undefined ? {} : { title: { text: title } }),
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
    margin: { b: options.x ? MARGIN.titled : MARGIN.bare }, // names take what they need beyond it
    barmode: 'overlay', // the places are ours
    showlegend: data.length > 1,
    xaxis: nameAxis(labelsOf(names, rows), options),
    yaxis: { title: { text: axisTitle(rows, range, options) }, range: [...range], zeroline: range[0] < 0 && range[1] > 0 },
  };
  return { data, layout };
}

/** Number of runs of a row, where it says so. */
const runsOf = ({ n, points }: Bar): number | undefined => n ?? points?.length;

/** The number of runs where all rows have the same. */
function commonN(rows: readonly Bar[]): number | undefined {
  const [first, ...others] = new Set(rows.map(runsOf));
  return others.length > 0 ? undefined : first;
}

/** Each name, with its numbers of runs where not all are the same: `kd (2)`. */
function labelsOf(names: readonly string[], rows: readonly Bar[]): string[] {
  if (commonN(rows) !== undefined || rows.every((row) => runsOf(row) === undefined)) return [...names];
  return names.map((name) => {
    const own = new Set(rows.filter((row) => row.name === name).map((row) => runsOf(row) ?? '?'));
    return `${name} (${[...own].join(', ')})`;
  });
}

const ofGroup = <T extends Bar>(rows: readonly T[], name: string): T[] => rows.filter(({ group = '' }) => group === name);

/** Names turned where one is wider than its place. */
function nameAxis(labels: readonly string[], { x, width = FIGURE_SIZE.width }: BarsOptions): object {
  const place = (width - BESIDE) / labels.length;
  const turned = labels.some((label) => textWidth(label, TICK_SIZE) > place - 6);
  const ticks = { tickvals: labels.map((_, i) => i), ticktext: labels, tickangle: turned ? -50 : 0, ticks: '', showgrid: false };
  return { ...(x === undefined ? {} : { title: { text: x } }), range: [-0.6, labels.length - 0.4], ...ticks };
}

/** The title, and in small print what a reader must know: spread, number of runs, an axis without 0. */
function axisTitle(rows: readonly Bar[], [from, to]: readonly [number, number], options: BarsOptions): string {
  const { y = '', spread = 'mean ± sd' } = options;
  const n = commonN(rows);
  const notes = [
    ...(rows.some((row) => row.spread !== undefined) ? [spread] : []),
    ...(n === undefined ? (rows.some((row) => runsOf(row) !== undefined) ? ['n in brackets'] : []) : [`n = ${n}`]),
    ...(from > 0 || to < 0 ? [`axis from ${from}, not 0`] : []),
  ];
  return notes.length === 0 ? y : `${y}<br><span style="font-size:13px">${notes.join('; ')}</span>`;
}

/** Everything of a row that has a place on the y axis. */
const marks = ({ value, spread = 0, points = [] }: Bar): number[] => [value, value - spread, value + spread, ...points];

function wholeRange(values: readonly number[]): readonly [number, number] {
  const [least, most] = [Math.min(0, ...values), Math.max(0, ...values)];
  const room = ROOM * (most - least || 1);
  return [least < 0 ? least - room : 0, most > 0 || least === 0 ? most + room : 0];
}

function checkRange([from, to]: readonly [number, number], rows: readonly Bar[]): void {
  if (!(from < to)) throw refuse('bars: range', 'a lower and an upper end', [from, to]);
  for (const row of rows) {
    const outside = marks(row).find((value) => value < from || value > to);
    if (outside !== undefined) throw refusePhrase('bars: range', `every mark in [${from}, ${to}]`, `${outside} of ${row.name}`);
  }
}

function checkRows(rows: readonly Bar[], groups: readonly string[]): void {
  const seen = new Set<string>();
  for (const row of rows) {
    const { name, group = '', n, points } = row;
    const where = `bars: ${name}`;
    knownKeys(where, row, ROW);
    for (const value of marks(row)) numberIn(where, value);
    if (!groups.includes(group)) throw refuse(`${where}: group`, `one of ${groups.join(', ')}`, group);
    if (points && n !== undefined && points.length !== n) throw refuse(`${where}: points`, `n = ${n} of them`, points.length);
    const key = JSON.stringify([name, group]);
    if (seen.has(key)) throw refusePhrase(where, 'one row a name and group', 'two');
    seen.add(key);
  }
}
