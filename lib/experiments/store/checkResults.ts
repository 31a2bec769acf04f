/**
 * Looks through files of results for what a reader would refuse, all of it at once, and sets bad lines aside: into `FILE.bad`, which is
 * written first, so that nothing is lost whenever it stops. Files of weights are looked at and never changed.
 */
import { existsSync, readdirSync, renameSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CHECKPOINT_FILE, readCheckpoint } from '../../training/checkpoint/checkpoint';
import { METRICS_FILE, metricsRow } from '../../training/metricsFile';
import { InputError, refusePhrase } from '../../util/check';
import { tryFile } from '../../util/fileErrors';
import { appendBytes, writeAtomic } from '../../util/files';
import { carriesHash } from '../../util/hash';
import { readJson } from '../../util/json';
import { type Line, lineValue, readLines } from '../../util/lines';
import type { Check } from '../../util/schema';
import { ENCODERS_FOLDER } from '../run/keptEncoders';
import { readReport } from '../run/reportFile';
import { RUN_FILES } from '../run/runFiles';
import { readRunWeights } from '../run/runWeights';
import { planName } from '../runPlan';
import { SCORE_FILE, scoreOfLine } from './givenScore';
import { recordOfLine } from './recordLines';
import { RECORD_FILE, WEIGHTS_FOLDER } from './runStore';
import { withLock } from './withLock';

/** A file that was looked at. */
export interface CheckedFile {
  readonly path: string;
  /** How many lines, or files that have none, are as they should be. */
  readonly good: number;
  /** How many of these carry no hash: of them syntax, types, ranges and what they say twice are known to be right, and no more. */
  readonly unhashed: number;
  /** What is wrong, each in a sentence that begins with the file and the line. */
  readonly problems: readonly string[];
  /** Where the bad lines, or the file, were put; absent where nothing was. */
  readonly setAside?: string;
}

/** Options of `checkResults`. */
export interface CheckOptions {
  /** Sets bad lines aside; default false. */
  readonly repair?: boolean;
  /** What a row of results that is no record must be. */
  readonly otherRows?: Check;
}

/**
 * Checks files, and those of folders and of the folders in them, as far as they are results: `*.jsonl`, `record.json`, `score.json`,
 * `result.json`, `*.safetensors`. @throws InputError for a path that is not there
 */
export function checkResults(paths: readonly string[], { repair = false, otherRows }: CheckOptions = {}): CheckedFile[] {
  const check = checker(otherRows ?? (() => undefined));
  return paths.flatMap((path) => filesAt(path)).flatMap((path) => check(path, repair));
}

function filesAt(path: string, depth = 0): string[] {
  return tryFile(path, 'a file or folder of results', () => {
    if (!statSync(path).isDirectory()) return depth > 0 || isResult(path) ? [path] : refuseOther(path);
    const below = readdirSync(path)
      .sort()
      .map((name) => join(path, name));
    return below.flatMap((one) => (isFolder(one) ? (depth < 1 ? filesAt(one, depth + 1) : []) : isResult(one) ? [one] : []));
  });
}

