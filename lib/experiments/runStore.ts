/**
 * Where runs are. Each has a folder, which git ignores, with its weights and, once it is complete, its record; records that are
 * worth keeping are lines of `data/results/*.jsonl`, one file an experiment. A record is found by hash and seed in either.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder, runsFolder } from '../data/folders';
import { CHECKPOINT_FILE } from '../training/checkpoint';
import { knownKeys } from '../util/check';
import { appendLines, inside, writeAtomic } from '../util/files';
import { lockHolder } from '../util/lock';
import { planFolder, planHash, planName, type RunPlan, withoutFolders } from './plan';
import { RUN_FILES } from './run';
import type { RunReport } from './runReport';

/** What is known of a complete run, without its weights. */
export interface RunRecord extends Omit<RunReport, 'config'> {
  /** With the teachers' own plans. */
  readonly config: RunPlan;
}

export interface RunStoreOptions {
  /** Folder of the runs' folders; default the environment variable IEKD_RUNS, else `data/runs` of the project. */
  readonly runs?: string;
  /** Folder of kept results; default `data/results` of the project. */
  readonly results?: string;
}

/** How far the run of a plan is: complete with its weights here, or only known by its record, or being trained, or not. */
export type RunStatus = 'trained' | 'recorded' | 'running' | 'unfinished' | 'missing';

/** Runs by plan. */
export interface RunStore {
  readonly runs: string;
  readonly results: string;
  /** The record of a plan's run: the kept one, else that in its folder. */
  record(plan: RunPlan): RunRecord | undefined;
  /** Every kept record, in the order of files and lines; of two with one name the first. */
  kept(): readonly RunRecord[];
  /** Puts the record of a complete run into its folder. */
  write(record: RunRecord): void;
  /** Adds to the kept records of an experiment those it lacks. @returns how many were added */
  keep(experiment: string, records: readonly RunRecord[]): number;
  status(plan: RunPlan): RunStatus;
}

const RECORD_FILE = 'record.json';

/** The lock of a plan's run, beside its folder. */
export const lockPath = (runs: string, plan: RunPlan): string => join(runs, '.locks', planName(plan));

export function runStore(options: RunStoreOptions = {}): RunStore {
  knownKeys('runStore', options, ['runs', 'results']);
  const { runs = runsFolder(), results = join(projectFolder(), 'data', 'results') } = options;
  const kept = (): RunRecord[] =>
    [
      ...new Map(
        readAll(results)
          .reverse()
          .map((record) => [nameOf(record), record]),
      ).values(),
    ].reverse();
  const inFolder = (plan: RunPlan): RunRecord | undefined => readRecord(join(planFolder(runs, plan), RECORD_FILE));
  const record = (plan: RunPlan): RunRecord | undefined => {
    const name = planName(plan);
    return kept().find((one) => nameOf(one) === name) ?? inFolder(plan);
  };
  return {
    runs,
    results,
    record,
    kept,
    write: (one) => writeAtomic(join(planFolder(runs, one.config), RECORD_FILE), `${JSON.stringify(one)}\n`),
    keep(experiment, records) {
      const known = new Set(kept().map(nameOf));
      const fresh = records.filter((one) => !known.has(nameOf(one)));
      appendLines(
        inside(results, `${experiment}.jsonl`),
        fresh.map((one) => JSON.stringify(one)),
      );
      return fresh.length;
    },
    status(plan) {
      const folder = planFolder(runs, plan);
      if (existsSync(join(folder, RECORD_FILE)) && existsSync(join(folder, RUN_FILES.last))) return 'trained';
      if (lockHolder(lockPath(runs, plan))) return 'running';
      if (record(plan)) return 'recorded';
      return existsSync(join(folder, CHECKPOINT_FILE)) ? 'unfinished' : 'missing';
    },
  };
}

/** The record that a run's report makes under the name of its plan. */
export function recordOf(plan: RunPlan, { config: _, ...report }: RunReport): RunRecord {
  return { ...report, hash: planHash(plan), config: withoutFolders(plan) };
}

const nameOf = ({ config }: RunRecord): string => planName(config);

function readAll(folder: string): RunRecord[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .sort();
  return files.flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n').flatMap(parsed));
}

function readRecord(path: string): RunRecord | undefined {
  return existsSync(path) ? parsed(readFileSync(path, 'utf8'))[0] : undefined;
}

/** A record, or nothing: other lines of results, and a line that was cut short. */
function parsed(line: string): RunRecord[] {
  try {
    const value: unknown = line.trim() === '' ? undefined : JSON.parse(line);
    return isRecord(value) ? [value] : [];
  } catch {
    return [];
  }
}

/** By what every record has: its plan's hash is that of its configuration, so a line that was changed by hand is nobody's. */
function isRecord(value: unknown): value is RunRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { hash, config, history, provenance } = value as Partial<RunRecord>;
  if (typeof hash !== 'string' || typeof config !== 'object' || !Array.isArray(history) || !provenance) return false;
  return config.student !== undefined && config.method !== undefined && config.dataset !== undefined && planHash(config) === hash;
}
