/** Folders of single runs: how they are named, and what a complete one says. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { liftMetrics } from '../../training/liftMetrics';
import { type RunConfig, readJson } from './config';
import { RUN_FILES } from './runExperiment';
import { runHash } from './runInputs';
import type { RunReport } from './runReport';

/** `<root>/<data set>-<student>-<method>-<hash>-s<seed>`: equal configurations meet in one folder. */
export function runFolder(root: string, config: RunConfig): string {
  const { dataset, student, method, seed = 0 } = config;
  return join(root, `${dataset.name}-${student.name}-${method.name}-${runHash(config)}-s${seed}`);
}

/** The result of a complete run; undefined while it has none. */
export function readReport(folder: string): RunReport | undefined {
  const path = join(folder, RUN_FILES.result);
  return existsSync(path) ? liftMetrics(readJson(path) as RunReport) : undefined;
}
