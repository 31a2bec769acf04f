/** A configuration parsed once: checked, with absolute paths, named by its hash, with the files that it stands for. */
import { resolve } from 'node:path';
import { absoluteName } from '../../data/datasetNames';
import { configHash } from '../../util/hash';
import { checkConfig, type DatasetConfig, listOf, type RunConfig, type TeacherConfig, teacherEntry } from './config';
import { datasetContents, withoutPlace } from './datasetPlace';
import { readRunWeights } from './runWeights';
import { readStartingWeights } from './startingWeights';

/** A teacher's file and what it holds. */
export interface TeacherFile extends TeacherConfig {
  /** SHA-256 of its contents. */
  readonly sha256: string;
}

/** What a run reads: its images, its teachers, and the weights that the student begins with, where it does. */
export interface RunFiles {
  readonly dataset: DatasetConfig;
  readonly teachers: readonly TeacherFile[];
  readonly from?: { readonly weights: string; readonly sha256: string };
}

/** A run that can be trained; `parseRun` makes it. */
export interface ParsedRun {
  /** Plain JSON with absolute paths and its seed, as `config.json` has it. */
  readonly config: RunConfig;
  /**
   * Names the configuration whatever its seed: 12 hexadecimal digits. Contents count, not places: the folder of the data is left
   * out, files of weights enter by their SHA-256.
   */
  readonly hash: string;
  /** What it reads. */
  readonly inputs: RunFiles;
}

/**
 * Checks a configuration that nobody has checked, and reads its teachers' files.
 * @param where named in errors
 * @throws InputError as `checkConfig`, and for a teacher's file that is missing or damaged
 */
export function parseRun(value: unknown, where = 'config'): ParsedRun {
  const config = absolutePaths(checkConfig(value, where));
  const teachers = listOf(config.teacher).map((one) => ({ ...one, sha256: readRunWeights(one.weights, one.network).sha256 }));
  const from =
    config.from === undefined ? {} : { from: { weights: config.from, sha256: readStartingWeights(config.from).sha256 } };
  const inputs = { dataset: config.dataset, teachers, ...from };
  return { config, hash: hashOf(config, inputs), inputs };
}

/** The configuration without the places of its files and data: what must be the same for a run to go on. */
export function withoutPlaces(config: RunConfig): Omit<RunConfig, 'teacher' | 'from'> {
  const { teacher, from: _, dataset: placed, ...rest } = config;
  return { ...rest, dataset: withoutPlace(placed), ...teacherEntry(listOf(teacher).map(({ network }) => ({ network }))) };
}

function hashOf(config: RunConfig, { teachers, from }: RunFiles): string {
  const { seed: _, ...rest } = withoutPlaces(config);
  const dataset = { ...rest.dataset, ...datasetContents(config.dataset) };
  const own = from ? { from: from.sha256 } : {};
  return configHash({ ...rest, dataset, ...own, weights: oneOrAll(teachers.map(({ sha256 }) => sha256)) });
}

/** One alone is no list; undefined where there is none. */
export function oneOrAll([first, ...more]: readonly string[]): string | readonly string[] | undefined {
  return first === undefined || more.length === 0 ? first : [first, ...more];
}

/** It then means the same from any working directory. */
function absolutePaths(config: RunConfig): RunConfig {
  const { dataset, teacher, from } = config;
  const folder = dataset.folder === undefined ? {} : { folder: resolve(dataset.folder) };
  return {
    ...config,
    ...(from === undefined ? {} : { from: resolve(from) }),
    dataset: { ...dataset, name: absoluteName(dataset.name), ...folder },
    ...teacherEntry(listOf(teacher).map((one) => ({ ...one, weights: resolve(one.weights) }))),
  };
}
