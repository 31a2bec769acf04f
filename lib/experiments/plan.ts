/**
 * A run before its teachers exist: they are runs too, trained when they are first needed and shared by all that name them. A plan
 * is named by the hash of all that decides its result, teachers with their own seeds included, and by its seed.
 */
import { join } from 'node:path';
import { taskEntry, taskNamed } from '../tasks';
import { configHash } from '../util/hash';
import { checkConfig, listOf, type OneOrMore, type RunConfig, teacherEntry } from './run/config';

/** A configuration with runs in the place of the teachers' files. */
export interface RunPlan extends Omit<RunConfig, 'teacher'> {
  readonly teacher?: OneOrMore<RunPlan>;
}

/** A plan for another seed; its teachers stay as they are. */
export const withSeed = (plan: RunPlan, seed: number): RunPlan => ({ ...plan, seed });

/** The teachers' plans. */
export const teachersOf = ({ teacher }: RunPlan): readonly RunPlan[] => listOf(teacher);

/** The plan without the places of its data, every seed written out: what a kept result says of itself. */
export function withoutFolders({ dataset: { folder: _, ...dataset }, task, teacher, seed = 0, ...rest }: RunPlan): RunPlan {
  return {
    ...rest,
    ...(task ? taskEntry(taskNamed(task)) : {}),
    dataset,
    ...teacherEntry(listOf(teacher).map(withoutFolders)),
    seed,
  };
}

/** Names a plan whatever its own seed: 12 hexadecimal digits. For a plan without teachers it is the hash of the run. */
export function planHash(plan: RunPlan): string {
  const { seed: _, ...rest } = withoutFolders(plan);
  return configHash(rest);
}

/** `<data set>-<student>-<method>-<hash>-s<seed>`: equal plans have one name. */
export function planName(plan: RunPlan): string {
  const { dataset, student, method, seed = 0 } = plan;
  return `${dataset.name}-${student.name}-${method.name}-${planHash(plan)}-s${seed}`;
}

/** Where the run of a plan is, below a folder of runs. */
export const planFolder = (root: string, plan: RunPlan): string => join(root, planName(plan));

/**
 * The configuration of a plan's run.
 * @param weightsOf path of the last weights of a teacher's run
 * @throws InputError as `checkConfig`
 */
export function planConfig(plan: RunPlan, weightsOf: (teacher: RunPlan) => string, where = planName(plan)): RunConfig {
  const { teacher, ...rest } = plan;
  const files = listOf(teacher).map((one) => ({ network: one.student, weights: weightsOf(one) }));
  return checkConfig({ ...rest, ...teacherEntry(files) }, where);
}
