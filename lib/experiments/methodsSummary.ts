/**
 * What the runs of the table of methods say. A method is compared with the student alone seed by seed: both started from the same
 * weights and saw the same images in the same order.
 */
import { buildMethod } from '../methods';
import { confidence95, excludesZero, mean, summarise } from '../util/stats';
import type { MethodsRun } from './methodsRuns';

/** Top-1 in per cent, on the test part. */
export interface MethodsSummary {
  readonly method: string;
  /** Whether it splits the student: inheritance and exploration over another method. */
  readonly ie: boolean;
  readonly n: number;
  /** Of each run, in the order of the runs: its last epoch. */
  readonly runs: readonly number[];
  readonly last: number;
  /** Over the seeds; undefined for one. */
  readonly sd: number | undefined;
  /** Mean of each run's best epoch: chosen on the test part, so flattering. */
  readonly best: number;
  /** Percentage points over the student alone, mean over the seeds that both have; undefined without such a seed. */
  readonly gain: number | undefined;
  /** Standard error of `gain`, from at least two seeds. */
  readonly error: number | undefined;
  /** Whether zero lies outside the 95 % confidence interval of `gain`, taken alone (Student's t). */
  readonly separated: boolean;
}

const top1 = ({ evaluations }: MethodsRun): number => 100 * (evaluations.at(-1)?.top1 ?? Number.NaN);
const best1 = ({ evaluations }: MethodsRun): number => 100 * Math.max(...evaluations.map((e) => e.top1));

/** A row a method, in the order of the runs. @param baseline the method that the others are compared with */
export function summariseMethods(runs: readonly MethodsRun[], baseline = 'supervised'): MethodsSummary[] {
  const of = (name: string): MethodsRun[] => runs.filter(({ config }) => config.method.name === name);
  const alone = new Map(of(baseline).map((run) => [run.seed, top1(run)]));
  return [...new Set(runs.map(({ config }) => config.method.name))].map((method) => {
    const own = of(method);
    const lasts = own.map(top1);
    const { n, mean: last, sd } = summarise(lasts);
    const gains = own.flatMap((run) => {
      const base = alone.get(run.seed);
      return base === undefined || method === baseline ? [] : [top1(run) - base];
    });
    const ie = own.some(({ config }) => buildMethod(config.method).splits === true);
    return { method, ie, n, runs: lasts, last, sd, best: mean(own.map(best1)), ...gainOf(gains) };
  });
}

function gainOf(gains: readonly number[]): Pick<MethodsSummary, 'gain' | 'error' | 'separated'> {
  if (gains.length === 0) return { gain: undefined, error: undefined, separated: false };
  const interval = confidence95(gains);
  return { gain: interval.mean, error: interval.error, separated: excludesZero(interval) };
}

/** What is and what is not separated, in a sentence or two. */
export function methodsVerdict(rows: readonly MethodsSummary[]): string {
  const compared = rows.filter(({ error }) => error !== undefined);
  const named = (those: readonly MethodsSummary[]): string => those.map(({ method }) => method).join(', ') || 'none';
  const apart = compared.filter(({ separated }) => separated);
  const above = apart.filter(({ gain = 0 }) => gain > 0);
  const below = apart.filter(({ gain = 0 }) => gain < 0);
  return [
    `Of ${compared.length} methods with two seeds or more, at 95 % each (not corrected for their number):`,
    `above the student alone ${named(above)}; below it ${named(below)};`,
    `not separated from it ${named(compared.filter(({ separated }) => !separated))}.`,
  ].join(' ');
}
