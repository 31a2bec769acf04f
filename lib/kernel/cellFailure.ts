/**
 * How a cell's failure is told: the error, then the lines of the cell and of the library that led to it. Frames of tslab, of
 * Node and of other packages are left out, paths are relative to the project, so the same failure reads the same everywhere.
 */
import { isAbsolute, relative, sep } from 'node:path';
import { inspect } from 'node:util';
import { cellLine } from './cellLines';
import type { CellProblem } from './cellProblems';

/** Content of Jupyter's `error` message. */
export interface CellFailure {
  /** The error's name, such as `TypeError`. */
  readonly ename: string;
  /** Its message. */
  readonly evalue: string;
  /** What is shown, line by line. */
  readonly traceback: readonly string[];
}

/** A cell as it was run. */
export interface RunCell {
  /** The execution count. */
  readonly number: number;
  readonly source: string;
  /** The JavaScript that tslab made of it. */
  output: string;
}

/** Gives scripts names that stack traces show: `cell-3.ts`. */
export const cellName = (number: number): string => `cell-${number}.ts`;

const FRAME = /^\s+at /;
/** What stands below a cell in a stack. */
const KERNEL = /[/\\]kernel[/\\](cellRunner|kernel)\.[jt]s:/;
const POSITION = /\(?([^\s()]+):(\d+):(\d+)\)?$/;

/** @param cells by number */
export function failureOf(thrown: unknown, cells: ReadonlyMap<number, RunCell>, root: string): CellFailure {
  if (!(thrown instanceof Error)) {
    const evalue = typeof thrown === 'string' ? thrown : inspect(thrown);
    return { ename: 'Thrown', evalue, traceback: [`Thrown: ${evalue}`] };
  }
  return { ename: thrown.name, evalue: thrown.message, traceback: report(thrown, cells, root) };
}

function report(error: Error, cells: ReadonlyMap<number, RunCell>, root: string, depth = 0): string[] {
  const lines = [`${error.name}: ${error.message}`, ...frames(error.stack ?? '', cells, root)];
  const inner = error instanceof AggregateError ? (error.errors as unknown[]) : error.cause === undefined ? [] : [error.cause];
  if (depth > 3) return lines;
  for (const cause of inner) {
    const told = cause instanceof Error ? report(cause, cells, root, depth + 1) : [inspect(cause)];
    lines.push(...told.map((line, i) => (i === 0 ? `caused by ${line}` : line)));
  }
  return lines;
}

function frames(stack: string, cells: ReadonlyMap<number, RunCell>, root: string): string[] {
  const shown: string[] = [];
  for (const line of stack.split('\n').filter((text) => FRAME.test(text))) {
    if (KERNEL.test(line)) break;
    const frame = shownFrame(line.replace(FRAME, ''), cells, root);
    if (frame && shown.at(-1) !== frame) shown.push(frame);
  }
  return shown;
}

function shownFrame(frame: string, cells: ReadonlyMap<number, RunCell>, root: string): string | undefined {
  const [, file, line, column] = POSITION.exec(frame) ?? [];
  if (file === undefined) return undefined;
  const name = frame.includes('(') ? frame.slice(0, frame.indexOf('(')).trim() : '';
  const caller = name ? `${name.replace(/^(async )?(Proxy|Object)\./, '$1')}, ` : '';
  const cell = cells.get(Number(/^cell-(\d+)\.ts$/.exec(file)?.[1]));
  if (cell) {
    const at = cellLine(cell.source, cell.output, Number(line), Number(column));
    if (at === undefined) return undefined;
    return `    at ${caller}cell ${cell.number}, line ${at}: ${cell.source.split('\n')[at - 1]?.trim()}`;
  }
  const path = relative(root, file.replace(/^file:\/\//, ''));
  if (!isAbsolute(file.replace(/^file:\/\//, '')) || path.startsWith('..') || path.split(sep).includes('node_modules'))
    return undefined;
  return `    at ${caller}${path}:${line}:${column}`;
}

/** An error that came from outside every awaited call. */
export function uncaughtFailure(thrown: unknown, cells: ReadonlyMap<number, RunCell>, root: string): CellFailure {
  const failure = failureOf(thrown, cells, root);
  return { ...failure, traceback: [...failure.traceback, '(nobody awaited or caught this error)'] };
}

/** What the compiler said of a cell. @param messages `line:column - text`, as tslab prints them */
export function compilerFailure(cell: RunCell, messages: readonly string[]): CellFailure {
  const told = messages.flatMap((message) => {
    const [, line = '', column = '', text = message] = /^(\d+):(\d+) - ([\s\S]*)$/.exec(message) ?? [];
    const code = cell.source.split('\n')[Number(line) - 1];
    if (line === '' || code === undefined) return [message];
    return [`cell ${cell.number}, line ${line}: ${text}`, `    ${code}`, `    ${' '.repeat(Number(column) - 1)}^`];
  });
  return { ename: 'TypeScript', evalue: told[0] ?? 'the cell could not be compiled', traceback: told };
}

/** What tslab would have stumbled over. */
export function problemFailure(cell: RunCell, problems: readonly CellProblem[]): CellFailure {
  const lines = problems.map(({ line, sentence }) => `cell ${cell.number}, line ${line}: ${sentence}`);
  return { ename: 'Unsupported', evalue: lines[0] ?? '', traceback: lines };
}

/** An interrupted cell. */
export function interruptFailure(goesOn: boolean): CellFailure {
  const evalue = goesOn
    ? 'the cell was left, but its code may go on in the background; restart the kernel to be sure that it ends'
    : 'the cell was asked to stop and has ended';
  return { ename: 'Interrupted', evalue, traceback: [`Interrupted: ${evalue}`] };
}
