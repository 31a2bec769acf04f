/**
 * Rows of a table of pictures: of a CSV file (RFC 4180: a header with `file`, `label` and perhaps `split`; columns of other names are passed over), or
 * of a file of JSON with such an object a line. CSV is read by the package csv-parse, loaded when the first one is.
 */
import { InputError, isObject, refuse, refusePhrase } from '../../util/check';
import { readText } from '../../util/files';
import { linesOf, lineValue } from '../../util/lines';
import { listed } from '../../util/names';

/** A row, nothing of it checked. */
export interface TableRow {
  readonly line: number;
  readonly file: unknown;
  readonly label: unknown;
  /** Absent where the table has no such column. */
  readonly split?: unknown;
}

/** Calls `onRow` for every row. */
export type TableRows = (path: string, onRow: (row: TableRow) => void) => void;

const MOST_BYTES = 2 ** 28;
/** In characters: a path, a name and a word. */
const LONGEST_RECORD = 2 ** 16;

/** @throws InputError with file and line for what is no CSV, and a header without `file` and `label` */
export const csvRows: TableRows = (path, onRow) => {
  const text = readText(path, 'a table as CSV', MOST_BYTES);
  const { parse } = require('csv-parse/sync') as typeof import('csv-parse/sync'); // loaded when used
  let columns: Readonly<Record<'file' | 'label' | 'split', number>> | undefined;
  const onRecord = (record: readonly string[], { lines }: { readonly lines: number }): null => {
    if (columns) {
      const { file, label, split } = columns;
      onRow({ line: lines, file: record[file], label: record[label], ...(split < 0 ? {} : { split: record[split] }) });
    } else columns = columnsOf(path, record);
    return null;
  };
  try {
    parse(text, { bom: true, trim: true, skip_empty_lines: true, max_record_size: LONGEST_RECORD, on_record: onRecord });
  } catch (error) {
    if (error instanceof InputError) throw error;
    const { lines, message } = error as Error & { readonly lines?: number };
    throw refusePhrase(lines === undefined ? path : `${path}: line ${lines}`, 'a table as CSV', message);
  }
  if (!columns) throw refusePhrase(path, 'a header with the columns file and label', 'an empty file');
};

function columnsOf(path: string, header: readonly string[]): Readonly<Record<'file' | 'label' | 'split', number>> {
  const at = (name: string): number => header.indexOf(name);
  const columns = { file: at('file'), label: at('label'), split: at('split') };
  if (columns.file >= 0 && columns.label >= 0) return columns;
  throw refuse(`${path}: line 1`, 'a header with the columns file and label', listed(header));
}

/** @throws InputError with file and line for what is no JSON, or no object with `file` and `label` */
export const jsonlRows: TableRows = (path, onRow) => {
  for (const line of linesOf(path)) {
    const value = lineValue(path, line);
    const where = `${path}: line ${line.number}`;
    if (!isObject(value)) throw refuse(where, 'an object with file and label', value);
    const { file, label, split } = value;
    onRow({ line: line.number, file, label, ...(split === undefined ? {} : { split }) });
  }
};
