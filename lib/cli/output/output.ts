/** What commands write: results to stdout, everything else to stderr, so that results can be piped. */

import { relative, resolve } from 'node:path';
import { fittedTable, type Row, type TableOptions } from '../../notebook/display/table';
import { wrapped } from '../../notebook/display/textTable';
import { printable } from '../../util/text';
import { manner, styled, terminalWidth } from './terminal';

/** Writes a result: one value as JSON, or text. */
export function writeResult(result: { readonly json: unknown; readonly text: string }, asJson: boolean | undefined): void {
  process.stdout.write(asJson ? `${JSON.stringify(result.json, undefined, 2)}\n` : `${result.text}\n`);
}

/** A table that fits the terminal, numbers to the right. @param rows values by the title of their column */
export function textTable(rows: readonly Row[], options: TableOptions = {}): string {
  return styledTable(fittedTable(rows, terminalWidth(), options));
}

/** The names above the rule in bold, the rule dim. */
function styledTable(table: string): string {
  const lines = table.split('\n');
  const rule = lines.findIndex((line) => /^─[─ ]*$/.test(line));
  const first = lines.lastIndexOf('', rule) + 1;
  return lines
    .map((line, i) => (i === rule ? styled('dim', line) : i >= first && i < rule ? styled('bold', line) : line))
    .join('\n');
}

/** Text in lines that fit the terminal; those after the first begin with `indent`. */
export function fittedText(text: string, indent = ''): string {
  const lead = /^ */.exec(text)?.[0] ?? '';
  const room = terminalWidth() - Math.max(lead.length, indent.length);
  return wrapped(text.trimStart(), Math.max(1, room))
    .map((line, i) => (i === 0 ? lead : indent) + line)
    .join('\n');
}

/** Writes a line for a person watching; none where nobody wants any. */
export function writeNote(line: string): void {
  if (!manner().quiet) writeProblem(line);
}

/** Writes a line that must be read. */
export function writeProblem(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** A path as it is typed from here: relative below the working directory, absolute elsewhere. */
export function shownPath(path: string): string {
  const below = relative(process.cwd(), path);
  return printable(below.startsWith('..') ? resolve(path) : below || '.');
}
