/** Curves over steps, epochs or the strength of a noise as a figure, with a band where there are several seeds (`overSeeds`). */
import { knownKeys, objectsIn, pick, positive, refuse } from '../../util/check';
import type { Figure, Trace } from '../render/plotly';
import { type FigureOptions, showFigure } from './figure';
import { seriesColour, withOpacity } from './theme';

/** How a line is drawn: what Plotly calls `dash`. */
export type Dash = 'solid' | 'dot' | 'dash' | 'dashdot';

const DASHES: Readonly<Record<Dash, Dash>> = { solid: 'solid', dot: 'dot', dash: 'dash', dashdot: 'dashdot' };

/** One curve. */
export interface Series {
  /** In the legend. */
  readonly name: string;
  /** Places on the x axis, in the order in which they are joined. */
  readonly x: ArrayLike<number>;
  /** A value for each x; NaN is a gap. */
  readonly y: ArrayLike<number>;
  /** Lower and upper edge of a band around the curve, a value for each x: mean ± standard deviation over seeds, say. */
  readonly band?: { readonly lower: ArrayLike<number>; readonly upper: ArrayLike<number> };
  /** Broken line, for what is compared with: short for `dash: 'dash'`. Default false. */
  readonly dashed?: boolean;
  /** Tells curves of one colour apart: training dotted, test solid, say. Default `solid`. */
  readonly dash?: Dash;
  /** Of the line, in pixels. Default 2.5. */
  readonly width?: number;
  /** Points on this line; default as the option of the figure says. */
  readonly markers?: boolean;
  /** Number of the colour, to keep it over several figures or curves. Default: the place in the list. */
  readonly colour?: number;
}

/** Options of `showCurves`. */
export interface CurvesOptions {
  /** Above the plot. */
  readonly title?: string;
  /** Title of the x axis, with its unit: `epoch`. */
  readonly x?: string;
  /** Title of the y axis, with its unit: `accuracy (%)`. */
  readonly y?: string;
  /** Logarithmic x axis, for x above 0 only. Default false. */
  readonly logX?: boolean;
  /** Logarithmic y axis; a band that goes down to 0 or below ends at the lower edge. Default false. */
  readonly logY?: boolean;
  /** Points on the lines; default where no curve has more than 20. */
  readonly markers?: boolean;
  /** Lower and upper end of the y axis. Default: what holds all values. */
  readonly yRange?: readonly [number, number];
  /** Of the figure, in pixels. Default 760. */
  readonly width?: number;
  /** Of the figure, in pixels. Default 440. */
  readonly height?: number;
}

const OPTIONS = ['title', 'x', 'y', 'logX', 'logY', 'markers', 'yRange', 'width', 'height'];
const SERIES = ['name', 'x', 'y', 'band', 'dashed', 'dash', 'width', 'markers', 'colour'];

/** Above this many points marks would hide the line. */
const MOST_MARKERS = 20;
/** More whole numbers than these have a tick at every few of them. */
const MOST_TICKS = 12;

/** The figure of some curves; to be changed further, or shown with `showFigure`. @throws InputError as `showCurves` does */
export function curves(series: readonly Series[], options: CurvesOptions = {}): Figure {
  knownKeys('curves', options, OPTIONS);
  const { title, x, y, logX = false, logY = false, yRange, width, height } = options;
  for (const one of objectsIn('curves', 'series, { name, x, y }', series, ['x', 'y'])) check(one, logX);
  const markers = options.markers ?? series.every((one) => one.x.length <= MOST_MARKERS);
  const [xs, ys] = [series.flatMap((one) => Array.from(one.x)), series.flatMap((one) => Array.from(one.y))];
  const yTicks = logY ? logTicks(ys) : {};
  const floor = yTicks.tickvals?.[0];
  const data = series.flatMap((one, i) => {
    const colour = seriesColour(one.colour ?? i);
    return [...bandTraces(one, colour, floor), line(one, colour, markers)];
  });
  const range = yRange && (logY ? yRange.map(Math.log10) : [...yRange]);
  const axis = (text: string | undefined): object => (text === undefined ? {} : { title: { text } });
  const layout = {
    ...(title === undefined ? {} : { title: { text: title } }),
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
    showlegend: series.length > 1,
    xaxis: { ...axis(x), ...(logX ? logTicks(xs) : wholeTicks(xs)) },
    yaxis: { ...axis(y), ...yTicks, ...(range ? { range } : {}) },
  };
  return { data, layout };
}

