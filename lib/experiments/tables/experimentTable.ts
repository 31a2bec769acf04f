/**
 * What the runs of an experiment say, row by row: test top-1 error of the last epoch, mean and spread over seeds, and how far it is
 * from the baseline of its group, seed by seed: both started from the same weights and saw the same images in the same order.
 */
import { buildMethod } from '../../methods';
import { confidence95, type Interval, mean, type Summary, summarise } from '../../util/stats';
import type { ExperimentRow, PublishedNumber } from '../experiment';
import { planHash } from '../runPlan';
import type { RunRecord } from '../store/runStore';
import { testError } from './testError';

/** One line; errors in per cent, differences in percentage points, below 0 where it is better than the baseline. */
export interface TableLine {
  readonly group: string;
  readonly label: string;
  readonly teacher: boolean;
  readonly baseline: boolean;
  /** Whether its method splits the student: inheritance and exploration over another method. */
  readonly ie: boolean;
  /** Of the last epoch. Absent where nothing was trained. */
  readonly error?: Summary;
  /** Mean of each run's best epoch: chosen on the test part, so flattering. */
  readonly best?: number;
  /** Each run's last error, by seed. */
  readonly runs: readonly { readonly seed: number; readonly error: number }[];
  /** Over the seeds that both have. */
  readonly difference?: Interval;
  readonly published?: PublishedNumber;
}

/** Lines in the order of the rows. @param seeds only these; default all that there are */
export function experimentTable(
  rows: readonly ExperimentRow[],
  records: readonly RunRecord[],
  seeds?: readonly number[],
): TableLine[] {
  return rows.map((row) => {
    const own = recordsOf(row, records, seeds);
    const base = rows.find(({ group, baseline }) => group === row.group && baseline);
    const pairs = !base || row.baseline || row.teacher ? [] : errorPairs(own, recordsOf(base, records, seeds));
    const { group, label, plan, teacher = false, baseline = false, published } = row;
    const ie = plan !== undefined && buildMethod(plan.method).splits === true;
    return {
      ...{ group, label, teacher, baseline, ie, runs: own.map((record) => ({ seed: seedOf(record), error: lastError(record) })) },
      ...(own.length > 0 ? { error: summarise(own.map(lastError)), best: mean(own.map(bestError)) } : {}),
      ...(pairs.length > 0 ? { difference: confidence95(pairs.map(([a, b]) => a - b)) } : {}),
      ...(published ? { published } : {}),
    };
  });
}

/** The records of a row, by seed. A teacher's row has its one seed. @param seeds only these; default all that there are */
export function recordsOf(
  { plan, teacher }: ExperimentRow,
  records: readonly RunRecord[],
  seeds?: readonly number[],
): RunRecord[] {
  if (!plan) return [];
  const hash = planHash(plan);
  const wanted = teacher ? [plan.seed ?? 0] : seeds;
  const own = records.filter((record) => record.hash === hash && (wanted?.includes(seedOf(record)) ?? true));
  return own.sort((a, b) => seedOf(a) - seedOf(b));
}

const seedOf = ({ config: { seed = 0 } }: RunRecord): number => seed;

/** Test error of the student after its last epoch, of classification top-1, per cent. */
export function lastError({ config, last }: RunRecord): number {
  return testError(config, last?.evaluations);
}

function bestError({ config, history }: RunRecord): number {
  const measured = history.filter(({ evaluations }) => evaluations.some(({ split }) => split === 'test'));
  return Math.min(...measured.map(({ evaluations }) => testError(config, evaluations)));
}

/** Last errors of two rows, seed by seed, of the seeds that both have. */
export function errorPairs(own: readonly RunRecord[], other: readonly RunRecord[]): (readonly [own: number, other: number])[] {
  const errors = new Map(other.map((record) => [seedOf(record), lastError(record)]));
  return own.flatMap((record) => {
    const error = errors.get(seedOf(record));
    return error === undefined ? [] : [[lastError(record), error] as const];
  });
}
