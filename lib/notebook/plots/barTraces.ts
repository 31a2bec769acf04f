/** What bars are drawn with: where each stands, the bars of a group, the runs behind them, the line that all are compared with. */
import type { Trace } from '../render/plotly';
import { INK } from './theme';

/** One bar. */
export interface Bar {
  /** Below the bar, in the order of the rows; bars of one name are side by side. */
  readonly name: string;
  /** Height, in the unit of the y axis: the mean. */
  readonly value: number;
  /** Half the error bar, in the unit of the y axis: the standard deviation over runs, say. */
  readonly spread?: number;
  /** Decides the colour; in the legend. */
  readonly group?: string;
  /** Number of runs. Default: that of the points. */
  readonly n?: number;
  /** Values of the single runs, drawn as dots. */
  readonly points?: readonly number[];
}

/** A bar with its place on an axis where names are at 0, 1, 2, …: its middle and its width. */
export interface Placed extends Bar {
  readonly x: number;
  readonly width: number;
}

/** Part of the room of a name that its bars take together, and of a bar that its dots spread over. */
const FILLED = 0.76;
const SPREAD = 0.56;

/** Bars of different groups stand side by side where a name has several of them, else each has the whole room. */
export function placed(rows: readonly Bar[], names: readonly string[], groups: readonly string[]): Placed[] {
  const slots = new Set(rows.map(({ name }) => name)).size < rows.length ? groups.length : 1;
  const width = FILLED / slots;
  return rows.map((row) => {
    const slot = slots === 1 ? 0 : groups.indexOf(row.group ?? '');
    return { ...row, width, x: names.indexOf(row.name) + (slot - (slots - 1) / 2) * width };
  });
}

/** The bars of one group, white between those that touch; no trace of a group without bars. */
export function barTrace(name: string, color: string, own: readonly Placed[]): Trace[] {
  if (own.length === 0) return [];
  const array = own.map(({ spread = 0 }) => spread);
  const trace = {
    type: 'bar',
    name,
    x: own.map(({ x }) => x),
    y: own.map(({ value }) => value),
    width: own.map(({ width }) => width),
    marker: { color, line: { color: INK.paper, width: 1 } },
    error_y: { type: 'data', array, color: INK.text, thickness: 2, width: 0, visible: array.some((value) => value > 0) },
    hovertext: own.map(hoverText),
    hoverinfo: 'text',
    showlegend: name !== '',
  };
  return [trace];
}

/** `ie-ft: 88.31 ± 0.24, n = 3` */
function hoverText({ name, value, spread, n }: Placed): string {
  const short = (number: number): string => String(Number(number.toPrecision(4)));
  return `${name}: ${short(value)}${spread === undefined ? '' : ` ± ${short(spread)}`}${n === undefined ? '' : `, n = ${n}`}`;
}

/** A dot for each run, spread over the width of its bar in the order of the runs. */
export function pointsTrace(bars: readonly Placed[]): Trace {
  const dots = bars.flatMap(({ x, width, points = [] }) =>
    points.map((y, i) => ({ x: x + (points.length > 1 ? (i / (points.length - 1) - 0.5) * width * SPREAD : 0), y })),
  );
  return {
    type: 'scatter',
    mode: 'markers',
    name: 'one run',
    x: dots.map((dot) => dot.x),
    y: dots.map((dot) => dot.y),
    marker: { color: INK.paper, size: 7, line: { color: INK.text, width: 1.4 } },
    hovertemplate: '%{y:.5~g}<extra></extra>',
    cliponaxis: false,
  };
}

/** A broken line over the whole width, in front of the bars. */
export function baselineTrace(name: string, value: number, places: number): Trace {
  return {
    type: 'scatter',
    mode: 'lines',
    name,
    x: [-1, places],
    y: [value, value],
    line: { color: INK.muted, dash: 'dash', width: 1.8 },
    hoverinfo: 'skip',
  };
}
