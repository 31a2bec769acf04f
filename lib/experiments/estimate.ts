/**
 * How long a run will take: as long as the same plan took with another seed; else by its multiplications, at the median pace of
 * what was trained before. A training step multiplies about three times as often as a forward pass.
 */
import { planNetwork } from '../models';
import { median } from '../util/stats';
import { listOf } from './config';
import { planHash, type RunPlan } from './plan';

/** A run and how long it took, or would take going on as it began. */
export interface Timed {
  readonly plan: RunPlan;
  readonly seconds: number;
}

/** Where a plan does not say how many images are trained on: as CIFAR has. */
const IMAGES = 50_000;

/**
 * From runs before, a function that estimates others: seconds, teachers apart; undefined where nothing was trained yet in the
 * plan's precision. Encoders that are fitted are not counted.
 */
export function estimator(before: readonly Timed[]): (plan: RunPlan) => number | undefined {
  const same = grouped(before, ({ plan }) => planHash(plan));
  const alike = grouped(before, ({ plan }) => plan.precision);
  const paces = new Map([...alike].map(([precision, runs]) => [precision, median(runs.map(pace))]));
  return (plan) => {
    const runs = same.get(planHash(plan));
    if (runs) return median(runs.map(({ seconds }) => seconds));
    const known = paces.get(plan.precision);
    return known === undefined ? undefined : known * work(plan);
  };
}

const pace = ({ plan, seconds }: Timed): number => seconds / work(plan);

/** Multiplications of the student, its peers and its teachers. */
function work({ dataset, student, peers = [], teacher, training }: RunPlan): number {
  const trained = [student, ...peers].reduce((sum, spec) => sum + 3 * planNetwork(spec).multiplyAdds, 0);
  const frozen = listOf(teacher).reduce((sum, { student: spec }) => sum + planNetwork(spec).multiplyAdds, 0);
  return (dataset.train ?? IMAGES) * training.epochs * (trained + frozen);
}

function grouped<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
