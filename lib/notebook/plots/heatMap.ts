/**
 * A matrix as coloured squares: CKA between the layers of two networks, confusions. Light is much, dark is little; the values are
 * printed where there is room for them, in black or white, what stands out more.
 */
import { integerIn, knownKeys, neededKeys, refuse } from '../../util/check';
import type { Figure, Trace } from '../render/plotly';
import { CIVIDIS, cividis, inkOn } from './colourMap';
import { type Around, boxOf, cellsOf, columnTicks, rowTicks } from './heatMapLayout';
import { FONT, INK, TICK_SIZE } from './theme';

/** A matrix as coloured squares: its values and what stands around them. */
export interface HeatMap extends Around {
  /** `[rows, columns]`; a value that is not finite leaves its square empty. */
  readonly values: readonly (readonly number[])[];
  /** Values of the darkest and the lightest colour; values outside have the colour of the nearer end. Default: the least and the greatest. */
  readonly range?: readonly [number, number];
  /** Digits of the printed values after the point, 0 … 20. Default 2. */
  readonly digits?: number;
}

type Range = readonly [number, number];

const KEYS = ['values', 'rows', 'columns', 'title', 'x', 'y', 'label', 'range', 'digits'];

/** Values of larger matrices are not printed. */
const MOST_PRINTED = 12;
/** Between smaller squares, in pixels, white lines would be most of what is seen at half size. */
const LEAST_WITH_GAP = 16;

/**
 * The figure of a matrix as coloured squares, the first row at the top; to be changed further, or shown with `showFigure`. Values are
 * printed in matrices of up to 12 rows and columns, where they fit into the squares.
 * @throws InputError for keys that are not known, no rows or columns, another number of values than names, `digits` outside
 * 0 … 20, and a range that does not ascend
 * @example
 * ```ts
 * import { heatMap, showFigure } from 'iekd';
 *
 * const rows = ['cat', 'dog', 'ship'];
 * const values = [[40, 9, 1], [8, 41, 1], [0, 2, 48]];
 * const map = { values, rows, columns: rows, x: 'predicted', y: 'true', label: 'images', digits: 0 };
 * await showFigure(heatMap({ ...map, title: 'Made-up confusions' }));
 * ```
 */
export function heatMap(map: HeatMap): Figure {
  check(map);
  const { values, rows, columns, title, x = '', y = '', digits = 2 } = map;
  const range = map.range ?? rangeOf(values.flat());
  const texts = values.map((row) => row.map((value) => textOf(value, digits)));
  const { side, font } = cellsOf(rows.length, columns.length, texts.flat());
  const printed = font !== undefined && Math.max(rows.length, columns.length) <= MOST_PRINTED;
  const axis = { showgrid: false, showline: false, ticks: '', ticklabelstandoff: 6, automargin: false, constrain: 'domain' };
  const layout = {
    ...(title === undefined ? {} : { title: { text: title } }),
    ...boxOf(map, side),
    showlegend: false,
    xaxis: { ...axis, title: { text: x }, ...columnTicks(columns, side), range: [-0.5, columns.length - 0.5] },
    yaxis: { ...axis, title: { text: y }, ...rowTicks(rows, side), range: [rows.length - 0.5, -0.5], scaleanchor: 'x' },
  };
  const gap = side >= LEAST_WITH_GAP ? 1 : 0;
  return { data: [squares(map, range, gap), ...(printed ? [printedValues(values, texts, range, font)] : [])], layout };
}

function squares({ values, rows, columns, label }: HeatMap, [zmin, zmax]: Range, gap: number): Trace {
  const title = label === undefined ? {} : { title: { text: label, side: 'right', font: { size: FONT.size } } };
  return {
    type: 'heatmap',
    z: values.map((row) => row.map((value) => (Number.isFinite(value) ? value : null))),
    zmin,
    zmax,
    colorscale: CIVIDIS.map((colour, i) => [i / (CIVIDIS.length - 1), colour]),
    xgap: gap,
    ygap: gap,
    hovertext: rows.map((row) => columns.map((column) => `${row}, ${column}`)),
    hovertemplate: '%{hovertext}: %{z:.4~g}<extra></extra>',
    colorbar: { ...title, len: 1, ypad: 0, tickfont: { size: TICK_SIZE, color: INK.muted } },
  };
}

function printedValues(values: HeatMap['values'], text: readonly string[][], range: Range, size: number): Trace {
  return {
    type: 'scatter',
    mode: 'text',
    x: values.flatMap((row) => row.map((_, j) => j)),
    y: values.flatMap((row, i) => row.map(() => i)),
    text: text.flat(),
    textfont: { size, color: values.flat().map((value) => (Number.isFinite(value) ? inkOn(cividis(value, range)) : INK.text)) },
    hoverinfo: 'skip',
    cliponaxis: false,
  };
}

/** `−0.12`; nothing for what is not finite. */
function textOf(value: number, digits: number): string {
  if (!Number.isFinite(value)) return '';
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '−');
}

function rangeOf(values: readonly number[]): Range {
  const finite = values.filter(Number.isFinite);
  const [least, most] = finite.length > 0 ? [Math.min(...finite), Math.max(...finite)] : [0, 1];
  return [least, least < most ? most : least + 1];
}

function check(map: HeatMap): void {
  knownKeys('heatMap', map, KEYS);
  neededKeys('heatMap', map, ['values', 'rows', 'columns']);
  const { values, rows, columns, range, digits = 2 } = map;
  integerIn('heatMap: number of rows', rows.length, 1);
  integerIn('heatMap: number of columns', columns.length, 1);
  integerIn('heatMap: digits', digits, 0, 20);
  if (values.length !== rows.length) throw refuse('heatMap', `${rows.length} lists of values, one a row`, values.length);
  values.forEach((row, i) => {
    const where = `heatMap: ${rows[i]}`;
    if (row.length !== columns.length) throw refuse(where, `${columns.length} values, one a column`, row.length);
  });
  if (range && !(range[0] < range[1])) throw refuse('heatMap: range', 'a lower and an upper end', range);
}
