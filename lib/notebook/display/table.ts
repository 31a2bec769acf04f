/** Tables of plain rows or of a data frame: HTML for a notebook, aligned text for a terminal, numbers to the right in both. */
import { knownKeys, refuse } from '../../util/check';
import { type FrameLike, isFrame } from './dataFrame';
import { display, escapeHtml, type MimeBundle } from './display';

/** A row of a table: values by column. */
export type Row = Readonly<Record<string, unknown>>;

/** Options of `showTable`. */
export interface TableOptions {
  /** Above the table. */
  readonly caption?: string;
  /** Columns and their order. Default: those of the first row, then those that later rows add. */
  readonly columns?: readonly string[];
  /** Digits after the point, for all columns or by column. Default: as many as show four digits of each number, six at most. */
  readonly digits?: number | Readonly<Record<string, number>>;
  /** Columns whose largest or smallest number is set in bold. */
  readonly best?: Readonly<Record<string, 'max' | 'min'>>;
  /** More rows than this are counted, not shown. Default 50. */
  readonly mostRows?: number;
}

const OPTIONS = ['caption', 'columns', 'digits', 'best', 'mostRows'];

/**
 * Shows a table: HTML in a notebook, aligned text in a terminal. Columns of numbers are aligned to the right, whole numbers have
 * commas from 10,000 on, and a missing value is a dash.
 * @param table plain objects, one a row, with a value for each column; or a data frame, whose index is a column unless it counts 0, 1, …
 * @throws InputError for an option that is not known, and for a column in `columns`, `digits` or `best` that no row has
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
  knownKeys('showTable', options, OPTIONS);
  const all = isFrame(table) ? frameRows(table) : table;
  const rows = all.slice(0, options.mostRows ?? 50);
  const columns = columnsOf(rows, options, isFrame(table) ? table.columns : []);
  const cells = columns.map((column) => columnCells(column, rows, options));
  const more = all.length > rows.length ? `… ${all.length} rows in all` : all.length === 0 && isFrame(table) ? 'no rows' : '';
  const { caption = '' } = options;
  return { 'text/html': html(cells, rows.length, caption, more), 'text/plain': text(cells, rows.length, caption, more) };
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
    const named = columns.map((column, j) => [column, row[j]] as const);
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
  const winner = wanted && (wanted === 'max' ? Math.max(...numbers) : Math.min(...numbers));
  const places = (typeof digits === 'object' ? digits[name] : digits) ?? defaultDigits(numbers);
  return {
    name,
    numeric: numbers.length > 0 && values.every((value) => typeof value === 'number' || value === null || value === undefined),
    cells: values.map((value) => ({ text: formatValue(value, places), best: winner !== undefined && value === winner })),
  };
}

/** None for whole numbers: they are shown as they are. */
function defaultDigits(numbers: readonly number[]): number | undefined {
  if (numbers.every(Number.isInteger)) return undefined;
  const decimals = numbers.map((value) => (/\.(\d+)$/.exec(String(Number(value.toPrecision(4))))?.[1] ?? '').length);
  return Math.min(6, Math.max(...decimals));
}

/** Whole numbers with commas from 10,000 on, others with their digits, nothing as a dash. */
function formatValue(value: unknown, digits: number | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  if (typeof value !== 'number') return String(value);
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const grouped = (): string => value.toLocaleString('en-GB', { useGrouping: Math.abs(value) >= 10_000 });
  return (digits === undefined ? grouped() : value.toFixed(digits)).replace(/^-/, '−');
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

function text(columns: readonly Column[], count: number, caption: string, more: string): string {
  const lines = columns.map(({ name, numeric, cells }) => {
    const all = [name, ...cells.map((cell) => cell.text)];
    const width = Math.max(...all.map((word) => word.length));
    const padded = all.map((word) => (numeric ? word.padStart(width) : word.padEnd(width)));
    return [padded[0] ?? '', '─'.repeat(width), ...padded.slice(1)];
  });
  const rows = Array.from({ length: count + 2 }, (_, i) => {
    return lines
      .map((column) => column[i])
      .join('  ')
      .trimEnd();
  });
  return [...(caption ? [caption, ''] : []), ...rows, ...(more ? [more] : [])].join('\n');
}
