/** How large the squares of a heat map are, and what stands around them: squares that are read at half size, and no wider than a page. */
import { textWidth } from '../render/raster';
import { FONT, TICK_SIZE, TITLE_SIZE, TOP } from './theme';

/** In pixels. */
export interface Cells {
  readonly side: number;
  /** Size of the printed values; undefined where they would be too small. */
  readonly font: number | undefined;
}

/** Of the longer side of the matrix. */
const WANTED = 460;
const SIDES = { least: 6, most: 84 } as const;
const VALUE = { least: 9, most: 15 } as const;
/** Between texts and what they name. */
const GAP = 12;
/** Of the colour bar with its numbers, and of its own title. */
const BAR = { width: 74, title: 22 } as const;
/** Of the title of an axis. */
const AXIS_TITLE = FONT.size + 2 * GAP;
/** From one name to the next below it, or beside it where both are turned; names as short as `SHORT` are not. */
const PITCH = TICK_SIZE + 3;
const TURNED_PITCH = 24;
const TURNED = -50;
const SHORT = 40;

export function cellsOf(rows: number, columns: number, texts: readonly string[]): Cells {
  const side = Math.max(SIDES.least, Math.min(SIDES.most, Math.floor(WANTED / Math.max(rows, columns))));
  const perSize = Math.max(1, ...texts.map((text) => textWidth(text, 1)));
  const font = Math.min(VALUE.most, Math.floor((side - 6) / perSize), side - 6);
  return { side, font: font >= VALUE.least ? font : undefined };
}

/** Names along an axis; of many, one in every few. */
export interface NameTicks {
  readonly tickvals: readonly number[];
  readonly ticktext: readonly string[];
  readonly tickangle: number;
}

const widest = (names: readonly string[]): number => Math.max(0, ...names.map((name) => textWidth(name, TICK_SIZE)));

function ticksOf(names: readonly string[], pitch: number, side: number, tickangle: number): NameTicks {
  const every = Math.ceil(pitch / side);
  const tickvals = names.map((_, i) => i).filter((i) => i % every === 0);
  return { tickvals, ticktext: tickvals.map((i) => names[i] as string), tickangle };
}

export const rowTicks = (rows: readonly string[], side: number): NameTicks => ticksOf(rows, PITCH, side, 0);

/** Names that are wider than their square are turned, short ones (numbers) left out here and there. */
export function columnTicks(columns: readonly string[], side: number): NameTicks {
  const wide = widest(columns) + GAP;
  const turned = wide > Math.max(side, SHORT);
  return turned ? ticksOf(columns, TURNED_PITCH, side, TURNED) : ticksOf(columns, wide, side, 0);
}

/** What is written around the squares. */
export interface Around {
  /** Names of the rows, from the top. */
  readonly rows: readonly string[];
  /** Names of the columns, from the left. */
  readonly columns: readonly string[];
  /** Above the squares. */
  readonly title?: string;
  /** What the columns are: below them. */
  readonly x?: string;
  /** What the rows are: at their left. */
  readonly y?: string;
  /** What the values are, with their unit: beside the colour bar. */
  readonly label?: string;
}

/** Size and margins of the figure; the margin above the plot is the theme's. */
export function boxOf({ rows, columns, title, x, y, label }: Around, side: number): object {
  const l = Math.ceil(widest(rows) + GAP + (y ? AXIS_TITLE : GAP));
  const below = columnTicks(columns, side).tickangle === 0 ? TICK_SIZE + GAP : 0.77 * widest(columns) + TICK_SIZE + GAP; // sin 50°
  const b = Math.ceil(below + (x ? AXIS_TITLE : GAP));
  const inner = columns.length * side;
  const bar = BAR.width + (label ? BAR.title : 0);
  const r = Math.max(bar, Math.ceil(textWidth(title ?? '', TITLE_SIZE)) + GAP - inner);
  const t = TOP.bare + (title ? TOP.title : 0);
  return { width: l + inner + r, height: t + rows.length * side + b, margin: { l, r, b } };
}
