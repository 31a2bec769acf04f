/**
 * How long a run will take: as long as the same plan took with another seed; else by its multiplications, at the median pace of
 * what was trained before. A training step multiplies about three times as often as a forward pass.
 */
import { planNetwork } from '../models';
import { median } from '../util/stats';
import { listOf } from './config';
import { planHash, type RunPlan } from './plan';
import type { RunRecord } from './runStore';

/** Where a plan does not say how many images are trained on: as CIFAR has. */
const IMAGES = 50_000;

/** Seconds, teachers apart; undefined where nothing was trained yet. Encoders that are fitted are not counted. */
export function estimateSeconds(plan: RunPlan, records: readonly RunRecord[]): number | undefined {
  const hash = planHash(plan);
  const same = records.filter((record) => record.hash === hash);
  if (same.length > 0) return median(same.map(({ seconds }) => seconds));
  const alike = records.filter(({ config }) => config.precision === plan.precision);
  if (alike.length === 0) return undefined;
  return work(plan) * median(alike.map(({ seconds, config }) => seconds / work(config)));
}

/** Multiplications of the student, its peers and its teachers. */
function work({ dataset, student, peers = [], teacher, training }: RunPlan): number {
  const trained = [student, ...peers].reduce((sum, spec) => sum + 3 * planNetwork(spec).multiplyAdds, 0);
  const frozen = listOf(teacher).reduce((sum, { student: spec }) => sum + planNetwork(spec).multiplyAdds, 0);
  return (dataset.train ?? IMAGES) * training.epochs * (trained + frozen);
}
