/**
 * The log of a run: one JSON object a line. A resumed run drops what was written after its checkpoint, so that a run that was
 * killed leaves the same rows as an unbroken one, times apart.
 */
import { appendFileSync, existsSync } from 'node:fs';
import { integerIn, knownKeys, pick, refuse } from '../util/check';
import { tryFile } from '../util/fileErrors';
import { removeLeftovers, writeAtomic } from '../util/files';
import { type Line, lineError, lineValue, readLines } from '../util/lines';
import { type Check, integer, mapOf, number, orNull } from '../util/schema';
import { descriptionHash } from './checkpoint/runDescription';
import type { ResumePoint, StartEvent, TrainingEvent, TrainingListener } from './events';
import { EPOCH } from './records/epochTable';
import { liftMetrics } from './records/olderRecords';

/** Its name in the folder of a run. */
export const METRICS_FILE = 'metrics.jsonl';

export interface MetricsOptions {
  /** Entries of the first row beside the run's facts: configuration, commit, versions, machine. */
  readonly header?: Readonly<Record<string, unknown>>;
  /** Only every so many steps get a row, those divisible by it; default 10. */
  readonly everySteps?: number;
}

/** A row; every kind but `start` and `done` has the step that it was written at. */
export interface MetricsRow {
  readonly kind: string;
  readonly step?: number;
  readonly [entry: string]: unknown;
}

/**
 * A listener that writes rows of the kinds start, stage, fitted (what was taken from an earlier run), terms, step, adjusted, epoch and done. A new run replaces the file.
 * Values that are not finite become null.
 */
export function metricsFile(path: string, options: MetricsOptions = {}): TrainingListener {
  knownKeys('metricsFile', options, ['header', 'everySteps']);
  const { header = {} } = options;
  const everySteps = integerIn('metricsFile: everySteps', options.everySteps ?? 10, 1);
  const append = (row: MetricsRow): void =>
    tryFile(path, 'a place that can be written', () => appendFileSync(path, `${JSON.stringify(row)}\n`));
  return (event) => {
    if (event.kind === 'start') return open(path, event, header);
    const row = rowOf(event, everySteps);
    if (row) append(row);
  };
}

/**
 * The rows of a log. A last line without its line break is left out: a process that was killed leaves half of one, and another may be
 * writing it. @throws InputError for any other line that is no row, with what to do
 */
export function readMetrics(path: string): MetricsRow[] {
  return readLines(path).flatMap((line) => {
    if (!line.ended) return [];
    try {
      return metricsRow(path, line);
    } catch (error) {
      throw lineError(error, path);
    }
  });
}

/** The row of a line. @throws InputError naming file, line and entry */
export function metricsRow(path: string, line: Line): MetricsRow {
  const row = lineValue(path, line);
  const where = `${path}: line ${line.number}`;
  if (typeof row !== 'object' || row === null) throw refuse(where, 'a row, which is an object', row);
  const { kind } = row as MetricsRow;
  pick(`${where}: kind`, ROWS, kind)(where, liftMetrics(row));
  return row as MetricsRow;
}

const STEP = integer(0);

/** What each kind of row must be. */
const ROWS: Readonly<Record<MetricsRow['kind'], Check>> = {
  start: mapOf(() => undefined),
  stage: entryOf('step', STEP),
  terms: entryOf('step', STEP),
  step: (where, row) => {
    entryOf('step', STEP)(where, row);
    entryOf('loss', orNull(number()))(where, row);
  },
  epoch: EPOCH,
  fitted: entryOf('step', STEP),
  adjusted: entryOf('step', STEP),
  done: mapOf(() => undefined),
};

function entryOf(name: string, check: Check): Check {
  return (where, row) => check(`${where}: ${name}`, (row as Readonly<Record<string, unknown>>)[name]);
}

function open(path: string, { facts, resumed }: StartEvent, header: Readonly<Record<string, unknown>>): void {
  const first: MetricsRow = { kind: 'start', hash: descriptionHash(facts), ...header, facts };
  const old = resumed && existsSync(path) ? readMetrics(path).filter((row) => keeps(row, resumed)) : [];
  const rows = old[0]?.kind === 'start' ? old : [first, ...old];
  removeLeftovers(path);
  writeAtomic(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}

/**
 * Whether a row was written before the checkpoint that a run goes on from; a stage that begins there is announced again, and an epoch
 * whose evaluation is still to come has no row yet.
 */
function keeps({ kind, step, stage, epoch }: MetricsRow, resumed: ResumePoint): boolean {
  if (kind === 'start') return true;
  if (typeof step !== 'number') return false;
  if (kind === 'epoch' && stage === resumed.stage) return Number(epoch) <= resumed.epoch;
  return kind === 'stage' ? step < resumed.step : step <= resumed.step;
}

function rowOf(event: Exclude<TrainingEvent, StartEvent>, everySteps: number): MetricsRow | undefined {
  switch (event.kind) {
    case 'stage':
      return event.resumed ? undefined : { ...event };
    case 'step': {
      const { etaSeconds: _, mean: __, imagesPerSecond, ...row } = event;
      return row.step % everySteps === 0 ? { ...row, imagesPerSecond: Math.round(imagesPerSecond) } : undefined;
    }
    case 'terms':
    case 'epoch':
    case 'adjusted':
    case 'done':
      return { ...event };
    case 'fitted':
      return event.reused ? { ...event } : undefined;
    // When a run was saved or stopped, and how its steps were made, is no result of it.
    case 'waiting':
    case 'captured':
    case 'checkpoint':
    case 'stopped':
      return undefined;
  }
}
