/** Tables of plain rows or of a data frame: HTML for a notebook, aligned text for a terminal, numbers to the right in both. */
import { integerIn, knownKeys, refuse } from '../../util/check';
import { cellText, defaultDigits } from './cellText';
import { type FrameLike, isFrame } from './dataFrame';
import { display, escapeHtml, type MimeBundle } from './display';
import { textTable, wrapped } from './textTable';

/** A row of a table: values by column. */
export type Row = Readonly<Record<string, unknown>>;

/** Options of `showTable`. */
export interface TableOptions {
  /** Above the table. */
  readonly caption?: string;
  /** Columns and their order. Default: those of the first row, then those that later rows add. */
  readonly columns?: readonly string[];
  /** Digits after the point, for all columns or by column. Default: as many as show four digits of each number, six at most, and a power of ten where six show nothing. */
  readonly digits?: number | Readonly<Record<string, number>>;
  /** Columns whose largest or smallest number is set in bold. */
  readonly best?: Readonly<Record<string, 'max' | 'min'>>;
  /** More rows than this are counted, not shown. Default 50. */
  readonly mostRows?: number;
  /** More columns than this are counted, not shown. Default 50. */
  readonly mostColumns?: number;
}

const OPTIONS = ['caption', 'columns', 'digits', 'best', 'mostRows', 'mostColumns'];

/**
 * Shows a table: HTML in a notebook, aligned text in a terminal. Columns of numbers are aligned to the right, whole numbers have
 * commas from 10,000 on, and a missing value is a dash, of a data frame NaN, too. Dates stand as ISO 8601, arrays and objects in short.
 * @param table plain objects, one a row, with a value for each column; or a data frame, whose index is a column unless it counts 0, 1, …
 * @throws InputError for rows that are no objects, for an option that is not known, and for a column in `columns`, `digits` or `best` that
 * no row has
 * @example
 * ```ts
 * import { showTable } from 'iekd';
 *
 * const rows = [
 *   { method: 'alone', error: 8.75, seeds: 3 },
 *   { method: 'with a teacher', error: 7.9, seeds: 3 },
 * ];
 * showTable(rows, { caption: 'Made-up test errors (%)', digits: { error: 2 }, best: { error: 'min' } });
 * ```
 */
export function showTable(table: readonly Row[] | FrameLike, options: TableOptions = {}): void {
  display(tableBundle(table, options));
}

/** What `showTable` shows: the table as HTML and as text. @throws InputError as `showTable` does */
export function tableBundle(table: readonly Row[] | FrameLike, options: TableOptions = {}): MimeBundle {
  const { cells, count, caption, more } = laidOut(table, options);
  return { 'text/html': html(cells, count, caption, more), 'text/plain': text(cells, count, caption, more) };
}

/** The table as text in lines of at most `width` characters. @throws InputError as `showTable` does */
export function fittedTable(table: readonly Row[] | FrameLike, width: number, options: TableOptions = {}): string {
  const { cells, count, caption, more } = laidOut(table, options);
  return text(cells, count, caption, more, width);
}

interface LaidOut {
  readonly cells: readonly Column[];
  readonly count: number;
  readonly caption: string;
  readonly more: string;
}

function laidOut(table: readonly Row[] | FrameLike, options: TableOptions): LaidOut {
  knownKeys('showTable', options, OPTIONS);
  const { caption = '', mostRows = 50, mostColumns = 50 } = options;
  for (const [name, most] of Object.entries({ mostRows, mostColumns })) integerIn(`showTable: ${name}`, most, 1);
  const all = isFrame(table) ? frameRows(table) : checkedRows(table);
  const rows = all.slice(0, mostRows);
  const known = columnsOf(rows, options, isFrame(table) ? table.columns : []);
  const columns = known.slice(0, mostColumns);
  const cells = columns.map((column) => columnCells(column, rows, options));
  const counts = [
    ...(all.length > rows.length ? [`${all.length} rows`] : []),
    ...(known.length > columns.length ? [`${known.length} columns`] : []),
  ];
  const more = counts.length > 0 ? `… ${counts.join(' and ')} in all` : all.length === 0 ? 'no rows' : '';
  return { cells, count: rows.length, caption, more };
}

