/** Rows of the bench that are kept, one line each, with what they were measured on: so that a regression is seen. */
import { join } from 'node:path';
import type { EngineReport, Machine } from '../engine/start';
import { provenance } from '../experiments/run/runProvenance';
import { appendLines } from '../util/files';
import { projectFolder } from '../util/folders';
import type { BenchRow } from './benchRow';

/** What a kept line has beside its row. */
export interface BenchOrigin {
  /** When it was kept, in UTC. */
  readonly date: string;
  /** Of the library's repository, with `+` when files differed from it; absent outside one. */
  readonly commit?: string;
  readonly machine: Machine;
  /** Of everything that has a part in the figures. */
  readonly versions: Readonly<Record<string, string>>;
  readonly steps: number;
  readonly rounds: number;
}

/** One kept line. */
export type BenchRecord<Row = BenchRow> = Row & BenchOrigin;

/** Rows to keep, and the peer's version where one of them has its figures. */
export interface KeptResult<Row> {
  readonly rows: readonly Row[];
  readonly peer?: string;
}

/** Where rows are kept unless another file is named. */
export const benchFile = (): string => join(projectFolder(), 'data', 'results', 'bench.jsonl');

/** Adds the rows of a result at the end of `path`. @returns what was added */
export function keepRows<Row extends object>(
  path: string,
  { rows, peer }: KeptResult<Row>,
  report: EngineReport,
  { steps, rounds }: { readonly steps: number; readonly rounds: number },
): BenchRecord<Row>[] {
  const { versions, engine, machine, commit } = provenance(report);
  const all = {
    ...versions,
    engine: engine.version,
    ...(peer !== undefined && rows.some((row) => 'peer' in row && row.peer) ? { peer } : {}),
  };
  const origin = { date: new Date().toISOString(), ...(commit === undefined ? {} : { commit }), machine, versions: all };
  const records = rows.map((row) => ({ ...origin, steps, rounds, ...row }));
  appendLines(
    path,
    records.map((record) => JSON.stringify(record)),
  );
  return records;
}
