/**
 * How long a run will take: as long as the same plan took with another seed; else by its multiplications, at the median pace of
 * what is most like it among what was trained before: the same student on the same images, else the same student, else anything of
 * its task in its precision (small networks do less in a second). Of runs that are equally alike, those of this machine count, where there are
 * some. A training step multiplies about three times as often as a forward pass.
 */
import { datasetLabel } from '../../data/datasetNames';
import { planNetwork } from '../../models';
import type { NetworkSpec } from '../../models/types';
import { median } from '../../util/stats';
import { type DatasetConfig, listOf } from '../run/config';
import { planHash, type RunPlan } from '../runPlan';

/** A run and how long it took, or would take going on as it began. */
export interface Timed {
  readonly plan: RunPlan;
  readonly seconds: number;
  /** Whether it ran on a machine like this one; default false. */
  readonly here?: boolean;
}

/** Where a plan does not say how many images are trained on: as CIFAR has. */
const IMAGES = 50_000;

/**
 * From runs before, a function that estimates others: seconds, teachers apart; undefined where nothing was trained yet in the
 * plan's precision. Encoders that are fitted are not counted.
 */
export function estimator(before: readonly Timed[]): (plan: RunPlan) => number | undefined {
  const same = grouped(before, ({ plan }) => planHash(plan));
  const alike = LIKENESS.map((like) => grouped(before, ({ plan }) => like(plan)));
  return (plan) => {
    const runs = same.get(planHash(plan));
    if (runs) return median(nearest(runs).map(({ seconds }) => seconds));
    for (const [i, like] of LIKENESS.entries()) {
      const known = alike[i]?.get(like(plan));
      if (known) return median(nearest(known).map(pace)) * work(plan);
    }
    return undefined;
  };
}

type Likeness = (plan: RunPlan) => string;

/** What runs have in common that go at one pace, the closest likeness first. */
const LIKENESS: readonly Likeness[] = [
  ({ precision, student, dataset }) => JSON.stringify([precision, student.name, datasetLabel(dataset.name)]),
  ({ precision, student }) => JSON.stringify([precision, student.name]),
  ({ precision, task }) => JSON.stringify([precision, task?.name]),
];

/** Those of this machine, or all where there are none. */
function nearest(runs: readonly Timed[]): readonly Timed[] {
  const own = runs.filter(({ here }) => here);
  return own.length > 0 ? own : runs;
}

const pace = ({ plan, seconds }: Timed): number => seconds / work(plan);

/** Multiplications of the student, its peers and its teachers. */
function work({ dataset, student, peers = [], teacher, given = [], training }: RunPlan): number {
  const input = inputOf(dataset);
  const multiplyAdds = (spec: NetworkSpec): number => planNetwork({ ...input, ...spec }).multiplyAdds;
  const trained = [student, ...peers].reduce((sum, spec) => sum + 3 * multiplyAdds(spec), 0);
  const teachers = [...listOf(teacher).map(({ student: spec }) => spec), ...given.map(({ network }) => network)];
  const frozen = teachers.reduce((sum, spec) => sum + multiplyAdds(spec), 0);
  return (dataset.train ?? IMAGES) * training.epochs * (trained + frozen);
}

/** Of pictures that are squashed to a size; other images have that of the network's default. */
function inputOf({ pixels }: DatasetConfig): Pick<NetworkSpec, 'input'> {
  if (pixels === undefined) return {};
  const [height, width] = typeof pixels === 'number' ? [pixels, pixels] : pixels;
  return { input: [height, width, 3] };
}

function grouped<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
