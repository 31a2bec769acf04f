/** A run as data: everything that decides its result, in JSON. Names and options are checked against the tables of the library. */
import { DATASET_TABLE } from '../../data';
import { type DatasetTable, datasetLabel, datasetNamed } from '../../data/datasetNames';
import { nameOfData } from '../../data/own/dataset';
import type { PictureDataOptions } from '../../data/types';
import { PRECISIONS, type Precision } from '../../engine/types';
import { buildMethod, type MethodSpec } from '../../methods';
import type { Method } from '../../methods/method';
import { planNetwork } from '../../models';
import type { NetworkSpec } from '../../models/types';
import { OPTIMIZERS } from '../../optim/optimizers';
import { checkWithinEpochs, type StageTraining, type TrainingSettings, trainingOptions } from '../../optim/trainingOptions';
import { DEFAULT_TASK, taskEntry, taskNamed } from '../../tasks';
import type { Task, TaskSpec } from '../../tasks/types';
import type { StageSettings } from '../../training/planStages';
import { integerIn, isObject, knownKeys, nameIn, refuse, textIn } from '../../util/check';
import { canonicalJson } from '../../util/hash';
import { readJson } from '../../util/json';
import { checkPlain, inWordsOf } from './plainValues';

/** Which images; counts as in `loadDataset`. Relative folders are relative to the working directory. */
export interface DatasetConfig extends PictureDataOptions {
  readonly name: string;
  readonly folder?: string;
  readonly train?: number;
  readonly validation?: number;
  readonly test?: number;
  /** Which images make up the parts; default 0, whatever the run's seed. */
  readonly seed?: number;
  /** `fingerprint` of a data set that is given in code as `data`; it then has a name and this alone. */
  readonly contents?: string;
}

/** A trained network: what it is, and the file that a run or `saveWeights` has written, or PyTorch. */
export interface TeacherConfig {
  readonly network: NetworkSpec;
  readonly weights: string;
}

/** A run as data: what decides its numbers, and nothing else. Its hash names the run. */
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
  /** A file of weights that the student begins with, of all of it or of its backbone (`readStartingWeights`); default values drawn from the seed. */
  readonly from?: string;
  readonly method: MethodSpec;
  readonly training: TrainingSettings;
  /** Settings of stages by name, over the method's own. */
  readonly stages?: StageSettings;
  /** Of maps and products; absent: what the engine that runs has. */
  readonly precision?: Precision;
  /** Default 0. */
  readonly seed?: number;
  /** Of what is fitted to the teacher; default `seed`. With one of its own, runs of several seeds share what is fitted. */
  readonly fitSeed?: number;
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

/** What a run is called among others: `<data set>-<student>-<method>-<hash>-s<seed>`. */
export function runName(config: Pick<RunConfig, 'dataset' | 'student' | 'method' | 'seed'>, hash: string): string {
  const { dataset, student, method, seed = 0 } = config;
  return `${datasetLabel(dataset.name)}-${student.name}-${method.name}-${hash}-s${seed}`;
}

/** Every key of a configuration: one that is not here is an error, and one that is enters the hash where it is given. */
const KEYS: readonly (keyof RunConfig)[] = [
  ...(['dataset', 'task', 'student', 'peers', 'teacher', 'from', 'method', 'training'] as const),
  ...(['stages', 'precision', 'seed', 'fitSeed'] as const),
];
const DATASET_KEYS: readonly (keyof DatasetConfig)[] = ['name', 'folder', 'train', 'validation', 'test', 'seed'];

/**
 * A configuration from data nobody has checked, as plain JSON with its seed. Reads no file.
 * @param table what names of data sets mean
 * @throws InputError naming `where` and the entry that is wrong
 */
