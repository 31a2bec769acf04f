/** Curves over steps, epochs or the strength of a noise as a figure, with a band where there are several seeds (`overSeeds`). */
import { knownKeys, pick, positive, refuse } from '../../util/check';
import type { Figure, Trace } from '../render/plotly';
import { type FigureOptions, showFigure } from './figure';
import { seriesColour, withOpacity } from './theme';

/** How a line is drawn: what Plotly calls `dash`. */
export type Dash = 'solid' | 'dot' | 'dash' | 'dashdot';

const DASHES: Readonly<Record<Dash, Dash>> = { solid: 'solid', dot: 'dot', dash: 'dash', dashdot: 'dashdot' };

/** One curve. */
export interface Series {
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Lower and upper edge of a band around the curve: mean ± standard deviation over seeds, say. */
  readonly band?: { readonly lower: readonly number[]; readonly upper: readonly number[] };
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
  readonly title?: string;
  /** Titles of the axes, with units: `accuracy (%)`. */
  readonly x?: string;
  readonly y?: string;
  /** Logarithmic x axis, for x above 0 only. Default false. */
  readonly logX?: boolean;
  /** Logarithmic y axis; a band that goes down to 0 or below ends at the lower edge. Default false. */
  readonly logY?: boolean;
  /** Points on the lines; default where no curve has more than 20. */
  readonly markers?: boolean;
  /** Fixed range of the y axis. */
  readonly yRange?: readonly [number, number];
  /** In pixels. */
  readonly width?: number;
  readonly height?: number;
}

const OPTIONS = ['title', 'x', 'y', 'logX', 'logY', 'markers', 'yRange', 'width', 'height'];
const SERIES = ['name', 'x', 'y', 'band', 'dashed', 'dash', 'width', 'markers', 'colour'];

/** Above this many points marks would hide the line. */
const MOST_MARKERS = 20;
/** More whole numbers than these have a tick at every few of them. */
const MOST_TICKS = 12;

/** The figure of some curves; to be changed further, or shown with `showFigure`. */
export function curves(series: readonly Series[], options: CurvesOptions = {}): Figure {
  knownKeys('curves', options, OPTIONS);
  const { title, x, y, logX = false, logY = false, yRange, width, height } = options;
  for (const one of series) check(one, logX);
  const markers = options.markers ?? series.every((one) => one.x.length <= MOST_MARKERS);
  const [xs, ys] = [series.flatMap((one) => one.x), series.flatMap((one) => one.y)];
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

/** Shows some curves. */
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
  const unseen = logX ? x.find((value) => value <= 0) : undefined;
  if (unseen !== undefined) throw refuse(where, 'x above 0 on a logarithmic axis', unseen, 'draw what is at 0 as a level');
}

function line(series: Series, color: string, all: boolean): Trace {
  const { name, x, y, dashed = false, dash = dashed ? 'dash' : 'solid', width, markers = all } = series;
  const mode = markers ? 'lines+markers' : 'lines';
  return {
    type: 'scatter',
    name,
    x: [...x],
    y: [...y],
    mode,
    line: { color, dash, ...(width === undefined ? {} : { width }) },
  };
}

/** An invisible lower edge, and an upper edge that is filled down to it; neither below `floor`, which a logarithmic axis has. */
function bandTraces({ name, x, band }: Series, colour: string, floor: number | undefined): Trace[] {
  if (!band) return [];
  const edge = (values: readonly number[], more: object): Trace => {
    const y = floor === undefined ? [...values] : values.map((value) => Math.max(value, floor));
    const common = { type: 'scatter', x: [...x], y, mode: 'lines', line: { width: 0 }, hoverinfo: 'skip' };
    return { ...common, name: `${name}, band`, showlegend: false, ...more };
  };
  return [edge(band.lower, {}), edge(band.upper, { fill: 'tonexty', fillcolor: withOpacity(colour, 0.18) })];
}
