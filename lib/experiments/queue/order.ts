/** In which order plans are trained: what is useful first, and a teacher before those that it teaches. */
import { listIn } from '../../util/check';
import { type ExperimentRow, type PlannedRow, plannedRows } from '../experiment';
import { planName, type RunPlan, teachersOf, withSeed } from '../runPlan';
import type { RunStore } from '../store/runStore';

/** What has to be trained for the plans to be complete, in order: a teacher before the first that needs it, each once. */
export function missing(plans: readonly RunPlan[], store: RunStore): RunPlan[] {
  const found = new Map<string, RunPlan>();
  const add = (plan: RunPlan, done: boolean): void => {
    if (done || found.has(planName(plan))) return;
    for (const teacher of teachersOf(plan)) add(teacher, store.status(teacher) === 'trained');
    found.set(planName(plan), plan);
  };
  for (const plan of plans) add(plan, store.find(plan) !== undefined);
  return [...found.values()];
}

/** Plans with all that teach them, each once, a teacher before the first that it teaches. */
export function withTeachers(plans: readonly RunPlan[]): RunPlan[] {
  const found = new Map<string, RunPlan>();
  const add = (plan: RunPlan): void => {
    const name = planName(plan);
    if (found.has(name)) return;
    for (const teacher of teachersOf(plan)) add(teacher);
    found.set(name, plan);
  };
  for (const plan of plans) add(plan);
  return [...found.values()];
}

/**
 * Rows and seeds as plans, each once, the most useful first: pair by pair; in a pair seed by seed, and of each seed the rows that
 * come first.
 */
export function plansOf(rows: readonly ExperimentRow[], seeds: readonly number[]): RunPlan[] {
  listIn('plansOf: seeds', 'seeds', seeds);
  const planned = plannedRows(rows);
  const groups = [...new Set(planned.map(({ group }) => group))];
  const all = groups.flatMap((group) => {
    const own = planned.filter((row) => row.group === group);
    const teachers = own.filter(({ teacher }) => teacher).map(({ plan }) => plan);
    const ofSeed = (seed: number): RunPlan[] => byUse(own).map(({ plan }) => withSeed(plan, seed));
    return [...teachers, ...seeds.flatMap(ofSeed)];
  });
  return unique(all);
}

/** The first of each name. */
export const unique = (plans: readonly RunPlan[]): RunPlan[] => {
  const names = plans.map(planName);
  return plans.filter((_, i) => names.indexOf(names[i] as string) === i);
};

function byUse(rows: readonly PlannedRow[]): PlannedRow[] {
  const students = rows.filter(({ teacher }) => !teacher);
  return [...students.filter(({ first }) => first), ...students.filter(({ first }) => !first)];
}
