/** How much is trained for a table: one switch at the top of a notebook, one flag on the command line. */
import type { Precision } from '../engine/types';
import { knownKeys, pick } from '../util/check';
import type { DatasetConfig } from './run/config';

/** Names of a teacher and a student. */
export interface Networks {
  readonly teacher: string;
  readonly student: string;
}

/** How much of the paper's work an experiment does. */
export interface Budget {
  readonly name: string;
  /** Of the paper's epochs; what happens at a share of them (rates fall, encoders are fitted) is scaled along. */
  readonly share: number;
  /** The same for the teachers of the classification tables, which ought to know more than their students; default `share`. */
  readonly teacherShare?: number;
  /** Seeds of students; teachers have seed 0. */
  readonly seeds: readonly number[];
  /** Absent: what the engine has. */
  readonly precision?: Precision;
  /** In place of the experiment's own images. */
  readonly images?: DatasetConfig;
  /** In place of the pictures with objects of the detection experiment; what is not said is as in its own. */
  readonly objects?: DatasetConfig;
  /** Files of weights that networks of the detection experiment begin with, by their names, say of backbones that ImageNet trained. */
  readonly backbones?: Readonly<Record<string, string>>;
  /** Files of trained networks, by the names of the networks: they teach in place of those that a table would train. */
  readonly teachers?: Readonly<Record<string, string>>;
  /** Images a step, in place of the experiment's own. */
  readonly batch?: number;
  /** In place of every experiment's own pairs of networks; where `teachers` are given, they teach. */
  readonly networks?: Networks;
  /** For experiments of many rows, ablations and mutual learning: smaller networks and a share of their own; absent: the paper's. */
  readonly reduced?: Networks & { readonly share: number };
}

/**
 * `smoke` shows in seconds that everything runs, its numbers mean nothing; `short` takes minutes to hours a run on two cores; `medium`,
 * 60 epochs where the paper has 160, an hour or more; `paper` is the paper's own, for a GPU or many nights.
 */
export const BUDGETS: Readonly<Record<'smoke' | 'short' | 'medium' | 'paper', Budget>> = {
  smoke: {
    name: 'smoke',
    share: 1 / 160,
    seeds: [0],
    precision: 'float32',
    images: { name: 'fashion-mnist', train: 20, test: 20 },
    batch: 10,
    networks: { teacher: 'resnet14', student: 'resnet8' },
  },
  short: {
    name: 'short',
    share: 1 / 8,
    teacherShare: 1 / 4,
    seeds: [0, 1, 2],
    precision: 'bfloat16',
    reduced: { teacher: 'resnet20', student: 'resnet8', share: 1 / 32 },
  },
  medium: {
    name: 'medium',
    share: 3 / 8,
    seeds: [0, 1, 2],
    precision: 'bfloat16',
    reduced: { teacher: 'resnet20', student: 'resnet8', share: 1 / 8 },
  },
  paper: { name: 'paper', share: 1, seeds: [0, 1, 2], precision: 'float32' },
};

/** Names of the budgets. */
export type BudgetName = keyof typeof BUDGETS;

/** A budget by name, some of it changed. @throws InputError for another name, listing these */
export function budgetNamed(name: string, changes: Partial<Omit<Budget, 'name'>> = {}): Budget {
  knownKeys('budgetNamed', changes, [
    'share',
    'teacherShare',
    'seeds',
    'precision',
    'images',
    'objects',
    'backbones',
    'teachers',
    'batch',
    'networks',
    'reduced',
  ]);
  return { ...pick<Budget>('budgetNamed', BUDGETS, name), ...changes };
}

/** So many of the paper's epochs, at least one. */
export const epochsOf = (paper: number, share: number): number => Math.max(1, Math.round(paper * share));
