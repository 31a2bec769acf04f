/**
 * An experiment opened in a notebook: its rows, to which a reader adds; its runs, trained where they are missing; its table and
 * curves, from what is there.
 */
import type { Budget } from '../../experiments/budgets';
import { type ExperimentRow, type PlannedRow, plannedRows, rowNamed, rowsOn } from '../../experiments/experiment';
import { experimentNamed } from '../../experiments/paper';
import { plansOf } from '../../experiments/queue/order';
import type { InitialTerm } from '../../experiments/run/initialTerms';
import { teachersOf, withSeed } from '../../experiments/runPlan';
import { loadTrained, type Trained } from '../../experiments/store/loadTrained';
import { planTerms } from '../../experiments/store/planTerms';
import { type RunRecord, type RunStore, runStore } from '../../experiments/store/runStore';
import { recordsFor, tableOf } from '../../experiments/tables/buildTable';
import { compare, comparisonText, separationText } from '../../experiments/tables/comparison';
import { type EpochMeasure, epochCurves } from '../../experiments/tables/epochCurves';
import { recordsOf, type TableLine } from '../../experiments/tables/experimentTable';
import type { TableText } from '../../experiments/tables/tableText';
import { knownKeys, refuse } from '../../util/check';
import { display } from '../display/display';
import type { Series } from '../plots/curves';
import { showFigure } from '../plots/figure';
import { overSeeds } from '../plots/overSeeds';
import { showExperiment, trainPlans } from './experimentView';
import { hasScores, scoreFigure } from './scoreFigure';

/** A term with the row it belongs to. */
export interface RowTerm extends InitialTerm {
  readonly row: string;
}

/** A row: by its label, of the first pair of networks that has it, or of the pair that `group` names. */
export type RowName = string | (Pick<ExperimentRow, 'label'> & Partial<Pick<ExperimentRow, 'group'>>);

/** An experiment in a page: its rows, their runs, tables and figures. */
export interface OpenExperiment {
  /** In the order of the table. */
  readonly rows: readonly ExperimentRow[];
  /** A row with its plan. @throws InputError for another label, listing those there are */
  row(name: RowName): PlannedRow;
  /** Adds rows, or puts them in the place of those with the same label. */
  add(...rows: readonly PlannedRow[]): void;
  /** Trains what is missing, teachers first, and shows it. @param labels only these rows, of every pair; default all */
  train(labels?: readonly string[]): Promise<void>;
  /** The runs of a row that are there, by seed. */
  records(name: RowName): RunRecord[];
  /** The network of a row's run, to be looked into; the caller's to dispose of. @param seed default 0 */
  network(name: RowName, seed?: number): Trained;
  /** The curves of rows as a figure draws them, mean and spread over seeds; rows without runs are left out. */
  series(names: readonly RowName[], measure: EpochMeasure): Series[];
  /** The terms that rows begin with, before the first step of seed 0; their teachers are trained where they are missing. */
  initialTerms(names: readonly RowName[]): Promise<RowTerm[]>;
  /** A sentence on two rows: which makes fewer errors (of detection has more mAP), and whether that is more than chance. */
  compare(one: RowName, other: RowName): string;
  /** `compare` of every row of a pair with the student alone, a sentence a line. @param group default the first pair's */
  compareAll(group?: string): string;
  /** Which rows of a pair differ from the student alone by more than chance, in one sentence. @param group default the first pair's */
  significance(group?: string): string;
  /** The table as data. */
  table(): TableText;
  /** Shows the table, and its notes. */
  showTable(): void;
  /** Shows the scores of a pair of networks as bars, of classification errors; says so where there are none yet. */
  showScores(options?: ShowScoresOptions): Promise<void>;
}

/** Options of `showScores`. */
export interface ShowScoresOptions {
  /** Above the plot. */
  readonly title?: string;
  /** The pair of networks. Default the first. */
  readonly group?: string;
}

