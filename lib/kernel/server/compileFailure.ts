/** What TypeScript says of a cell, as Jupyter's `error` message has it: cell, line, the line itself, and carets below what is meant. */
import { isAbsolute, relative } from 'node:path';
import type { CellFailure, Diagnostic } from '../messages';

/** A sentence that is added where a diagnostic's text matches. */
export interface Hint {
  /** A regular expression. */
  readonly pattern: string;
  readonly text: string;
}

/** Cells that are not numbered, since they are silent or not stored, are compiled under numbers from here on. */
export const FIRST_UNSTORED = 1_000_000;

/** More than these nobody reads. */
const MOST_TOLD = 20;
/** A longer line is shown around the place that is meant. */
const WIDEST = 160;
const BEFORE = 60;

/** @param cell the number that it was compiled under */
export function compileFailure(cell: number, diagnostics: readonly Diagnostic[], hints: readonly Hint[]): CellFailure {
  const told = diagnostics.slice(0, MOST_TOLD).flatMap((diagnostic) => tell(cell, diagnostic));
  const more = diagnostics.length - MOST_TOLD;
  const rest = more > 0 ? [`… and ${more} more`] : [];
  const fitting = hints.filter(({ pattern }) => diagnostics.some(({ text }) => new RegExp(pattern).test(text)));
  return {
    ename: 'TypeScript',
    evalue: told[0] ?? 'the cell could not be compiled',
    traceback: [...told, ...rest, ...fitting.map(({ text }) => text)],
  };
}

function tell(cell: number, { file, line, column, length, text, source }: Diagnostic): string[] {
  const [first = '', ...chain] = text.split('\n');
  const where = file === undefined ? (cell < FIRST_UNSTORED ? `cell ${cell}` : 'cell') : shortPath(file);
  const sentence = [`${where}, line ${line}: ${first}`, ...chain].join('\n');
  return source.trim() === '' ? [sentence] : [sentence, ...underlined(source, column, length)];
}

function underlined(source: string, column: number, length: number): string[] {
  const start = source.length <= WIDEST ? 0 : Math.max(0, column - 1 - BEFORE);
  const shown = source.slice(start, start + WIDEST);
  const [head, tail] = [start > 0 ? '…' : '', start + WIDEST < source.length ? '…' : ''];
  const before = shown.slice(0, column - 1 - start);
  const meant = shown.slice(before.length, before.length + length);
  const blanks = before.replace(/[^\t]/gu, ' '); // a tab stays one; what takes two units is one character
  const carets = '^'.repeat(Math.max(1, [...meant.trimEnd()].length));
  return [`    ${head}${shown}${tail}`, `    ${head && ' '}${blanks}${carets}`];
}

/** Relative to the notebook's folder where it is in there. */
function shortPath(file: string): string {
  const path = relative(process.cwd(), file);
  return path.startsWith('..') || isAbsolute(path) ? file : path;
}
