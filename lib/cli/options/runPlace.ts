/** Where runs are found: by the path of their folder, or by their name among all runs. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { refusePhrase } from '../../util/check';
import { runsFolder } from '../../util/folders';
import { suggestion } from '../../util/names';
import { shownPath } from '../output/output';
import { integer } from './parsers';

/** Flags of commands that look runs up. */
export interface RunsFlags {
  readonly runs?: string;
}

/** Adds `--runs`. */
export function runsOption(command: Command): Command {
  return command.option('--runs <folder>', 'of the runs, where they are looked up by name; default: data/runs');
}

/** Flags of commands that read images. */
export interface DataFolderFlags {
  readonly folder?: string;
}

/** Adds `--folder`. */
export function dataFolderOption(command: Command): Command {
  return command.option('--folder <folder>', 'where the files of the data set lie; default: data/cache');
}

/** Flags of commands that read pictures ahead. */
export interface WorkersFlags {
  readonly workers?: number;
}

/** Adds `--workers`. */
export function workersOption(command: Command): Command {
  const what = 'threads that read pictures on disk ahead of the step, 0: none; default: IEKD_WORKERS, or one less than cores';
  return command.option('--workers <n>', what, integer(0));
}

/** As an option of the library. */
export const workersOf = ({ workers }: WorkersFlags): WorkersFlags => (workers === undefined ? {} : { workers });

/** Flags of commands that may fetch images. */
export interface DownloadFlags {
  readonly download?: boolean;
}

/** Adds `--download`. */
export function downloadOption(command: Command): Command {
  return command.option('--download', 'fetch the data set when it is not here');
}

/** As options of the library. */
export const dataFolderOf = ({ folder }: DataFolderFlags): { readonly dataFolder?: string } =>
  folder === undefined ? {} : { dataFolder: resolve(folder) };

/** The folder of all runs. */
export const allRuns = ({ runs }: RunsFlags): string => (runs === undefined ? runsFolder() : resolve(runs));

/**
 * The path that was typed; where nothing is there, and it is a name, that of the run of this name.
 * @param what was to be there, for errors @throws InputError for a name that is neither, with the run that was probably meant
 */
export function runPlace(typed: string, flags: RunsFlags, what = 'a file of weights, or a run by its folder or name'): string {
  if (existsSync(typed) || basename(typed) !== typed) return typed;
  const runs = allRuns(flags);
  if (existsSync(join(runs, typed))) return join(runs, typed);
  const known = existsSync(runs) ? readdirSync(runs).filter((name) => !name.startsWith('.')) : [];
  const hint = suggestion(known, typed) ?? 'look at the name again, or name another folder of runs with --runs';
  throw refusePhrase(typed, what, `nothing of that name, here or among the runs in ${shownPath(runs)}`, hint);
}
