/**
 * Data frames as tables, by their shape: danfo's (`columns`, `values`, `index`) and arquero's (`columnNames()`, `numRows()`,
 * `get(column, row)`). Below each column's name stands its type; of long ones the first rows are shown.
 */
import { inspect, types } from 'node:util';
import { count, counted, escapeHtml } from '../../util/text';
import type { DisplayKind } from '../messages';

const MOST_ROWS = 50;
const MOST_COLUMNS = 60;
/** Characters in a cell of the table. */
const LONGEST_CELL = 200;

/** What is read of a frame: the part that is shown. */
interface Part {
  readonly columns: readonly string[];
  readonly types: readonly string[];
  /** A label, then the cells. */
  readonly rows: readonly (readonly string[])[];
  /** Whether a column holds numbers. */
  readonly numeric: readonly boolean[];
  /** `1,000 rows, 3 columns` */
  readonly size: string;
}

interface DanfoLike {
  readonly columns: readonly unknown[];
  readonly values: readonly unknown[];
  readonly index: readonly unknown[];
  readonly dtypes?: unknown;
}

interface ArqueroLike {
  columnNames(): readonly string[];
  numRows(): number;
  get(column: string, row: number): unknown;
}

export const dataFrameKind: DisplayKind = {
  name: 'a data frame',
  matches: (value) => isDanfoLike(value) || isArqueroLike(value),
  bundle: (value) => {
    const part = isDanfoLike(value) ? danfoPart(value) : arqueroPart(value as ArqueroLike);
    return { 'text/html': html(part), 'text/plain': text(part) };
  },
};

function isDanfoLike(value: unknown): value is DanfoLike {
  if (typeof value !== 'object' || value === null || !('columns' in value)) return false;
  const { columns, values, index } = value as Partial<DanfoLike>;
  return Array.isArray(columns) && Array.isArray(values) && Array.isArray(index);
}

function isArqueroLike(value: unknown): value is ArqueroLike {
  if (typeof value !== 'object' || value === null || !('columnNames' in value)) return false;
  const { columnNames, numRows, get } = value as Partial<ArqueroLike>;
  return [columnNames, numRows, get].every((method) => typeof method === 'function');
}

function danfoPart({ columns, values, index, dtypes }: DanfoLike): Part {
  const shown = values.slice(0, MOST_ROWS).map((row): readonly unknown[] => (Array.isArray(row) ? row : [row])); // a series: one column
  const known = Array.isArray(dtypes) && dtypes.length === columns.length ? dtypes.map(String) : undefined;
  const labels = index.slice(0, MOST_ROWS).map(String);
  return partOf(columns.map(String), values.length, shown, { labels, ...(known ? { types: known } : {}) });
}

function arqueroPart(table: ArqueroLike): Part {
  const [columns, rows] = [table.columnNames(), table.numRows()];
  const names = columns.slice(0, MOST_COLUMNS);
  const shown = Array.from({ length: Math.min(MOST_ROWS, rows) }, (_, i) => names.map((name) => table.get(name, i)));
  return partOf(columns, rows, shown, { labels: shown.map((_, i) => String(i)) });
}

function partOf(
  columns: readonly string[],
  length: number,
  values: readonly (readonly unknown[])[],
  known: { readonly labels: readonly string[]; readonly types?: readonly string[] },
): Part {
  const names = columns.slice(0, MOST_COLUMNS);
  const found = names.map((_, j) => typeOf(values.map((row) => row[j])));
  const rows = values.map((row, i) => [known.labels[i] ?? '', ...names.map((_, j) => cellText(row[j]))]);
  const size = `${counted(length, 'row')}, ${counted(columns.length, 'column')}`;
  return { columns: names, types: known.types ?? found, rows, numeric: found.map((type) => type === 'number'), size };
}

/** The type of a column's values, where they have one. */
function typeOf(values: readonly unknown[]): string {
  const found = new Set(
    values
      .filter((v) => v !== null && v !== undefined)
      .map((v) => (types.isDate(v) ? 'date' : Array.isArray(v) ? 'list' : typeof v)),
  );
  return found.size === 1 ? ([...found][0] as string) : found.size === 0 ? 'empty' : 'mixed';
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(7)));
  if (types.isDate(value)) return Number.isNaN(value.getTime()) ? 'no date' : value.toISOString();
  const text = typeof value === 'object' ? inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY }) : String(value);
  return text.length > LONGEST_CELL ? `${text.slice(0, LONGEST_CELL - 1)}…` : text;
}

function html({ columns, types: kinds, rows, numeric, size }: Part): string {
  const align = (right: boolean | undefined): string => ` style="text-align:${right ? 'right' : 'left'}"`;
  const head = columns.map((name, j) => {
    return `<th${align(numeric[j])}>${escapeHtml(name)}<br><small style="font-weight:normal;opacity:.7">${escapeHtml(kinds[j])}</small></th>`;
  });
  const body = rows.map(([label, ...cells]) => {
    const row = cells.map((cell, j) => `<td${align(numeric[j])}>${escapeHtml(cell)}</td>`).join('');
    return `<tr><th>${escapeHtml(label)}</th>${row}</tr>`;
  });
  const table = `<table><thead><tr><th></th>${head.join('')}</tr></thead><tbody>${body.join('')}</tbody></table>`;
  return `${table}<p style="margin:.3em 0;opacity:.7">${size}${ending(rows.length, size)}</p>`;
}

const ending = (shown: number, size: string): string =>
  size.startsWith(`${counted(shown, 'row')},`) ? '' : `; the first ${count(shown)} are shown`;

/** Columns below each other, numbers to the right. */
function text({ columns, rows, numeric, size }: Part): string {
  const lines = [['', ...columns], ...rows.map((row) => row.map((cell) => cell.replace(/\s+/g, ' ')))];
  const widths = lines[0]?.map((_, j) => Math.max(...lines.map((line) => (line[j] ?? '').length))) ?? [];
  const padded = lines.map((line) =>
    line
      .map((cell, j) => (j > 0 && numeric[j - 1] ? cell.padStart(widths[j] ?? 0) : cell.padEnd(widths[j] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  return `${padded.join('\n')}\n${size}${ending(rows.length, size)}`;
}
