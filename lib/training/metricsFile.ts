/**
 * The log of a run: one JSON object a line. A resumed run drops what was written after its checkpoint, so that a run that was
 * killed leaves the same rows as an unbroken one, times apart.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { integerIn, knownKeys } from '../util/check';
import { removeLeftovers, writeAtomic } from '../util/files';
import { descriptionHash } from './checkpoint/runDescription';
import type { StartEvent, TrainingEvent, TrainingListener } from './events';

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
 * A listener that writes rows of the kinds start, stage, terms, step, epoch and done. A new run replaces the file.
 * Values that are not finite become null.
 */
export function metricsFile(path: string, options: MetricsOptions = {}): TrainingListener {
  knownKeys('metricsFile', options, ['header', 'everySteps']);
  const { header = {} } = options;
  const everySteps = integerIn('metricsFile: everySteps', options.everySteps ?? 10, 1);
  const append = (row: MetricsRow): void => appendFileSync(path, `${JSON.stringify(row)}\n`);
  return (event) => {
    if (event.kind === 'start') return open(path, event, header);
    const row = rowOf(event, everySteps);
    if (row) append(row);
  };
}

/** The rows of a log, up to the first line that is not whole: a killed process may leave half of one. */
export function readMetrics(path: string): MetricsRow[] {
  const rows: MetricsRow[] = [];
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const row = parseRow(line);
    if (!row) break;
    rows.push(row);
  }
  return rows;
}

function open(path: string, { facts, resumed }: StartEvent, header: Readonly<Record<string, unknown>>): void {
  const first: MetricsRow = { kind: 'start', hash: descriptionHash(facts), ...header, facts };
  const old = resumed && existsSync(path) ? readMetrics(path).filter((row) => keeps(row, resumed.step)) : [];
  const rows = old[0]?.kind === 'start' ? old : [first, ...old];
  removeLeftovers(path);
  writeAtomic(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}

/** Whether a row was written before the checkpoint at `step`; a stage that begins there is announced again. */
function keeps({ kind, step }: MetricsRow, checkpoint: number): boolean {
  if (kind === 'start') return true;
  if (typeof step !== 'number') return false;
  return kind === 'stage' ? step < checkpoint : step <= checkpoint;
}

function rowOf(event: Exclude<TrainingEvent, StartEvent>, everySteps: number): MetricsRow | undefined {
  switch (event.kind) {
    case 'stage':
      return event.resumed ? undefined : { ...event };
    case 'step': {
      const { etaSeconds: _, imagesPerSecond, ...row } = event;
      return row.step % everySteps === 0 ? { ...row, imagesPerSecond: Math.round(imagesPerSecond) } : undefined;
    }
    case 'terms':
    case 'epoch':
    case 'done':
      return { ...event };
    // When a run was saved or stopped is no result of it.
    case 'checkpoint':
    case 'stopped':
      return undefined;
  }
}

function parseRow(line: string): MetricsRow | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && 'kind' in value ? (value as MetricsRow) : undefined;
  } catch {
    return undefined;
  }
}
