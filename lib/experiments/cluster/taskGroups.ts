/** Runs as tasks of a scheduler: one run a task, numbered so that a teacher comes before its students. */
import { listIn } from '../../util/check';
import { planName, type RunPlan, teachersOf } from '../runPlan';

/** Tasks that wait for the same ones. */
export interface TaskGroup {
  /** The number of its first task, counted from 0 over all groups. */
  readonly first: number;
  readonly tasks: readonly RunPlan[];
  /** Numbers of the tasks, all of groups before, that must have ended well. */
  readonly after: readonly number[];
}

/**
 * Groups by what their runs wait for: teachers that are among the plans. A teacher that is not among them is trained already.
 * @param plans each once, a teacher before its students, as `missing` has them
 * @param most tasks of a group; one that has more is several
 */
export function taskGroups(plans: readonly RunPlan[], most = Number.POSITIVE_INFINITY): TaskGroup[] {
  listIn('taskGroups: plans', 'runs', plans);
  const names = new Map(plans.map((plan) => [plan, planName(plan)]));
  const levels = new Map<string, number>();
  const needs = new Map<RunPlan, readonly string[]>();
  for (const [plan, name] of names) {
    const own = teachersOf(plan)
      .map(planName)
      .filter((teacher) => levels.has(teacher));
    needs.set(plan, own);
    levels.set(name, 1 + Math.max(-1, ...own.map((teacher) => levels.get(teacher) ?? 0)));
  }
  const level = (plan: RunPlan): number => levels.get(names.get(plan) ?? '') ?? 0;
  const waiting = new Map<string, RunPlan[]>();
  for (const plan of [...plans].sort((a, b) => level(a) - level(b))) {
    const key = JSON.stringify([level(plan), needs.get(plan)]);
    const alike = waiting.get(key);
    if (alike) alike.push(plan);
    else waiting.set(key, [plan]);
  }
  const numbers = new Map<string, number>();
  const groups: TaskGroup[] = [];
  for (const tasks of [...waiting.values()].flatMap((all) => parts(all, most))) {
    const first = numbers.size;
    const after = (needs.get(tasks[0] as RunPlan) ?? []).map((name) => numbers.get(name) as number);
    for (const plan of tasks) numbers.set(names.get(plan) as string, numbers.size);
    groups.push({ first, tasks, after });
  }
  return groups;
}

function parts<T>(all: readonly T[], most: number): T[][] {
  const found: T[][] = [];
  for (let i = 0; i < all.length; i += most) found.push(all.slice(i, i + most));
  return found;
}