/**
 * Shows curves as a figure, each with its band where it has one.
 * @param series one curve each
 * @throws InputError for keys that are not known, another number of values than x has, a `dash` that is not known, a width that is
 * not above 0, and x of 0 or below on a logarithmic axis
 * @example
 * ```ts
 * import { type Series, showCurves } from 'iekd';
 *
 * const series: Series[] = [
 *   { name: 'training', x: [1, 2, 3], y: [2.1, 1.4, 0.9], dash: 'dot' },
 *   { name: 'test', x: [1, 2, 3], y: [2.2, 1.7, 1.5] },
 * ];
 * await showCurves(series, { title: 'Made-up losses', x: 'epoch', y: 'loss (nats an image)' });
 * ```
 */
export async function showCurves(series: readonly Series[], options: CurvesOptions & FigureOptions = {}): Promise<void> {
  const { interactive = false, ...rest } = options;
  await showFigure(curves(series, rest), { interactive });
}

/** Few whole numbers, epochs say, have no ticks between them. */
function wholeTicks(values: readonly number[]): object {
  const [low, high] = ends(values);
  return values.every(Number.isInteger) && high - low <= MOST_TICKS ? { dtick: 1 } : {};
}

interface LogTicks {
  readonly type?: 'log';
  readonly tickvals?: readonly number[];
  readonly ticktext?: readonly string[];
}

/** Plotly labels narrow logarithmic axes with bare digits; here every tick is a number: 1, 2 and 5, or powers of ten alone. */
function logTicks(values: readonly number[]): LogTicks {
  const positives = values.filter((value) => value > 0);
  if (positives.length === 0) return { type: 'log' };
  const [least, most] = ends(positives);
  const [low, high] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(most))];
  const steps = high - low > 3 ? [1] : [1, 2, 5];
  const tickvals = Array.from({ length: high - low + 1 }, (_, i) => steps.map((step) => step * 10 ** (low + i))).flat();
  return { type: 'log', tickvals, ticktext: tickvals.map((value) => String(Number(value.toPrecision(1)))) };
}

/** The least and the greatest, of however many. */
function ends(values: readonly number[]): [number, number] {
  return [values.reduce((a, b) => Math.min(a, b), Infinity), values.reduce((a, b) => Math.max(a, b), -Infinity)];
}

function check(series: Series, logX: boolean): void {
  const { name, x, y, band, dash = 'solid', width = 1 } = series;
  const where = `curves: ${name}`;
  knownKeys(where, series, SERIES);
  const lengths = [y.length, ...(band ? [band.lower.length, band.upper.length] : [])];
  const wrong = lengths.find((length) => length !== x.length);
  if (wrong !== undefined) throw refuse(where, `${x.length} values, as many as x has`, wrong);
  pick(`${where}: dash`, DASHES, dash);
  positive(`${where}: width`, width);
  const unseen = logX ? Array.from(x).find((value) => value <= 0) : undefined;
  if (unseen !== undefined) throw refuse(where, 'x above 0 on a logarithmic axis', unseen, 'draw what is at 0 as a level');
}

function line(series: Series, color: string, all: boolean): Trace {
  const { name, x, y, dashed = false, dash = dashed ? 'dash' : 'solid', width, markers = all } = series;
  const mode = markers ? 'lines+markers' : 'lines';
  return {
    type: 'scatter',
    name,
    x: Array.from(x),
    y: Array.from(y),
    mode,
    line: { color, dash, ...(width === undefined ? {} : { width }) },
  };
}

/** An invisible lower edge, and an upper edge that is filled down to it; neither below `floor`, which a logarithmic axis has. */
function bandTraces({ name, x, band }: Series, colour: string, floor: number | undefined): Trace[] {
  if (!band) return [];
  const edge = (values: ArrayLike<number>, more: object): Trace => {
    const y = Array.from(values, (value) => (floor === undefined ? value : Math.max(value, floor)));
    const common = { type: 'scatter', x: Array.from(x), y, mode: 'lines', line: { width: 0 }, hoverinfo: 'skip' };
    return { ...common, name: `${name}, band`, showlegend: false, ...more };
  };
  return [edge(band.lower, {}), edge(band.upper, { fill: 'tonexty', fillcolor: withOpacity(colour, 0.18) })];
}
