/**
 * Line charts as SVG in less than a millisecond, for curves that are drawn again several times a second while training. The
 * look is that of the figures (`theme`); what Plotly can do beyond lines is left to it.
 */
import { escapeHtml } from '../display/display';
import { textWidth } from '../render/raster';
import { INK, seriesColour } from './theme';

/** One line of a chart. */
export interface Line {
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly colour?: number;
  /** Beside its name in the legend. Default its last value. */
  readonly value?: number | undefined;
}

/** One chart of a row. */
export interface Panel {
  readonly title: string;
  readonly xTitle: string;
  readonly lines: readonly Line[];
  /** Where the x axis ends, however far the lines are; it starts at 0. */
  readonly xEnd: number;
  /** Points on the lines. Default false. */
  readonly markers?: boolean;
  /** Of the values in the legend. Default three significant digits. */
  readonly format?: (value: number) => string;
}

/** In pixels. */
export const CHART_HEIGHT = 280;
const CHART_WIDTH = 760;
/** `top` holds the title; each row of the legend adds `LEGEND_ROW`. */
const MARGIN = { left: 52, right: 16, top: 34, bottom: 44 } as const;
const LEGEND_ROW = 20;

interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  readonly yTicks: readonly number[];
  readonly xTicks: readonly number[];
  readonly legend: readonly Entry[];
}

/** One entry of a legend, placed. */
interface Entry {
  readonly x: number;
  readonly row: number;
  readonly text: string;
  readonly colour: string;
}

/** Panels side by side, 760 × 280 pixels together. */
export function lineCharts(panels: readonly Panel[]): string {
  const width = CHART_WIDTH / Math.max(1, panels.length);
  const body = panels.map((panel, i) => `<g transform="translate(${i * width})">${drawPanel(panel, width)}</g>`).join('');
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${CHART_WIDTH}" height="${CHART_HEIGHT}" viewBox="0 0 ${CHART_WIDTH} ${CHART_HEIGHT}" ` +
    `style="max-width:100%;height:auto" font-family="system-ui, sans-serif" font-size="13" fill="${INK.text}">` +
    `<rect width="100%" height="100%" fill="${INK.paper}"/>${body}</svg>`
  );
}

function drawPanel(panel: Panel, width: number): string {
  const frame = frameOf(panel, width);
  return axes(frame, panel) + drawLegend(frame) + panel.lines.map((line, i) => drawLine(line, i, frame, panel)).join('');
}

function frameOf(panel: Panel, width: number): Frame {
  const { lines, xEnd } = panel;
  const values = lines.flatMap(({ y }) => y.filter(Number.isFinite));
  const yTicks = ticks(values.length > 0 ? values.reduce(least) : 0, values.length > 0 ? values.reduce(most) : 1, 5);
  const [low, high] = [yTicks[0] as number, yTicks.at(-1) as number];
  const [left, right] = [MARGIN.left, width - MARGIN.right];
  const legend = placeLegend(panel, left, right);
  const rows = 1 + Math.max(0, ...legend.map((entry) => entry.row));
  const [top, bottom] = [MARGIN.top + LEGEND_ROW * rows, CHART_HEIGHT - MARGIN.bottom];
  const xTicks = ticks(0, xEnd, width > 400 ? 8 : 5).filter((tick) => tick <= xEnd);
  return {
    ...{ left, right, top, bottom, xTicks, yTicks, legend },
    x: (value) => left + (value / xEnd) * (right - left),
    y: (value) => bottom - ((value - low) / (high - low)) * (bottom - top),
  };
}

const least = (a: number, b: number): number => Math.min(a, b);
const most = (a: number, b: number): number => Math.max(a, b);

/** Round numbers, about `wanted` of them, that enclose low … high. */
export function ticks(low: number, high: number, wanted: number): number[] {
  const span = high - low || Math.abs(high) || 1;
  const power = 10 ** Math.floor(Math.log10(span / wanted));
  const step = power * ([1, 2, 5, 10].find((factor) => (factor * power * wanted) / span >= 1 - 1e-9) as number);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

function axes({ left, right, top, bottom, x, y, xTicks, yTicks }: Frame, { title, xTitle }: Panel): string {
  const grid = yTicks.map((tick) => `M${left} ${y(tick).toFixed(1)}H${right}`).join('');
  const numbers = [
    ...yTicks.map((tick) => label(left - 8, y(tick) + 4.5, 'end', minus(tick))),
    ...xTicks.map((tick) => label(x(tick), bottom + 18, 'middle', minus(tick))),
  ];
  return (
    `<path d="${grid}" stroke="${INK.grid}"/><path d="M${left} ${top}V${bottom}H${right}" fill="none" stroke="${INK.axis}"/>` +
    `<g fill="${INK.muted}">${numbers.join('')}${label((left + right) / 2, bottom + 36, 'middle', xTitle)}</g>` +
    `<text x="${left}" y="20" font-size="15">${escapeHtml(title)}</text>`
  );
}

const label = (x: number, y: number, anchor: string, text: string): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${escapeHtml(text)}</text>`;

const minus = (value: number): string => String(value).replace('-', '−');

/** Entries from left to right, in as many rows as it takes. */
function placeLegend({ lines, format = threeDigits }: Panel, left: number, right: number): Entry[] {
  let [x, row] = [left, 0];
  return lines.map((line, i) => {
    const last = line.value ?? line.y.at(-1);
    const text = `${line.name} ${last === undefined ? '' : format(last)}`.trim();
    const width = 24 + textWidth(text, 13);
    if (x > left && x + width > right) [x, row] = [left, row + 1];
    const entry = { x, row, text, colour: seriesColour(line.colour ?? i) };
    x += width + 16;
    return entry;
  });
}

function drawLegend({ legend }: Frame): string {
  const draw = ({ x, row, text, colour }: Entry): string => {
    const y = MARGIN.top + 6 + row * LEGEND_ROW;
    return `<path d="M${x.toFixed(1)} ${y}h18" stroke="${colour}" stroke-width="2.5"/>${label(x + 24, y + 4.5, 'start', text)}`;
  };
  return legend.map(draw).join('');
}

const threeDigits = (value: number): string => minus(Number(value.toPrecision(3)));

function drawLine(line: Line, i: number, { x, y }: Frame, { markers = false }: Panel): string {
  const colour = seriesColour(line.colour ?? i);
  const points = line.x.flatMap((at, j) => {
    const value = line.y[j] as number;
    return Number.isFinite(value) ? [`${x(at).toFixed(1)},${y(value).toFixed(1)}`] : [];
  });
  const dots = markers ? points.map((point) => dot(point, colour)).join('') : '';
  return `<polyline fill="none" stroke="${colour}" stroke-width="2" stroke-linejoin="round" points="${points.join(' ')}"/>${dots}`;
}

function dot(point: string, colour: string): string {
  const [x, y] = point.split(',');
  return `<circle cx="${x}" cy="${y}" r="3.5" fill="${colour}"/>`;
}
