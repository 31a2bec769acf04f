/** Folders of runs: how they are named, and what is in them. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKPOINT_FILE } from '../training/checkpoint';
import { type RunConfig, readConfig, readJson } from './config';
import { RUN_FILES } from './run';
import { runHash } from './runInputs';
import type { RunReport } from './runReport';

/** A run on disk. */
export interface RunRow {
  readonly folder: string;
  /** `unfinished` has a checkpoint to go on from, `begun` none yet; `damaged` has no configuration that can be read. */
  readonly status: 'complete' | 'unfinished' | 'begun' | 'damaged';
  readonly config?: RunConfig;
  /** What is wrong with a damaged one. */
  readonly problem?: string;
}

/** `<root>/<data set>-<student>-<method>-<hash>-s<seed>`: equal configurations meet in one folder. */
export function runFolder(root: string, config: RunConfig): string {
  const { dataset, student, method, seed = 0 } = config;
  return join(root, `${dataset.name}-${student.name}-${method.name}-${runHash(config)}-s${seed}`);
}

/** Every run directly below a folder, by name; what is no run is passed over. */
export function listRuns(root: string): RunRow[] {
  if (!existsSync(root)) return [];
  const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const runs = folders.map((entry) => join(root, entry.name)).filter((folder) => existsSync(join(folder, RUN_FILES.config)));
  return runs.sort().map(rowOf);
}

/** The result of a complete run; undefined while it has none. */
export function readReport(folder: string): RunReport | undefined {
  const path = join(folder, RUN_FILES.result);
  return existsSync(path) ? (readJson(path) as RunReport) : undefined;
}

function rowOf(folder: string): RunRow {
  try {
    return { folder, status: statusOf(folder), config: readConfig(join(folder, RUN_FILES.config)) };
  } catch (error) {
    return { folder, status: 'damaged', problem: (error as Error).message };
  }
}

function statusOf(folder: string): RunRow['status'] {
  if (existsSync(join(folder, RUN_FILES.result))) return 'complete';
  return existsSync(join(folder, CHECKPOINT_FILE)) ? 'unfinished' : 'begun';
}
