/**
 * Every method once, on one tiny budget: which rows the table of `notebooks/01-methods.ipynb` has, with the options they need at
 * this budget, and what a run of one is called. Weights are the methods' defaults: nothing was tuned.
 */
import { buildMethod, type MethodSpec } from '../methods';
import type { NetworkSpec } from '../models/types';
import type { TrainingSettings } from '../training/options';
import { pick } from '../util/check';
import { configHash } from '../util/hash';
import type { DatasetConfig } from './config';

/** How much is trained for a table. */
export interface MethodsBudget {
  /** Images. */
  readonly train: number;
  readonly test: number;
  readonly batch: number;
  /** Of a student: all its stages together. The fit of a teacher's encoder, one epoch, comes on top. */
  readonly epochs: { readonly teacher: number; readonly student: number };
  readonly seeds: readonly number[];
}

/** `look` gives a teacher something to say, for a look at the terms; `short` is what `data/results/methods.jsonl` holds; `smoke` only shows that everything runs. */
export const METHODS_BUDGETS: Readonly<Record<'smoke' | 'look' | 'short', MethodsBudget>> = {
  smoke: { train: 20, test: 20, batch: 10, epochs: { teacher: 1, student: 2 }, seeds: [0] },
  look: { train: 500, test: 100, batch: 50, epochs: { teacher: 2, student: 2 }, seeds: [0] },
  short: { train: 5000, test: 2000, batch: 128, epochs: { teacher: 5, student: 3 }, seeds: [0, 1, 2] },
};

/** A row: a method and the kind of network it learns from, teacher or peer. */
export interface MethodsRow {
  readonly method: MethodSpec;
  /** Default `resnet20`. */
  readonly teacher?: string;
}

const PRETRAIN = { pretrain: 1 };

/** The rows, in the order of the page. */
export const METHODS_ROWS: readonly MethodsRow[] = [
  { method: { name: 'supervised' } },
  { method: { name: 'kd' } },
  { method: { name: 'tfkd-reg' } },
  { method: { name: 'tfkd-self' }, teacher: 'resnet8' },
  ...['', 'ie-'].flatMap((prefix): MethodsRow[] => [
    { method: { name: `${prefix}fitnet` } },
    { method: { name: `${prefix}at` } },
    { method: { name: `${prefix}fsp`, ...PRETRAIN } },
    { method: { name: `${prefix}ft`, fit: { epochs: 1 } } },
    { method: { name: `${prefix}ab`, ...PRETRAIN } },
    { method: { name: `${prefix}od` } },
    { method: { name: `${prefix}feed` } },
  ]),
  { method: { name: 'dml' } },
  { method: { name: 'ie-dml' } },
];

/** Everything that decides a run but its seed. */
export interface MethodsConfig {
  readonly dataset: DatasetConfig;
  readonly student: NetworkSpec;
  readonly method: MethodSpec;
  readonly training: TrainingSettings;
  /** How many teachers of which kind, and how each was trained: from labels, each from a start of its own. */
  readonly teachers?: { readonly count: number; readonly network: NetworkSpec; readonly training: TrainingSettings };
  /** A network that learns beside the student, from a start of its own. */
  readonly peers?: NetworkSpec;
}

const RATE = { kind: 'cosine', base: 0.1, warmUp: { epochs: 0.5 } } as const;

const settings = (epochs: number, { batch }: MethodsBudget): TrainingSettings => ({ epochs, batch, learningRate: RATE });

/** The configuration of a row. A first stage takes its epochs from the student's. */
export function methodsConfig({ method, teacher = 'resnet20' }: MethodsRow, budget: MethodsBudget): MethodsConfig {
  const { train, test, epochs } = budget;
  const { teachers, peers, options } = buildMethod(method);
  const first = typeof options.pretrain === 'number' ? options.pretrain : 0;
  const taught = { count: teachers, network: { name: teacher }, training: settings(epochs.teacher, budget) };
  return {
    dataset: { name: 'fashion-mnist', train, test },
    student: { name: 'resnet8' },
    method,
    training: settings(epochs.student - first, budget),
    ...(teachers > 0 ? { teachers: taught } : {}),
    ...(peers ? { peers: { name: teacher } } : {}),
  };
}

/** The row of a method. @throws InputError for one the table has not, listing those it has */
export function methodsRow(name: string): MethodsRow {
  return pick('methodsRow', Object.fromEntries(METHODS_ROWS.map((row) => [row.method.name, row])), name);
}

/** A budget by name. @throws InputError for another one */
export function methodsBudget(name: string): MethodsBudget {
  return pick('methodsBudget', METHODS_BUDGETS as Readonly<Record<string, MethodsBudget>>, name);
}

/** Names a run: its configuration and seed. */
export function methodsHash(config: MethodsConfig, seed: number): string {
  return configHash({ ...config, seed });
}
