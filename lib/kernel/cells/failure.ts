/**
 * How a cell's failure is told: the error, then the lines of the cells and of the library that led to it. Frames of the kernel, of
 * Node and of packages are left out, paths are relative to the project, so the same failure reads the same everywhere.
 */
import { isAbsolute, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import type { CellFailure, CompiledCell } from '../messages';
import { cellPlace } from './sourcePositions';
import { INTERRUPTED, isError, isInterruption } from './stoppedError';

/** Where frames are looked up. */
export interface FailurePlaces {
  /** Cells that were run, by their number. */
  readonly cells: ReadonlyMap<number, CompiledCell>;
  /** The project's folder: paths below it are relative to it. */
  readonly root: string;
  /** The notebook's folder: other paths are relative to it. */
  readonly folder: string;
}

const FRAME = /^\s+at /;
/** What starts a cell: everything below it in a stack belongs to the kernel. */
const BELOW = /[/\\]kernel[/\\]cells[/\\]replEvaluation\.[jt]s:/;
const KERNEL = /[/\\]kernel[/\\](cells|display)[/\\]/;
const POSITION = /\(?((?:file:\/\/)?[^\s()][^()]*?):(\d+):(\d+)\)?$/;
/** How deep causes of causes are told. */
const MOST_CAUSES = 4;
/** Longer values that were thrown are cut. */
const LONGEST_VALUE = 2000;

/** What a cell threw. */
export function failureOf(thrown: unknown, places: FailurePlaces): CellFailure {
  if (isInterruption(thrown)) return interruptFailure(false);
  if (!isError(thrown)) {
    const evalue = shown(thrown);
    return { ename: 'Thrown', evalue, traceback: [`Thrown: ${evalue}`] };
  }
  return { ename: nameOf(thrown), evalue: plainMessage(thrown), traceback: report(thrown, places) };
}

/** An error that came from outside every awaited call. */
export function uncaughtFailure(thrown: unknown, places: FailurePlaces): CellFailure {
  const failure = failureOf(thrown, places);
  return { ...failure, traceback: [...failure.traceback, '(nobody awaited or caught this error)'] };
}

/** An interrupted cell. @param goesOn whether it was left without having ended */
export function interruptFailure(goesOn: boolean): CellFailure {
  const evalue = goesOn
    ? 'the cell was left, but its code may go on in the background; restart the kernel to be sure that it ends'
    : 'the cell was asked to stop and has ended';
  return { ename: INTERRUPTED, evalue, traceback: [`${INTERRUPTED}: ${evalue}`] };
}

/** A value that is no error, as it was thrown: a text as it is. Whatever it is, telling it does not fail. */
function shown(value: unknown): string {
  try {
    const text = typeof value === 'string' ? value : inspect(value);
    return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
  } catch {
    return 'a value that cannot be shown';
  }
}

/** Errors may be hostile too: a name or message that is no text, or that throws. */
const nameOf = (error: Error): string => textOf(() => error.name, 'Error');
const messageOf = (error: Error): string => textOf(() => error.message, '');
/** As the cell has its names: scripts call a name that is also a global another one. */
const plainMessage = (error: Error): string => messageOf(error).replace(/([\w$]+)\$cell\b/g, '$1');

function textOf(read: () => unknown, otherwise: string): string {
  try {
    const text = read();
    return typeof text === 'string' ? text : otherwise;
  } catch {
    return otherwise;
  }
}

function report(error: Error, places: FailurePlaces, told: readonly Error[] = []): string[] {
  const lines = [`${nameOf(error)}: ${plainMessage(error)}`, ...frames(stackOf(error), places)];
  const known = [...told, error];
  if (known.length === MOST_CAUSES) return lines;
  for (const cause of causes(error)) {
    if (known.includes(cause as Error)) continue;
    const inner = isError(cause) ? report(cause, places, known) : [shown(cause)];
    lines.push(...inner.map((line, i) => (i === 0 ? `caused by ${line}` : line)));
  }
  return lines;
}

function causes(error: Error): unknown[] {
  try {
    const inner = error instanceof AggregateError && Array.isArray(error.errors) ? (error.errors as unknown[]) : [];
    return error.cause === undefined ? inner : [...inner, error.cause];
  } catch {
    return []; // a getter that throws
  }
}

/** The frames of a stack as text: what follows the message, which may have lines like frames itself. */
function stackOf(error: Error): string {
  const stack = textOf(() => error.stack, '');
  const message = messageOf(error);
  const at = message === '' ? -1 : stack.indexOf(message);
  return at < 0 ? stack : stack.slice(at + message.length);
}

function frames(stack: string, places: FailurePlaces): string[] {
  const list: string[] = [];
  for (const line of stack.split('\n').filter((text) => FRAME.test(text))) {
    if (BELOW.test(line)) break;
    const frame = KERNEL.test(line) ? undefined : shownFrame(line.replace(FRAME, ''), places);
    if (frame && list.at(-1) !== frame) list.push(frame);
  }
  return list;
}

function shownFrame(frame: string, places: FailurePlaces): string | undefined {
  const [, place, line, column] = POSITION.exec(frame.includes('(') ? frame.slice(frame.lastIndexOf('(')) : frame) ?? [];
  if (place === undefined) return undefined;
  const name = frame.includes('(') ? frame.slice(0, frame.lastIndexOf('(')).trim() : '';
  const caller = callerOf(name);
  const cell = places.cells.get(Number(/^cell-(\d+)\.ts$/.exec(place.replace(/^async /, ''))?.[1]));
  if (cell) {
    const at = cellPlace(cell, Number(line), Number(column));
    if (!at) return undefined;
    return `    at ${caller}cell ${cell.number}, line ${at.line}: ${cell.source.split('\n')[at.line - 1]?.trim()}`;
  }
  const path = shownPath(place.replace(/^async /, ''), places);
  return path === undefined ? undefined : `    at ${caller}${path}:${line}:${column}`;
}

/** `Object.look` and `<anonymous>` say nothing that `look` and the line do not. */
function callerOf(name: string): string {
  const plain = name.replace(/^(async )?(Proxy|Object|Module)\./, '$1').replace(/^(async )?<anonymous>$/, '');
  return plain === '' ? '' : `${plain}, `;
}

/** A path below the project, or else as seen from the notebook; undefined for Node's own files and those of packages. */
function shownPath(place: string, { root, folder }: FailurePlaces): string | undefined {
  const file = place.startsWith('file://') ? fileURLToPath(place) : place;
  if (!isAbsolute(file)) return undefined;
  const inside = relative(root, file);
  const path = inside.startsWith('..') || isAbsolute(inside) ? relative(folder, file) : inside;
  return path.split(sep).includes('node_modules') ? undefined : path;
}
