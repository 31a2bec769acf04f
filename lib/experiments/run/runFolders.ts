/** Folders of single runs: how they are named, and what a complete one says. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { liftMetrics } from '../../training/olderRecords';
import { readJson, runName } from './config';
import type { ParsedRun } from './parsedRun';
import { RUN_FILES } from './runExperiment';
import type { RunReport } from './runReport';

/** `<root>/<data set>-<student>-<method>-<hash>-s<seed>`: equal configurations meet in one folder. */
export const runFolder = (root: string, { config, hash }: ParsedRun): string => join(root, runName(config, hash));

/** The result of a complete run; undefined while it has none. */
export function readReport(folder: string): RunReport | undefined {
  const path = join(folder, RUN_FILES.result);
  return existsSync(path) ? liftMetrics(readJson(path) as RunReport) : undefined;
}
