/** Curves over steps or epochs as a figure, with a band where there are several seeds. */
import { knownKeys, refuse } from '../util/check';
import { type FigureOptions, showFigure } from './figure';
import type { Figure, Trace } from './plotly';
import { seriesColour, withOpacity } from './theme';

/** One curve. */
export interface Series {
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Lower and upper edge of a band around the curve: mean ± standard deviation over seeds, say. */
  readonly band?: { readonly lower: readonly number[]; readonly upper: readonly number[] };
  /** Broken line: for what is compared with. Default false. */
  readonly dashed?: boolean;
  /** Number of the colour, to keep it over several figures. Default: the place in the list. */
  readonly colour?: number;
}

export interface CurvesOptions {
  readonly title?: string;
  /** Titles of the axes, with units: `accuracy (%)`. */
  readonly x?: string;
  readonly y?: string;
  /** Logarithmic y axis. Default false. */
  readonly logY?: boolean;
  /** Points on the lines; default where no curve has more than 20. */
  readonly markers?: boolean;
  /** Fixed range of the y axis. */
  readonly yRange?: readonly [number, number];
  /** In pixels. */
  readonly width?: number;
  readonly height?: number;
}

const OPTIONS = ['title', 'x', 'y', 'logY', 'markers', 'yRange', 'width', 'height'];

/** Above this many points marks would hide the line. */
const MOST_MARKERS = 20;

/** The figure of some curves; to be changed further, or shown with `showFigure`. */
export function curves(series: readonly Series[], options: CurvesOptions = {}): Figure {
  knownKeys('curves', options, OPTIONS);
  series.forEach(check);
  const { title, x, y, logY = false, yRange, width, height } = options;
  const markers = options.markers ?? series.every((one) => one.x.length <= MOST_MARKERS);
  const data = series.flatMap((one, i) => {
    const colour = seriesColour(one.colour ?? i);
    return [...bandTraces(one, colour), line(one, colour, markers)];
  });
  const range = yRange && (logY ? yRange.map(Math.log10) : [...yRange]);
  const axis = (text: string | undefined): object => (text === undefined ? {} : { title: { text } });
  const layout = {
    ...(title === undefined ? {} : { title: { text: title } }),
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
    showlegend: series.length > 1,
    xaxis: axis(x),
    yaxis: { ...axis(y), ...(logY ? { type: 'log', ...logTicks(series) } : {}), ...(range ? { range } : {}) },
  };
  return { data, layout };
}

/** Shows some curves. */
export async function showCurves(series: readonly Series[], options: CurvesOptions & FigureOptions = {}): Promise<void> {
  const { interactive = false, ...rest } = options;
  await showFigure(curves(series, rest), { interactive });
}

/** Plotly labels narrow logarithmic axes with bare digits; here every tick is a number: 1, 2 and 5, or powers of ten alone. */
function logTicks(series: readonly Series[]): object {
  const values = series.flatMap(({ y }) => y.filter((value) => value > 0));
  if (values.length === 0) return {};
  const [low, high] = [Math.floor(Math.log10(Math.min(...values))), Math.ceil(Math.log10(Math.max(...values)))];
  const steps = high - low > 3 ? [1] : [1, 2, 5];
  const tickvals = Array.from({ length: high - low + 1 }, (_, i) => steps.map((step) => step * 10 ** (low + i))).flat();
  return { tickvals, ticktext: tickvals.map((value) => String(Number(value.toPrecision(1)))) };
}

function check({ name, x, y, band }: Series): void {
  const lengths = [y.length, ...(band ? [band.lower.length, band.upper.length] : [])];
  const wrong = lengths.find((length) => length !== x.length);
  if (wrong !== undefined) throw refuse(`curves: ${name}`, `${x.length} values, as many as x has`, wrong);
}

function line({ name, x, y, dashed = false }: Series, color: string, markers: boolean): Trace {
  const mode = markers ? 'lines+markers' : 'lines';
  return { type: 'scatter', name, x: [...x], y: [...y], mode, line: { color, dash: dashed ? 'dash' : 'solid' } };
}

/** An invisible lower edge, and an upper edge that is filled down to it. */
function bandTraces({ name, x, band }: Series, colour: string): Trace[] {
  if (!band) return [];
  const edge = (y: readonly number[], more: object): Trace => {
    const common = { type: 'scatter', x: [...x], y: [...y], mode: 'lines', line: { width: 0 }, hoverinfo: 'skip' };
    return { ...common, name: `${name}, band`, showlegend: false, ...more };
  };
  return [edge(band.lower, {}), edge(band.upper, { fill: 'tonexty', fillcolor: withOpacity(colour, 0.18) })];
}
