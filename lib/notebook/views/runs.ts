/** The results as a danfo data frame, to ask what the pages did not: filter it, sort it, group it, lay it out as a pivot table. */
import type { DataFrame } from 'danfojs-node';
import { experimentNamed } from '../../experiments/paper';
import { type RunStore, runStore } from '../../experiments/store/runStore';
import { RUN_COLUMNS, type RunRow, runRows } from '../../experiments/tables/runRows';
import { knownKeys, pick } from '../../util/check';
import { mean, sampleSd } from '../../util/stats';
import { dataFrame } from '../display/dataFrame';

/** Which runs: those for which every given value is the run's own. */
export interface RunsOptions extends Partial<Pick<RunRow, RunFilter>> {
  /** Default the project's own: kept results, and complete runs in `data/runs`. */
  readonly store?: RunStore;
}

type RunFilter = 'experiment' | 'group' | 'label' | 'method' | 'dataset' | 'student' | 'seed' | 'epochs';
const FILTERS: readonly RunFilter[] = ['experiment', 'group', 'label', 'method', 'dataset', 'student', 'seed', 'epochs'];

/**
 * A run a row, columns as in `RunRow`: experiment, group, label, method, dataset, student, teacher, peers, seed, epochs, batch, split,
 * count (images), error and best (per cent), bestEpoch, loss (nats an image), seconds, together, engine, precision, threads, cpu,
 * commit, date, hash. Without runs it has its columns all the same.
 * @throws InputError for an experiment or a filter that is not known, listing those that are
 * @example
 * ```ts
 * import { runs, showTable } from 'iekd';
 *
 * const table1 = runs({ experiment: 'table1' });
 * showTable(table1.sortValues('error').head(3).loc({ columns: ['label', 'seed', 'error'] }));
 * ```
 */
export function runs(options: RunsOptions = {}): DataFrame {
  knownKeys('runs', options, ['store', ...FILTERS]);
  const { store = runStore(), experiment } = options;
  if (typeof experiment === 'string') experimentNamed(experiment);
  const wanted = FILTERS.filter((name) => options[name] !== undefined);
  const rows = runRows(store, experiment ?? undefined).filter((row) => wanted.every((name) => row[name] === options[name]));
  return dataFrame(
    rows.map((row) => Object.fromEntries(RUN_COLUMNS.map((name) => [name, row[name]]))),
    RUN_COLUMNS,
  );
}

/** Options of `groupMeans`. */
export interface GroupMeansOptions {
  /** The columns whose values make a group. */
  readonly by: string | readonly string[];
  /** The column of numbers. */
  readonly of: string;
}

/**
 * A frame with a row a group, in the order in which the groups first come: the columns of `by`, `runs`, `mean`, and `sd`, the sample
 * standard deviation, which one run does not have (danfo's own is 0 there). Missing numbers are left out.
 * @throws InputError for a column that the frame does not have
 * @example
 * ```ts
 * import { groupMeans, runs, showTable } from 'iekd';
 *
 * showTable(groupMeans(runs({ experiment: 'table1' }), { by: 'label', of: 'error' }));
 * ```
 */
export function groupMeans(frame: DataFrame, options: GroupMeansOptions): DataFrame {
  knownKeys('groupMeans', options, ['by', 'of']);
  const by = [options.by].flat() as readonly string[];
  const [keys, values] = [by.map((name) => columnOf('groupMeans', frame, name)), columnOf('groupMeans', frame, options.of)];
  const groups = new Map<string, { readonly at: number; readonly numbers: number[] }>();
  for (const [at, value] of values.entries()) {
    const key = JSON.stringify(keys.map((column) => column[at]));
    const group = groups.get(key) ?? { at, numbers: [] };
    groups.set(key, group);
    if (typeof value === 'number' && Number.isFinite(value)) group.numbers.push(value);
  }
  const rows = [...groups.values()].map(({ at, numbers }) => ({
    ...Object.fromEntries(by.map((name, i) => [name, keys[i]?.[at]])),
    ...{ runs: numbers.length, mean: numbers.length > 0 ? mean(numbers) : null },
    sd: numbers.length > 1 ? sampleSd(numbers) : null,
  }));
  return dataFrame(rows, [...by, 'runs', 'mean', 'sd']);
}

/** Options of `pivot`. */
export interface PivotOptions {
  /** The column whose values become rows. */
  readonly rows: string;
  /** The column whose values become columns, named `seed 0`, `seed 1`, … */
  readonly columns: string;
  /** What stands in the cells: the mean where several runs fall into one. */
  readonly of: string;
}

/**
 * A frame with a row for each value of one column and a column for each value of another, both in the order in which they first come
 * (numbers ascending); null where there is no run.
 * @throws InputError for a column that the frame does not have
 * @example
 * ```ts
 * import { pivot, runs, showTable } from 'iekd';
 *
 * showTable(pivot(runs({ experiment: 'table1' }), { rows: 'label', columns: 'seed', of: 'error' }));
 * ```
 */
export function pivot(frame: DataFrame, options: PivotOptions): DataFrame {
  knownKeys('pivot', options, ['rows', 'columns', 'of']);
  const { rows, columns, of } = options;
  const across = [...new Set(columnOf('pivot', frame, columns))];
  if (across.every((value) => typeof value === 'number')) across.sort((a, b) => Number(a) - Number(b));
  const cells = groupMeans(frame, { by: [rows, columns], of });
  const [down, along, means] = [rows, columns, 'mean'].map((name) => columnOf('pivot', cells, name)) as [
    readonly unknown[],
    readonly unknown[],
    readonly unknown[],
  ];
  const table = [...new Set(down)].map((row) => ({
    [rows]: row,
    ...Object.fromEntries(
      across.map((value) => [
        `${columns} ${value}`,
        means[down.findIndex((own, i) => own === row && along[i] === value)] ?? null,
      ]),
    ),
  }));
  return dataFrame(table, [rows, ...across.map((value) => `${columns} ${value}`)]);
}

function columnOf(where: string, frame: DataFrame, name: string): readonly unknown[] {
  const at = pick(where, Object.fromEntries(frame.columns.map((column, i) => [column, i])), name);
  return (frame.values as readonly (readonly unknown[])[]).map((row) => row[at]);
}
