/**
 * An experiment opened in a notebook: its rows, to which a reader adds; its runs, trained where they are missing; its table and
 * curves, from what is there.
 */
import type { Budget } from '../../experiments/budgets';
import { type ExperimentRow, type PlannedRow, plannedRows, rowNamed } from '../../experiments/experiment';
import { experimentNamed } from '../../experiments/paper';
import { teachersOf, withSeed } from '../../experiments/plan';
import { plansOf } from '../../experiments/queue/order';
import type { InitialTerm } from '../../experiments/run/initialTerms';
import { planTerms } from '../../experiments/store/planTerms';
import { type RunRecord, type RunStore, runStore } from '../../experiments/store/runStore';
import { loadTrained, type Trained } from '../../experiments/store/trained';
import { compare, comparisonText, separationText } from '../../experiments/tables/comparison';
import { type EpochMeasure, epochCurves } from '../../experiments/tables/epochCurves';
import { recordsOf } from '../../experiments/tables/experimentTable';
import { recordsFor, tableOf } from '../../experiments/tables/tableOf';
import type { TableText } from '../../experiments/tables/tableText';
import { refuse } from '../../util/check';
import { display } from '../display/display';
import type { Series } from '../plots/curves';
import { showFigure } from '../plots/figure';
import { overSeeds } from '../plots/overSeeds';
import { errorFigure, hasErrors } from './errorFigure';
import { showExperiment, trainPlans } from './experimentView';

/** A term with the row it belongs to. */
export interface RowTerm extends InitialTerm {
  readonly row: string;
}

export interface OpenExperiment {
  /** In the order of the table. */
  readonly rows: readonly ExperimentRow[];
  /** A row by its label; of the first pair of networks that has it unless `group` names another. */
  row(label: string, group?: string): PlannedRow;
  /** Adds rows, or puts them in the place of those with the same label. */
  add(...rows: readonly PlannedRow[]): void;
  /** Trains what is missing, teachers first, and shows it. @param labels only these rows; default all */
  train(labels?: readonly string[]): Promise<void>;
  /** The runs of a row that are there, by seed. */
  records(label: string, group?: string): RunRecord[];
  /** The network of a row's run, to be looked into; the caller's to dispose of. @param seed default 0 */
  network(label: string, seed?: number, group?: string): Trained;
  /** The curves of rows as a figure draws them, mean and spread over seeds; rows without runs are left out. */
  series(labels: readonly string[], measure: EpochMeasure, group?: string): Series[];
  table(): TableText;
  /** A sentence on two rows of one pair of networks: which makes fewer errors, and whether that is more than chance. */
  compare(label: string, other: string, group?: string): string;
  /** `compare` of every row that was trained with the student alone, a sentence a line; of the first pair unless `group` names another. */
  verdict(group?: string): string;
  /** Which rows of a pair differ from the student alone by more than chance, in one sentence. */
  separation(group?: string): string;
  /** The terms that rows begin with, before the first step of seed 0; their teachers are trained where they are missing. */
  terms(labels: readonly string[]): Promise<RowTerm[]>;
  /** Shows the table. */
  show(): void;
  /** Shows the errors of a pair of networks as bars, the first pair's unless `group` names another; says so where there are none yet. */
  showErrors(title?: string, group?: string): Promise<void>;
}

/** @param store default the project's own. @throws InputError for an experiment that is not known, listing those that are */
export function openExperiment(name: string, budget: Budget, store: RunStore = runStore()): OpenExperiment {
  const experiment = experimentNamed(name);
  const rows: ExperimentRow[] = [...experiment.rows(budget)];
  const of = (group: string | undefined): ExperimentRow[] => rows.filter((row) => group === undefined || row.group === group);
  const row = (label: string, group?: string): PlannedRow => rowNamed(of(group), label);
  const records = (label: string, group?: string): RunRecord[] => {
    const one = row(label, group);
    return recordsOf(one, recordsFor([one], budget.seeds, store));
  };
  const table = (): TableText => tableOf(experiment, budget, { store, rows });
  const compareRows = (label: string, other: string, group?: string): string =>
    comparisonText(label, other, compare(records(label, group), records(other, group)));
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
    network: (label, seed = 0, group) => loadTrained(withSeed(row(label, group).plan, seed), store),
    series(labels, measure, group) {
      const trained = labels.filter((label) => records(label, group).length > 0);
      return trained.map((label) => ({
        name: label,
        colour: labels.indexOf(label),
        ...overSeeds(epochCurves(records(label, group), measure)),
      }));
    },
    table,
    compare: compareRows,
    verdict(group = rows[0]?.group) {
      const own = plannedRows(of(group)).filter(({ teacher, label }) => !teacher && records(label, group).length > 0);
      const base = own.find(({ baseline }) => baseline)?.label ?? 'alone';
      return own.flatMap(({ label, baseline }) => (baseline ? [] : [compareRows(label, base, group)])).join('\n');
    },
    separation: (group = rows[0]?.group) =>
      separationText(table().lines.filter((line) => line.group === group)) ??
      'No row beside the student alone has two seeds yet.',
    async terms(labels) {
      const plans = labels.map((label) => row(label).plan);
      const teachers = plans.flatMap(teachersOf).filter((plan) => store.status(plan) !== 'trained');
      if (teachers.length > 0) await trainPlans(teachers, { store });
      const all: RowTerm[] = [];
      for (const [i, plan] of plans.entries()) {
        all.push(...(await planTerms(plan, store)).map((term) => ({ row: labels[i] as string, ...term })));
      }
      return all;
    },
    show: () => showExperiment(table()),
    async showErrors(title, group = rows[0]?.group) {
      const lines = table().lines.filter((line) => line.group === group);
      if (hasErrors(lines)) return showFigure(errorFigure(lines, title === undefined ? {} : { title }));
      display({ 'text/plain': `${group}: no row beside the student alone has a run yet` });
    },
  };
}