function checkedRows(table: unknown): readonly Row[] {
  const expected = 'a list of plain objects, one a row, or a data frame';
  if (!Array.isArray(table)) throw refuse('showTable', expected, table);
  const bad = table.findIndex((row) => typeof row !== 'object' || row === null);
  if (bad >= 0) throw refuse(`showTable: row ${bad}`, 'a plain object: values by column', table[bad]);
  return table as readonly Row[];
}

interface Cell {
  readonly text: string;
  readonly best: boolean;
}

interface Column {
  readonly name: string;
  readonly numeric: boolean;
  readonly cells: readonly Cell[];
}

function frameRows({ columns, values, index }: FrameLike): Row[] {
  const counted = index.every((label, i) => label === i); // then it says nothing
  return (values as readonly (readonly unknown[])[]).map((row, i) => {
    const named = columns.map((column, j) => [column, Number.isNaN(row[j]) ? null : row[j]] as const); // how danfo says missing
    return Object.fromEntries(counted ? named : [['', index[i]] as const, ...named]);
  });
}

function columnsOf(rows: readonly Row[], { columns, digits, best }: TableOptions, ofFrame: readonly string[]): readonly string[] {
  const known = [...new Set([...rows.flatMap((row) => Object.keys(row)), ...ofFrame])];
  const named = [...(columns ?? []), ...Object.keys(typeof digits === 'object' ? digits : {}), ...Object.keys(best ?? {})];
  const unknown = named.find((name) => !known.includes(name));
  if (unknown !== undefined && rows.length > 0) throw refuse('showTable', `columns among ${known.join(', ')}`, unknown);
  return columns ?? known;
}

function columnCells(name: string, rows: readonly Row[], { digits, best }: TableOptions): Column {
  const values = rows.map((row) => row[name]);
  const numbers = values.filter((value): value is number => typeof value === 'number' && Number.isFinite(value));
  const wanted = best?.[name];
  const asked = typeof digits === 'object' ? digits[name] : digits;
  const winner = wanted && (wanted === 'max' ? Math.max(...numbers) : Math.min(...numbers));
  const places = asked ?? defaultDigits(numbers);
  return {
    name,
    numeric: numbers.length > 0 && values.every((value) => typeof value === 'number' || value === null || value === undefined),
    cells: values.map((value) => ({
      text: cellText(value, places, asked !== undefined),
      best: winner !== undefined && value === winner,
    })),
  };
}

function html(columns: readonly Column[], count: number, caption: string, more: string): string {
  const align = ({ numeric }: Column): string => ` style="text-align:${numeric ? 'right' : 'left'}"`;
  const head = columns.map((column) => `<th${align(column)}>${escapeHtml(column.name)}</th>`).join('');
  const row = (i: number): string =>
    columns
      .map((column) => {
        const { text = '', best = false } = column.cells[i] ?? {};
        return `<td${align(column)}>${best ? `<strong>${escapeHtml(text)}</strong>` : escapeHtml(text)}</td>`;
      })
      .join('');
  const body = Array.from({ length: count }, (_, i) => `<tr>${row(i)}</tr>`).join('\n');
  const title = caption ? `<caption style="text-align:left">${escapeHtml(caption)}</caption>\n` : '';
  const table = `<table>\n${title}<thead><tr>${head}</tr></thead>\n<tbody>\n${body}\n</tbody>\n</table>`;
  return more ? `${table}\n<p>${escapeHtml(more)}</p>` : table;
}

function text(columns: readonly Column[], count: number, caption: string, more: string, width?: number): string {
  const lines = textTable(
    columns.map(({ cells, ...column }) => ({ ...column, cells: cells.map((cell) => cell.text) })),
    count,
    width,
  );
  const head = caption === '' ? [] : [...(width === undefined ? [caption] : wrapped(caption, width)), ''];
  return [...head, ...(columns.length > 0 ? lines : []), ...(more ? [more] : [])].join('\n');
}
