/** Where data lives on this machine, whatever the working directory (a notebook's is `notebooks/`). */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/**
 * The project: the library's repository, which is the nearest folder above `from` (the library) that holds `data/manifest.json`; for a
 * library that is installed as a package the nearest folder above the working directory with a `package.json`, else that directory.
 */
export function projectFolder(from: string = __dirname): string {
  return nearest(from, join('data', 'manifest.json')) ?? nearest(process.cwd(), 'package.json') ?? process.cwd();
}

function nearest(from: string, file: string): string | undefined {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (existsSync(join(folder, file))) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}

/** Folder of runs: the environment variable IEKD_RUNS, else `data/runs` of the project. */
export function runsFolder(): string {
  const folder = process.env.IEKD_RUNS;
  return folder ? resolve(folder) : join(projectFolder(), 'data', 'runs');
}

/**
 * Folder of files that can be had again: `folder` when given, else the environment variable IEKD_CACHE, else `data/cache` of
 * the project. A relative path is relative to the working directory.
 */
export function cacheFolder(folder: string | undefined = process.env.IEKD_CACHE): string {
  return folder ? resolve(folder) : join(projectFolder(), 'data', 'cache');
}
