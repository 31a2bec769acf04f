/** A table or figure of the paper as data: rows, each a plan for a run, a teacher's file, or a number that others have published. */
import { notAmong, objectIn, objectsIn, pick, refuse } from '../util/check';
import type { Budget } from './budgets';
import type { GivenTeacher } from './givenTeacher';
import type { RunPlan } from './runPlan';

/** A number that stands elsewhere. */
export interface PublishedNumber {
  /** As the table shows its scores: of classification the test top-1 error in per cent, of detection the mean average precision. */
  readonly score: number;
  /** `S`: seen in the source itself; `Q`: quoted by a third party. */
  readonly mark: 'S' | 'Q';
  readonly source: string;
}

/** One line of a table. */
export interface ExperimentRow {
  /** What it is compared within: `ResNet-56 → ResNet-20`. */
  readonly group: string;
  /** `IE-FT`; unique within its group. */
  readonly label: string;
  /** For seed 0; absent where only a published number is known, and of a teacher that is a file. */
  readonly plan?: RunPlan;
  /** The row that others of its group are compared with. */
  readonly baseline?: true;
  /** One of those that are trained before the rest of their group. */
  readonly first?: true;
  /** A teacher: trained once, not compared. */
  readonly teacher?: true;
  /** A teacher that is a file and is not trained. */
  readonly given?: GivenTeacher;
  readonly published?: PublishedNumber;
}

/** A row that can be trained. */
export type PlannedRow = ExperimentRow & { readonly plan: RunPlan };

/** A table or a figure of the paper as data: its rows on a budget. */
export interface Experiment {
  /** `table1`, as on the command line. */
  readonly name: string;
  /** What it asks, in a line. */
  readonly title: string;
  /** Where in the paper: `Table 1`. */
  readonly place: string;
  /** What the paper's epochs are; default 160, for mutual learning 200. */
  readonly paperEpochs?: string;
  /** Rows in the order of the table, for any budget. */
  rows(budget: Budget): readonly ExperimentRow[];
}

/**
 * The rows of an experiment on a budget.
 * @throws InputError for a file of a network that teaches in none of them, listing those that do, and for a file of another network
 */
export function rowsOn({ name, rows }: Pick<Experiment, 'name' | 'rows'>, budget: Budget): readonly ExperimentRow[] {
  const all = rows(budget);
  const taught = all.flatMap(({ given }) => given?.network.name ?? []);
  const unknown = Object.keys(budget.teachers ?? {}).find((network) => !taught.includes(network));
  if (unknown === undefined) return all;
  const teachers = all.flatMap(({ teacher, plan, given }) => (teacher ? ((given?.network ?? plan?.student)?.name ?? []) : []));
  if (teachers.length === 0) throw refuse('budget: teachers', `none, as ${name} trains no teacher`, unknown);
  throw notAmong('budget: teachers', `files of the teachers of ${name},`, [...new Set(teachers)], unknown);
}

/** The rows that can be trained. */
export function plannedRows(rows: readonly ExperimentRow[]): PlannedRow[] {
  return objectsIn('rows of an experiment', 'rows', rows).flatMap((row) => (row.plan ? [{ ...row, plan: row.plan }] : []));
}

/** A row with other options of its method, under a label of its own: what a reader tries. */
export function varied(row: PlannedRow, label: string, options: Readonly<Record<string, unknown>>): PlannedRow {
  const { group, plan } = objectIn('varied', 'a row with a plan', row, ['plan']);
  return { group, label, plan: { ...plan, method: { ...plan.method, ...options } } };
}

/** A row by its label, of the first pair of networks that has one. @throws InputError for another label, listing those there are */
export function rowNamed(rows: readonly ExperimentRow[], label: string): PlannedRow {
  const byLabel: Record<string, PlannedRow> = {};
  for (const row of plannedRows(rows)) byLabel[row.label] ??= row;
  return pick('rowNamed', byLabel, label);
}
