/** The table of an experiment from what a store holds. */
import { knownKeys } from '../../util/check';
import type { Budget } from '../budgets';
import { type Experiment, type ExperimentRow, plannedRows, rowsOn } from '../experiment';
import { givenName } from '../givenTeacher';
import { withSeed } from '../runPlan';
import type { GivenScore } from '../store/givenScore';
import { type RunRecord, type RunStore, runStore } from '../store/runStore';
import { experimentTable, recordsOf } from './experimentTable';
import { type TableText, tableText } from './tableText';

export interface TableOfOptions {
  /** Default the project's own. */
  readonly store?: RunStore | undefined;
  /** Default all of the experiment's. Differences are to the baseline of the group, whether or not it is among them. */
  readonly rows?: readonly ExperimentRow[] | undefined;
  /** Only kept results: then the table is the same on every machine. Default false. */
  readonly kept?: boolean | undefined;
}

/** Title, lines and notes; `formatTable` makes text of them. Trains nothing. */
export function tableOf(experiment: Experiment, budget: Budget, options: TableOfOptions = {}): TableText {
  knownKeys('tableOf', options, ['store', 'rows', 'kept']);
  const own = rowsOn(experiment, budget);
  const { store = runStore(), rows = own, kept = false } = options;
  const chosen = new Set(rows.map(rowKey));
  const all = [...rows, ...own.filter((row) => !chosen.has(rowKey(row)))]; // baselines may not be among the chosen
  const records = kept ? store.all() : recordsFor(all, budget.seeds, store);
  const scores = kept ? store.allScores() : rows.flatMap(({ given }) => (given && store.findScore(given)) ?? []);
  const lines = experimentTable(all, records, budget.seeds, scores).filter((line) => chosen.has(rowKey(line)));
  const used = rows.flatMap((row) => recordsOf(row, records, budget.seeds));
  return tableText(experiment, budget, { rows, lines, records: [...new Set(used)], scores: scoresOf(rows, scores) });
}

/** Those of the rows' own teachers. */
function scoresOf(rows: readonly ExperimentRow[], scores: readonly GivenScore[]): GivenScore[] {
  const names = new Set(rows.flatMap(({ given }) => (given ? givenName(given) : [])));
  return scores.filter(({ name }) => names.has(name));
}

const rowKey = ({ group, label }: Pick<ExperimentRow, 'group' | 'label'>): string => JSON.stringify([group, label]);

/** Every record that rows have for some seeds, each once. */
export function recordsFor(rows: readonly ExperimentRow[], seeds: readonly number[], store: RunStore): RunRecord[] {
  const plans = plannedRows(rows).flatMap(({ plan, teacher }) => (teacher ? [plan] : seeds.map((seed) => withSeed(plan, seed))));
  const found = new Map(
    plans.flatMap((plan) => store.find(plan) ?? []).map((record) => [`${record.hash}-${record.config.seed}`, record]),
  );
  return [...found.values()];
}