export function checkConfig(value: unknown, where = 'config', table = DATASET_TABLE): RunConfig {
  checkPlain(where, value);
  const { dataset, task, student, peers, teacher, from, method, ...rest } = objectAt(where, value, KEYS);
  const { training, stages, precision, seed, fitSeed } = rest;
  checkDataset(`${where}: dataset`, dataset, table);
  const checkedTask = task === undefined ? DEFAULT_TASK : taskAt(`${where}: task`, task);
  checkNetwork(`${where}: student`, student);
  const described = named(`${where}: method`, method);
  const built = inWordsOf(`${where}: method`, () => buildMethod(described));
  checkPeers(`${where}: peers`, peers, built);
  if (from !== undefined) textIn(`${where}: from`, from);
  checkTeachers(`${where}: teacher`, teacher, built);
  checkSettings(`${where}: training`, training, {});
  for (const [stage, settings] of Object.entries(stages === undefined ? {} : objectAt(`${where}: stages`, stages))) {
    checkSettings(`${where}: stages: ${stage}`, settings, { epochs: 1 });
  }
  if (precision !== undefined) nameIn(`${where}: precision`, PRECISIONS, precision);
  if (seed !== undefined) integerIn(`${where}: seed`, seed);
  if (fitSeed !== undefined) integerIn(`${where}: fitSeed`, fitSeed);
  const { task: _, ...given } = value as RunConfig;
  return JSON.parse(canonicalJson({ seed: 0, ...given, ...taskEntry(checkedTask) })) as RunConfig;
}

/** The learning rate of an optimiser where none is given; undefined for a name that none has. */
export function usualLearningRate(optimizer: string): number | undefined {
  return OPTIMIZERS[optimizer]?.learningRate;
}

/** Reads a configuration from a JSON file. */
export function readConfig(path: string): RunConfig {
  return checkConfig(readJson(path), path);
}

function checkDataset(where: string, value: unknown, table: DatasetTable): void {
  const { name, contents } = objectAt(where, value);
  if (contents !== undefined) {
    checkGiven(where, value, name, contents);
    return;
  }
  const { ownOptions } = datasetNamed(`${where}: name`, name, table);
  knownKeys(where, value, [...DATASET_KEYS, ...(ownOptions?.names ?? [])]);
  const { folder, seed, train, validation, test, ...others } = value as unknown as DatasetConfig;
  ownOptions?.check(where, others);
  if (folder !== undefined) stringAt(`${where}: folder`, folder);
  if (seed !== undefined) integerIn(`${where}: seed`, seed);
  for (const [part, count] of Object.entries({ train, validation, test })) {
    if (count !== undefined) integerIn(`${where}: ${part}`, count, part === 'train' ? 1 : 0);
  }
}

/** A data set that is given in code: whether it is this one is seen when it is. */
function checkGiven(where: string, value: unknown, name: unknown, contents: unknown): void {
  knownKeys(where, value, ['name', 'contents']);
  nameOfData(`${where}: name`, name);
  textIn(`${where}: contents`, contents, 200);
}

function taskAt(where: string, value: unknown): Task {
  const described = named(where, value);
  return inWordsOf(where, () => taskNamed(described));
}

/** @param usual what holds where the settings do not say */
function checkSettings(where: string, value: unknown, usual: StageTraining): void {
  const settings = objectAt(where, value);
  trainingOptions(where, usual, settings);
  checkWithinEpochs(where, settings);
}

function checkTeachers(where: string, value: unknown, { teachers, name }: Method): void {
  if (teachers === 0 && value !== undefined) throw refuse(where, `none for the method ${name}`, weightsIn(value));
  if (teachers === 0) return;
  const list = listOf<object>(value as OneOrMore<object> | undefined);
  if (list.length !== teachers) throw refuse(where, `as many as the method ${name} has, ${teachers}`, list.length);
  const paths = list.map((teacher) => checkTeacher(where, teacher));
  const twice = paths.find((path, i) => paths.indexOf(path) < i);
  if (twice !== undefined) throw refuse(where, 'teachers from files of their own', twice);
}

/** What somebody who gave a teacher knows it by: its file. */
const weightsIn = (value: unknown): unknown => (isObject(value) ? (value['weights'] ?? value) : value);

function checkTeacher(where: string, value: unknown): string {
  const { network, weights } = objectAt(where, value, ['network', 'weights']);
  checkNetwork(`${where}: network`, network);
  return stringAt(`${where}: weights`, weights);
}

function checkPeers(where: string, value: unknown, { peers, name }: Method): void {
  if (!peers && value !== undefined) throw refuse(where, `none for the method ${name}`, value);
  if (!peers) return;
  if (!Array.isArray(value) || value.length === 0) throw refuse(where, `a list of networks for the method ${name}`, value);
  for (const [i, network] of value.entries()) checkNetwork(`${where}: ${i}`, network);
}

function checkNetwork(where: string, value: unknown): void {
  const described = named(where, value);
  inWordsOf(where, () => planNetwork(described));
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
  return textIn(where, value);
}
