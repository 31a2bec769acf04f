/** `result.json` in a run's folder: the report with the hash of its contents, checked when it is read. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { liftMetrics } from '../../training/records/olderRecords';
import { writeAtomic } from '../../util/files';
import { withHash, withoutHash } from '../../util/hash';
import { readJson } from '../../util/json';
import { REPORT, type RunReport } from './reportTable';
import { RUN_FILES } from './runFiles';

/** Writes the report of a complete run into its folder. @returns the report */
export function writeReport(folder: string, report: RunReport): RunReport {
  writeAtomic(join(folder, RUN_FILES.result), `${JSON.stringify(withHash(report), null, 2)}\n`);
  return report;
}

/** The report of a complete run; undefined while it has none. @throws InputError for a file that is damaged, or no report */
export function readReport(folder: string): RunReport | undefined {
  const path = join(folder, RUN_FILES.result);
  if (!existsSync(path)) return undefined;
  const report = liftMetrics(withoutHash(path, readJson(path)));
  REPORT(path, report);
  return report as RunReport;
}
