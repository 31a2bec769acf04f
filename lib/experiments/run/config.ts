/** A run as data: everything that decides its result, in JSON. Names and options are checked against the tables of the library. */
import { readFileSync } from 'node:fs';
import { DATASETS } from '../../data';
import { PRECISIONS, type Precision } from '../../engine/types';
import { buildMethod, type MethodSpec } from '../../methods';
import type { Method } from '../../methods/method';
import { planNetwork } from '../../models';
import type { NetworkSpec } from '../../models/types';
import { type TrainingSettings, trainingOptions } from '../../optim/trainingOptions';
import { DEFAULT_TASK, taskEntry, taskNamed } from '../../tasks';
import type { TaskSpec } from '../../tasks/types';
import type { StageSettings } from '../../training/planStages';
import { integerIn, knownKeys, pick, refuse, refusePhrase } from '../../util/check';
import { canonicalJson } from '../../util/hash';

/** Which images; counts as in `loadDataset`. Relative folders are relative to the working directory. */
export interface DatasetConfig {
  readonly name: string;
  readonly folder?: string;
  readonly train?: number;
  readonly validation?: number;
  readonly test?: number;
  /** Which images make up the parts; default 0, whatever the run's seed. */
  readonly seed?: number;
}

/** A trained network: what it is, and the file that a run or `saveWeights` has written. */
export interface TeacherConfig {
  readonly network: NetworkSpec;
  readonly weights: string;
}

export interface RunConfig {
  readonly dataset: DatasetConfig;
  /** What the networks are trained for; absent: classification, which is never written down. */
  readonly task?: TaskSpec;
  /** Classes and input size come from the data set where they are not given. */
  readonly student: NetworkSpec;
  /** Networks that learn beside the student, for methods in which they learn from each other. */
  readonly peers?: readonly NetworkSpec[];
  /** A list for methods that need several. */
  readonly teacher?: OneOrMore<TeacherConfig>;
  readonly method: MethodSpec;
  readonly training: TrainingSettings;
  /** Settings of stages by name, over the method's own. */
  readonly stages?: StageSettings;
  /** Of maps and products; absent: what the engine that runs has. */
  readonly precision?: Precision;
  /** Default 0. */
  readonly seed?: number;
}

/** One, or a list of several. */
export type OneOrMore<T> = T | readonly T[];

/** Always as a list. */
export function listOf<T extends object>(value: OneOrMore<T> | undefined): readonly T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

/** As it is written in configurations: one alone is no list, none is no entry. */
export function teacherEntry<T extends object>(teachers: readonly T[]): { readonly teacher?: OneOrMore<T> } {
  const [first] = teachers;
  return first === undefined ? {} : { teacher: teachers.length === 1 ? first : teachers };
}

const KEYS = ['dataset', 'task', 'student', 'peers', 'teacher', 'method', 'training', 'stages', 'precision', 'seed'];
const DATASET_KEYS = ['name', 'folder', 'train', 'validation', 'test', 'seed'];

/** A configuration from data nobody has checked, as plain JSON with its seed. @throws InputError naming `where` and the entry that is wrong */
export function checkConfig(value: unknown, where = 'config'): RunConfig {
  const { dataset, task, student, peers, teacher, method, training, stages, precision, seed } = objectAt(where, value, KEYS);
  checkDataset(`${where}: dataset`, dataset);
  const checkedTask = task === undefined ? DEFAULT_TASK : taskNamed(named(`${where}: task`, task));
  checkNetwork(`${where}: student`, student);
  const built = buildMethod(named(`${where}: method`, method));
  checkPeers(`${where}: peers`, peers, built);
  checkTeachers(`${where}: teacher`, teacher, built);
  trainingOptions(`${where}: training`, objectAt(`${where}: training`, training));
  for (const [stage, settings] of Object.entries(stages === undefined ? {} : objectAt(`${where}: stages`, stages))) {
    trainingOptions(`${where}: stages: ${stage}`, { epochs: 1 }, objectAt(`${where}: stages: ${stage}`, settings));
  }
  if (precision !== undefined && !PRECISIONS.some((known) => known === precision)) {
    throw refuse(`${where}: precision`, `one of ${PRECISIONS.join(', ')}`, precision);
  }
  if (seed !== undefined) integerIn(`${where}: seed`, seed);
  const { task: _, ...rest } = value as RunConfig;
  return JSON.parse(canonicalJson({ seed: 0, ...rest, ...taskEntry(checkedTask) })) as RunConfig;
}

/** Reads a configuration from a JSON file. */
export function readConfig(path: string): RunConfig {
  return checkConfig(readJson(path), path);
}

/** Reads a JSON file. @throws InputError naming the file when it is missing or does not parse */
export function readJson(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw refusePhrase(path, 'a file that can be read', (error as NodeJS.ErrnoException).code ?? String(error));
  }
  try {
    return JSON.parse(text);
  } catch {
    throw refusePhrase(path, 'JSON', 'text that does not parse');
  }
}

function checkDataset(where: string, value: unknown): void {
  const { name, folder, seed, ...counts } = objectAt(where, value, DATASET_KEYS);
  pick(`${where}: name`, DATASETS, String(name));
  if (folder !== undefined) stringAt(`${where}: folder`, folder);
  if (seed !== undefined) integerIn(`${where}: seed`, seed);
  for (const [part, count] of Object.entries(counts)) {
    if (count !== undefined) integerIn(`${where}: ${part}`, count);
  }
}

function checkTeachers(where: string, value: unknown, { teachers, name }: Method): void {
  if (teachers === 0 && value !== undefined) throw refuse(where, `none for the method ${name}`, value);
  if (teachers === 0) return;
  const list = listOf<object>(value as OneOrMore<object> | undefined);
  if (list.length !== teachers) throw refuse(where, `as many as the method ${name} has, ${teachers}`, list.length);
  for (const teacher of list) checkTeacher(where, teacher);
}

function checkTeacher(where: string, value: unknown): void {
  const { network, weights } = objectAt(where, value, ['network', 'weights']);
  checkNetwork(`${where}: network`, network);
  stringAt(`${where}: weights`, weights);
}

function checkPeers(where: string, value: unknown, { peers, name }: Method): void {
  if (!peers && value !== undefined) throw refuse(where, `none for the method ${name}`, value);
  if (!peers) return;
  if (!Array.isArray(value) || value.length === 0) throw refuse(where, `a list of networks for the method ${name}`, value);
  for (const [i, network] of value.entries()) checkNetwork(`${where}: ${i}`, network);
}

function checkNetwork(where: string, value: unknown): void {
  planNetwork(named(where, value));
}

function named(where: string, value: unknown): { readonly name: string; readonly [option: string]: unknown } {
  const object = objectAt(where, value);
  return { ...object, name: stringAt(`${where}: name`, object.name) };
}

function objectAt(where: string, value: unknown, known?: readonly string[]): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refuse(where, 'an object', value);
  if (known) knownKeys(where, value, known);
  return value as Record<string, unknown>;
}

function stringAt(where: string, value: unknown): string {
  if (typeof value !== 'string' || value === '') throw refuse(where, 'a text', value);
  return value;
}
