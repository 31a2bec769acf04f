/**
 * A run before its teachers exist: they are runs too, trained when they are first needed and shared by all that name them, or files of
 * networks that are trained already. A plan is named by the hash of all that decides its result, teachers with their own seeds or their
 * files' contents included, and by its seed.
 */
import { join } from 'node:path';
import { taskEntry, taskNamed } from '../tasks';
import { objectIn } from '../util/check';
import { configHash } from '../util/hash';
import { listOf, type OneOrMore, type RunConfig, runName, type TeacherConfig, teacherEntry } from './run/config';
import { datasetByContents } from './run/datasetPlace';
import { type ParsedRun, parseRun } from './run/parsedRun';
import { startingHash } from './run/startingWeights';

/** A configuration with runs in the place of the teachers' files. */
export interface RunPlan extends Omit<RunConfig, 'teacher'> {
  readonly teacher?: OneOrMore<RunPlan>;
  /** Teachers that nobody here trains, after those that are runs: a file each, which enters the name by its contents. */
  readonly given?: readonly TeacherConfig[];
}

/** A plan for another seed; its teachers stay as they are. */
export const withSeed = (plan: RunPlan, seed: number): RunPlan => ({ ...plan, seed });

/** The teachers' plans. */
export const teachersOf = ({ teacher }: RunPlan): readonly RunPlan[] => listOf(teacher);

/** A file of a teacher by its contents, wherever it lies. @throws InputError as `readStartingWeights` */
export const byContents = ({ network, weights }: TeacherConfig): TeacherConfig => ({ network, weights: startingHash(weights) });

/** The plan without the places of its files and data, every seed written out: what a kept result says of itself. */
export function withoutFolders({ dataset, task, teacher, given, from, seed = 0, ...rest }: RunPlan): RunPlan {
  return {
    ...rest,
    ...(task ? taskEntry(taskNamed(task)) : {}),
    dataset: datasetByContents(dataset),
    ...(from === undefined ? {} : { from: startingHash(from) }),
    ...teacherEntry(listOf(teacher).map(withoutFolders)),
    ...(given === undefined ? {} : { given: given.map(byContents) }),
    seed,
  };
}

/** Names a plan whatever its own seed: 12 hexadecimal digits. For a plan without teachers it is the hash of the run. */
export function planHash(plan: RunPlan): string {
  const known = hashes.get(plan);
  if (known !== undefined) return known;
  const { seed: _, ...rest } = withoutFolders(plan);
  const hash = configHash(rest);
  if (!namesFiles(plan)) hashes.set(plan, hash);
  return hash;
}

/** A plan is a value and stays what it is: of those that name no file, whose contents may change, the hash is known from the first time on. */
const hashes = new WeakMap<RunPlan, string>();

const namesFiles = (plan: RunPlan): boolean =>
  plan.from !== undefined || plan.given !== undefined || plan.dataset.name.includes(':') || teachersOf(plan).some(namesFiles);

/**
 * `<data set>-<student>-<method>-<hash>-s<seed>`: equal plans have one name.
 * @example
 * ```ts
 * import { planName, withSeed } from 'iekd';
 *
 * const settings = { dataset: { name: 'cifar10' }, training: { epochs: 2 } };
 * const teacher = { ...settings, student: { name: 'resnet56' }, method: { name: 'supervised' } };
 * const plan = { ...settings, student: { name: 'resnet20' }, method: { name: 'ft' }, teacher };
 * console.log(planName(plan)); // cifar10-resnet20-ft-<12 digits>-s0
 * console.log(planName(withSeed(plan, 1))); // the same digits, -s1
 * ```
 */
export function planName(plan: RunPlan): string {
  objectIn('planName', 'a plan of a run', plan, ['dataset', 'student', 'method', 'training']);
  return runName(plan, planHash(plan));
}

/** Where the run of a plan is, below a folder of runs. */
export const planFolder = (root: string, plan: RunPlan): string => join(root, planName(plan));

/**
 * The configuration of a plan's run, not checked yet.
 * @param weightsOf path of the last weights of a teacher's run
 */
export function planConfig(
  { teacher, given = [], seed = 0, ...rest }: RunPlan,
  weightsOf: (teacher: RunPlan) => string,
): RunConfig {
  const files = listOf(teacher).map((one) => ({ network: one.student, weights: weightsOf(one) }));
  return { ...rest, ...teacherEntry([...files, ...given]), seed };
}

/** The run of a plan whose teachers are trained. @throws InputError as `parseRun`, naming the plan */
export function planRun(plan: RunPlan, weightsOf: (teacher: RunPlan) => string): ParsedRun {
  return parseRun(planConfig(plan, weightsOf), planName(plan));
}
