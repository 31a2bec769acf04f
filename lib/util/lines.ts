/** Files of JSON, one value a line: every line with its number, so that an error says where. */
import { InputError, refusePhrase } from './check';
import { readBytes } from './files';
import { parseJsonLine } from './json';

/** A line that is not blank. */
export interface Line {
  /** Counted from 1. */
  readonly number: number;
  readonly bytes: Buffer;
  /** False of a last line without a line break: it was cut short, or is being written. */
  readonly ended: boolean;
}

/** No file of lines of ours comes near it. */
const MOST_BYTES = 512 * 2 ** 20;
const BREAK = 0x0a;

/** The lines of a file. @throws InputError for a file that is not there or cannot be read */
export const readLines = (path: string): Line[] => [...linesOf(path)];

/** The same one after the other: of a million lines no list. */
export function* linesOf(path: string): Generator<Line, void, void> {
  const bytes = readBytes(path, 'a file of lines', MOST_BYTES);
  for (let start = 0, number = 1; start < bytes.length; number++) {
    const found = bytes.indexOf(BREAK, start);
    const end = found < 0 ? bytes.length : found;
    const line = bytes.subarray(start, end);
    if (line.some((byte) => byte !== 0x20 && byte !== 0x0d && byte !== 0x09)) yield { number, bytes: line, ended: found >= 0 };
    start = end + 1;
  }
}

/** The value of a line. @throws InputError `path: line 3, column 7: …` */
export function lineValue(path: string, { number, bytes }: Line): unknown {
  return parseJsonLine(lineText(path, number, bytes), path, number);
}

function lineText(path: string, number: number, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw refusePhrase(`${path}: line ${number}`, 'text in UTF-8', 'bytes that are no UTF-8');
  }
}

/** What to do about a line that is refused. */
const REPAIR = 'sets bad lines aside';

/** The error of a line, with what to do. */
export function lineError(error: unknown, path: string): unknown {
  return error instanceof InputError
    ? new InputError(`${error.message}; npx iekd results check --repair ${path} ${REPAIR}`)
    : error;
}