function refuseOther(path: string): never {
  const files = `a file of results (.jsonl, .safetensors, ${RECORD_FILE} or ${RUN_FILES.result}), or a folder of them`;
  throw refusePhrase('results check', files, path);
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

const isResult = (path: string): boolean =>
  /\.(jsonl|safetensors)$/.test(path) || [RECORD_FILE, SCORE_FILE, RUN_FILES.result].some((name) => name === basename(path));

/** Whether the line carries its hash. @throws InputError for one that is not as it should be */
type LineCheck = (path: string, line: Line) => boolean;

function checker(otherRows: Check): (path: string, repair: boolean) => CheckedFile[] {
  const record: LineCheck = (path, line) => {
    const value = lineValue(path, line);
    if (!recordOfLine(path, line) && !scoreOfLine(path, line)) otherRows(`${path}: line ${line.number}`, value);
    return carriesHash(value);
  };
  return (path, repair) => {
    if (path.endsWith('.safetensors')) return [checkWhole(path, () => checkWeights(path))];
    if (basename(path) === RUN_FILES.result)
      return [
        setFileAside(
          checkWhole(path, () => {
            readReport(dirname(path));
            return carriesHash(readJson(path));
          }),
          repair,
        ),
      ];
    const check = basename(path) === METRICS_FILE ? metricsLine : record;
    return [repair ? withLock(join(dirname(path), '.lock'), () => setLinesAside(path, check)) : checkLines(path, check).file];
  };
}

/** Half a line at the end is what a process leaves that was killed, or is at work. */
function metricsLine(path: string, line: Line): boolean {
  if (line.ended) metricsRow(path, line);
  return false;
}

function checkWhole(path: string, read: () => boolean): CheckedFile {
  const { problem, hashed } = looked(read);
  if (problem !== undefined) return { path, good: 0, unhashed: 0, problems: [problem] };
  return { path, good: 1, unhashed: hashed ? 0 : 1, problems: [] };
}

interface CheckedLines {
  readonly file: CheckedFile;
  readonly good: readonly Line[];
  readonly bad: readonly Line[];
}

function checkLines(path: string, check: LineCheck): CheckedLines {
  const lines = readLines(path).map((line) => ({ line, ...looked(() => check(path, line)) }));
  const unhashed = lines.filter(({ problem, hashed }) => problem === undefined && !hashed).length;
  const good = lines.flatMap(({ line, problem }) => (problem === undefined ? [line] : []));
  const bad = lines.flatMap(({ line, problem }) => (problem === undefined ? [] : [line]));
  const problems = lines.flatMap(({ problem }) => problem ?? []);
  return { file: { path, good: good.length, unhashed, problems }, good, bad };
}

function looked(check: () => boolean): { readonly problem?: string; readonly hashed: boolean } {
  try {
    return { hashed: check() };
  } catch (error) {
    if (error instanceof InputError) return { problem: error.message, hashed: false };
    throw error;
  }
}

function setLinesAside(path: string, check: LineCheck): CheckedFile {
  const { file, good, bad } = checkLines(path, check);
  if (bad.length === 0) return file;
  const aside = `${path}.bad`;
  appendBytes(aside, joined(bad));
  writeAtomic(path, joined(good));
  return { ...file, setAside: aside };
}

/** The lines as they were, byte for byte, each with its end. */
const joined = (lines: readonly Line[]): Buffer =>
  Buffer.concat(lines.flatMap(({ bytes, ended }, i) => (ended || i + 1 < lines.length ? [bytes, Buffer.from('\n')] : [bytes])));

function setFileAside(file: CheckedFile, repair: boolean): CheckedFile {
  if (!repair || file.problems.length === 0) return file;
  const setAside = `${file.path}.bad`;
  tryFile(setAside, 'a place that can be written', () => renameSync(file.path, setAside));
  return { ...file, setAside };
}

const DAMAGED_ENCODER = 'the file is damaged: remove it, and the next run that needs it fits it anew';

/** Whole, and those that a result or a kept record notes. @returns whether a hash says so */
function checkWeights(path: string): boolean {
  if (basename(path) === CHECKPOINT_FILE) {
    readCheckpoint(path);
    return true;
  }
  if (basename(dirname(path)) === ENCODERS_FOLDER) {
    readCheckpoint(path, DAMAGED_ENCODER);
    return true;
  }
  const { sha256, checked } = readRunWeights(path);
  if (basename(dirname(path)) !== WEIGHTS_FOLDER) return checked;
  const noted = keptHashes(dirname(dirname(path))).get(basename(path, '.safetensors'));
  const hint = 'fetch the file again, or train the run anew';
  if (noted !== sha256)
    throw refusePhrase(path, `the SHA-256 of its kept record, ${noted ?? 'which is not there'}`, sha256, hint);
  return true;
}

/** What the records of a folder, those that can be read, say of their weights: by name of the run. */
function keptHashes(results: string): ReadonlyMap<string, string | undefined> {
  const files = existsSync(results) ? readdirSync(results).filter((name) => name.endsWith('.jsonl')) : [];
  const records = files.flatMap((name) => {
    const path = join(results, name);
    return readLines(path).flatMap((line) => {
      try {
        return recordOfLine(path, line) ?? [];
      } catch {
        return []; // it is told by itself
      }
    });
  });
  return new Map(records.map(({ config, weights }) => [planName(config), weights?.['student']]));
}
