/** What commands write: results to stdout, everything else to stderr, so that results can be piped. */

import { relative, resolve } from 'node:path';
import { type Row, type TableOptions, tableBundle } from '../../notebook/display/table';

/** Writes a result: one value as JSON, or text. */
export function writeResult(result: { readonly json: unknown; readonly text: string }, asJson: boolean | undefined): void {
  process.stdout.write(asJson ? `${JSON.stringify(result.json, undefined, 2)}\n` : `${result.text}\n`);
}

/** A table as text, numbers to the right. @param rows values by the title of their column */
export function textTable(rows: readonly Row[], options: TableOptions = {}): string {
  return tableBundle(rows, options)['text/plain'];
}

/** Writes a line for a person watching. */
export function writeNote(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** A path as it is typed from here: relative below the working directory, absolute elsewhere. */
export function shownPath(path: string): string {
  const below = relative(process.cwd(), path);
  return below.startsWith('..') ? resolve(path) : below || '.';
}