/**
 * Opens an experiment of the paper, or of the project, under a budget. Trains and reads nothing by itself.
 * @param store default the project's own
 * @throws InputError for an experiment that is not known, listing those that are
 * @example
 * ```ts
 * import { openExperiment, pageBudget } from 'iekd';
 *
 * const table1 = openExperiment('table1', pageBudget('short'));
 * table1.showTable();
 * console.log(table1.compare('IE-FT', 'FT'));
 * ```
 */
export function openExperiment(name: string, budget: Budget, store: RunStore = runStore()): OpenExperiment {
  const experiment = experimentNamed(name);
  const rows: ExperimentRow[] = [...rowsOn(experiment, budget)];
  const of = (group: string | undefined): ExperimentRow[] => rows.filter((row) => group === undefined || row.group === group);
  const row = (name: RowName): PlannedRow =>
    typeof name === 'string' ? rowNamed(rows, name) : rowNamed(of(name.group), name.label);
  const records = (name: RowName): RunRecord[] => {
    const one = row(name);
    return recordsOf(one, recordsFor([one], budget.seeds, store));
  };
  const table = (): TableText => tableOf(experiment, budget, { store, rows });
  const linesOf = (group: string | undefined): TableLine[] => table().lines.filter((line) => line.group === group);
  const compareRows = (one: RowName, other: RowName): string =>
    comparisonText(labelOf(one), labelOf(other), compare(records(one), records(other)));
  return {
    rows,
    row,
    add(...more) {
      for (const one of more) {
        const at = rows.findIndex(({ group, label }) => group === one.group && label === one.label);
        if (at < 0) rows.push(one);
        else rows[at] = one;
      }
    },
    async train(labels) {
      const planned = plannedRows(rows);
      const unknown = labels?.find((label) => !planned.some((one) => one.label === label));
      if (unknown !== undefined)
        throw refuse(`${name}: train`, `labels among ${planned.map((one) => one.label).join(', ')}`, unknown);
      await trainPlans(plansOf(labels ? planned.filter(({ label }) => labels.includes(label)) : planned, budget.seeds), {
        store,
      });
    },
    records,
    network: (name, seed = 0) => loadTrained(withSeed(row(name).plan, seed), store),
    series(names, measure) {
      const trained = names.filter((name) => records(name).length > 0);
      return trained.map((name) => ({
        name: labelOf(name),
        colour: names.indexOf(name),
        ...overSeeds(epochCurves(records(name), measure)),
      }));
    },
    table,
    compare: compareRows,
    compareAll(group = rows[0]?.group) {
      const own = plannedRows(of(group)).filter((one) => !one.teacher && records(one).length > 0);
      const base = own.find(({ baseline }) => baseline) ?? { label: 'alone', ...(group === undefined ? {} : { group }) };
      return own.flatMap((one) => (one.baseline ? [] : [compareRows(one, base)])).join('\n');
    },
    significance: (group = rows[0]?.group) =>
      separationText(linesOf(group), table().style) ?? 'No row beside the student alone has two seeds yet.',
    async initialTerms(names) {
      const plans = names.map((name) => row(name).plan);
      const teachers = plans.flatMap(teachersOf).filter((plan) => store.status(plan) !== 'trained');
      if (teachers.length > 0) await trainPlans(teachers, { store });
      const all: RowTerm[] = [];
      for (const [i, plan] of plans.entries()) {
        all.push(...(await planTerms(plan, store)).map((term) => ({ row: labelOf(names[i] ?? ''), ...term })));
      }
      return all;
    },
    showTable: () => showExperiment(table()),
    async showScores(options = {}) {
      knownKeys('showScores', options, ['title', 'group']);
      const { title, group = rows[0]?.group } = options;
      const lines = linesOf(group);
      if (hasScores(lines)) return showFigure(scoreFigure(lines, table().style, title === undefined ? {} : { title }));
      display({ 'text/plain': `${group}: no row beside the student alone has a run yet` });
    },
  };
}

const labelOf = (name: RowName): string => (typeof name === 'string' ? name : name.label);
