/**
 * What the paper's experiments have in common, as its released configurations say: SGD 0.1, momentum 0.9 after Nesterov, weight
 * decay 5e-4, 128 images a step, 160 epochs, a tenth of the rate after half and three quarters; encoders fitted for 30 epochs.
 * What decides a result is written out, defaults too: a default that changes makes other runs, it does not rename old ones.
 */
import type { MethodSpec } from '../../methods';
import type { MethodOptions } from '../../methods/registered';
import type { NetworkSpec } from '../../models/types';
import type { TrainingSettings } from '../../optim/trainingOptions';
import { type Budget, epochsOf } from '../budgets';
import type { DatasetConfig } from '../run/config';
import type { RunPlan } from '../runPlan';

/** Of a classification: what is the same for all its rows. */
export interface Setting {
  /** A name of the table, or pictures with their options. */
  readonly dataset: string | DatasetConfig;
  /** Of the students, in place of all that their teacher has seen. */
  readonly studentImages?: DatasetConfig;
  readonly budget: Budget;
  /** Of the paper's epochs, for students; default the budget's. */
  readonly share?: number;
  /** The same for teachers; default the budget's. */
  readonly teacherShare?: number | undefined;
  /** Default `classification`. */
  readonly schedule?: keyof typeof SCHEDULES;
}

/** Of the paper: epochs, and where the rate falls, as shares of them. */
interface Schedule {
  readonly epochs: number;
  readonly falls: readonly number[];
  readonly batch: number;
  readonly nesterov: boolean;
  readonly weightDecay: number;
}

const SCHEDULES = {
  classification: { epochs: 160, falls: [0.5, 0.75], batch: 128, nesterov: true, weightDecay: 5e-4 },
  mutual: { epochs: 200, falls: [0.3, 0.6, 0.9], batch: 64, nesterov: true, weightDecay: 5e-4 },
  imagenet: { epochs: 100, falls: [0.3, 0.6, 0.9], batch: 256, nesterov: false, weightDecay: 1e-4 },
} satisfies Readonly<Record<string, Schedule>>;
const FIT_EPOCHS = 30;

/** A student of a setting, seed 0; its method may need a teacher or a peer. */
export function studentPlan(
  { dataset, budget, share = budget.share, schedule = 'classification' }: Setting,
  student: NetworkSpec,
  method: MethodSpec,
  beside: Pick<RunPlan, 'teacher' | 'given' | 'peers'> = {},
): RunPlan {
  const first = typeof method['pretrain'] === 'number' ? method['pretrain'] : 0;
  return {
    dataset: budget.images ?? (typeof dataset === 'string' ? { name: dataset } : dataset),
    student,
    method,
    training: settings(SCHEDULES[schedule], budget, share, first),
    ...(budget.precision ? { precision: budget.precision } : {}),
    ...beside,
    seed: 0,
  };
}

/** How a factor's encoder is fitted. */
export const encoderFit = ({
  budget,
  share = budget.share,
}: Setting): { readonly epochs: number; readonly learningRate: number } => ({
  epochs: epochsOf(FIT_EPOCHS, share),
  learningRate: 0.1,
});

/** Factor transfer as the paper's code builds it. */
export const factor = (setting: Setting): MethodOptions => {
  return { rate: 0.5, distance: 'l1', coder: 'batchNorm', fit: encoderFit(setting) };
};

/** What the paper found best: half and half, the first channels inherit, both weights 50. */
export const HALVES = { ratio: 0.5, split: 'natural', inherit: 50, explore: 50 } as const;

/** FT's own weight. */
export const FT_WEIGHT = 500;

/** @param first epochs that a first stage takes from the student's */
function settings(
  { epochs: paper, falls, batch, nesterov, weightDecay }: Schedule,
  budget: Budget,
  share: number,
  first: number,
): TrainingSettings {
  const epochs = Math.max(1, epochsOf(paper, share) - first);
  const at = [...new Set(falls.map((fall) => Math.round(fall * epochs)))].filter((epoch) => epoch > 0 && epoch < epochs);
  const learningRate = at.length > 0 ? ({ kind: 'multiStep', base: 0.1, at, factor: 0.1 } as const) : 0.1;
  const optimizer = { momentum: 0.9, nesterov, weightDecay };
  return { epochs, batch: budget.batch ?? batch, learningRate, ...optimizer, augment: true };
}
