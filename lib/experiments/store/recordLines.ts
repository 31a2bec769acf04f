/**
 * Records of runs as lines of files. A line is a record or another row of results (of the bench, which has `work` or `network`, or the score of
 * a teacher that is a file, `given`); anything else is refused with file and line, since a line that is left out changes every mean. A record carries the hash of its contents; those of
 * before it are held against the hash of their configuration, against the table of reports, and against what they say twice.
 */
import { adjustedText } from '../../training/byHand/adjustments';
import { liftMetrics } from '../../training/records/olderRecords';
import { isObject, refuse, refusePhrase } from '../../util/check';
import { withHash, withoutHash } from '../../util/hash';
import { type Line, lineError, lineValue, readLines } from '../../util/lines';
import { REPORT } from '../run/reportTable';
import { planHash, planName, type RunPlan } from '../runPlan';
import type { RunRecord } from './runRecord';

/** The line of a record, without its line break. @throws InputError for a run that was changed by hand */
export function recordLine(record: RunRecord): string {
  checkAsPlanned(planName(record.config), record);
  return JSON.stringify(withHash(record));
}

/** Who reads a table takes a run for what its configuration says. */
function checkAsPlanned(where: string, { adjusted = [] }: RunRecord): void {
  if (adjusted.length === 0) return;
  const next = 'it is no result of its configuration: train it again in another folder, without adjust';
  throw refusePhrase(where, 'a run that nobody changed while it trained', adjustedText(adjusted), next);
}

/** What a line holds; undefined for a row of another kind. @throws InputError naming file, line and entry */
export function recordOfLine(path: string, line: Line): RunRecord | undefined {
  const value = lineValue(path, line);
  const where = `${path}: line ${line.number}`;
  if (isOther(value)) return undefined;
  const record = liftMetrics(withoutHash(where, value));
  REPORT(where, record);
  const { hash, config } = record as RunRecord;
  checkHash(where, hash, config);
  checkAsPlanned(where, record as RunRecord);
  return record as RunRecord;
}

/** The records of a file. @throws InputError for the first line that is none, with what to do */
export const readRecords = (path: string): RunRecord[] => readRows(path, recordOfLine);

/** What a file has of one kind of row. @throws InputError for the first line that is wrong, with what to do */
export function readRows<T>(path: string, rowOfLine: (path: string, line: Line) => T | undefined): T[] {
  return settledLines(path).flatMap((line) => {
    try {
      return rowOfLine(path, line) ?? [];
    } catch (error) {
      throw lineError(error, path);
    }
  });
}

const isOther = (value: unknown): boolean =>
  isObject(value) && ['work', 'network', 'given'].some((key) => Object.hasOwn(value, key)) && !Object.hasOwn(value, 'hash');

function checkHash(where: string, hash: string, config: RunPlan): void {
  const found = hashOf(config);
  if (found !== hash) throw refuse(`${where}: hash`, `that of its configuration, ${found ?? 'which is none of a run'}`, hash);
}

function hashOf(config: RunPlan): string | undefined {
  try {
    return planHash(config);
  } catch {
    return undefined;
  }
}

/** A process adds its lines in one write, which takes a moment: a last line without its end is looked at again before it counts as cut. */
function settledLines(path: string): Line[] {
  let lines = readLines(path);
  for (let attempt = 0; attempt < ATTEMPTS && lines.at(-1)?.ended === false && !isWhole(path, lines); attempt++) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    lines = readLines(path);
  }
  return lines;
}

const ATTEMPTS = 10;
const PAUSE_MS = 20;

function isWhole(path: string, lines: readonly Line[]): boolean {
  try {
    lineValue(path, lines.at(-1) as Line);
    return true;
  } catch {
    return false;
  }
}
