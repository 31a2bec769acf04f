/**
 * What the runs of an experiment say, row by row: the test score of the last epoch (of classification the top-1 error), mean and spread
 * over seeds, and how far it is from the baseline of its group, seed by seed: both started from the same weights and saw the same
 * images in the same order.
 */
import { buildMethod } from '../../methods';
import { confidence95, type Interval, mean, type Summary, summarise } from '../../util/stats';
import type { ExperimentRow, PublishedNumber } from '../experiment';
import { type GivenTeacher, givenByContents, givenName } from '../givenTeacher';
import { planHash } from '../runPlan';
import type { GivenScore } from '../store/givenScore';
import type { RunRecord } from '../store/runStore';
import { scoreStyle, testScore } from './testScore';

/** One line; scores and differences in the unit of the task's score (`scoreStyle`): an error is better below 0, a precision above. */
export interface TableLine {
  readonly group: string;
  readonly label: string;
  readonly teacher: boolean;
  /** Of a teacher that is a file, and was measured and not trained: its network, and the SHA-256 of its contents. */
  readonly given?: { readonly network: string; readonly sha256: string };
  readonly baseline: boolean;
  /** Whether its method splits the student: inheritance and exploration over another method. */
  readonly ie: boolean;
  /** Of the last epoch. Absent where nothing was trained. */
  readonly score?: Summary;
  /** Mean of each run's best epoch: chosen on the test part, so flattering. */
  readonly best?: number;
  /** Each run's last score, by seed. */
  readonly runs: readonly { readonly seed: number; readonly score: number }[];
  /** Over the seeds that both have. */
  readonly difference?: Interval;
  readonly published?: PublishedNumber;
}

/** Lines in the order of the rows. @param seeds only these; default all that there are @param scores of teachers that are files */
export function experimentTable(
  rows: readonly ExperimentRow[],
  records: readonly RunRecord[],
  seeds?: readonly number[],
  scores: readonly GivenScore[] = [],
): TableLine[] {
  return rows.map((row) => {
    if (row.given) return givenLine(row, row.given, scores);
    const own = recordsOf(row, records, seeds);
    const base = rows.find(({ group, baseline }) => group === row.group && baseline);
    const compared = base && !row.baseline && !row.teacher;
    const difference = compared && pairedDifference(scorePairs(own, recordsOf(base, records, seeds)));
    const { group, label, plan, teacher = false, baseline = false, published } = row;
    const ie = plan !== undefined && buildMethod(plan.method).splits === true;
    return {
      ...{ group, label, teacher, baseline, ie, runs: own.map(runOf) },
      ...(own.length > 0 ? { score: summarise(own.map(lastScore)), best: mean(own.map(bestScore)) } : {}),
      ...(difference ? { difference } : {}),
      ...(published ? { published } : {}),
    };
  });
}

/** A teacher that is a file: one network, measured once. */
function givenLine({ group, label, published }: ExperimentRow, given: GivenTeacher, scores: readonly GivenScore[]): TableLine {
  const name = givenName(given);
  const found = scores.find((one) => one.name === name);
  const score = found && testScore(given, [found.evaluation]);
  const { network, weights } = givenByContents(given);
  return {
    ...{ group, label, teacher: true, given: { network: network.name, sha256: weights }, baseline: false, ie: false, runs: [] },
    ...(score === undefined ? {} : { score: summarise([score]) }),
    ...(published ? { published } : {}),
  };
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

/** Test score of the student after its last epoch, of classification the top-1 error, per cent. */
export function lastScore({ config, last }: RunRecord): number {
  return testScore(config, last?.evaluations);
}

function bestScore({ config, history }: RunRecord): number {
  const measured = history.filter(({ evaluations }) => evaluations.some(({ split }) => split === 'test'));
  const scores = measured.map(({ evaluations }) => testScore(config, evaluations));
  return scoreStyle(config).better === 'lower' ? Math.min(...scores) : Math.max(...scores);
}

/** Last scores of two rows, seed by seed, of the seeds that both have. */
export const scorePairs = (own: readonly RunRecord[], other: readonly RunRecord[]): ScorePair[] =>
  seedPairs(own.map(runOf), other.map(runOf));

/** Scores of two rows as a table has them, of the seeds that both have. */
export function seedPairs(own: TableLine['runs'], other: TableLine['runs']): ScorePair[] {
  const scores = new Map(other.map(({ seed, score }) => [seed, score]));
  return own.flatMap(({ seed, score }) => {
    const beside = scores.get(seed);
    return beside === undefined ? [] : [[score, beside] as const];
  });
}

/** First less second over the seeds; undefined where no seed is in both. */
export const pairedDifference = (pairs: readonly ScorePair[]): Interval | undefined =>
  pairs.length > 0 ? confidence95(pairs.map(([a, b]) => a - b)) : undefined;

type ScorePair = readonly [own: number, other: number];

const runOf = (record: RunRecord): TableLine['runs'][number] => ({ seed: seedOf(record), score: lastScore(record) });
