/** Where data lives on this machine, whatever the working directory (a notebook's is `notebooks/`). */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The project: the nearest folder above `from` (the library) that holds `data/manifest.json`, else the working directory. */
export function projectFolder(from: string = __dirname): string {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'data', 'manifest.json'))) return folder;
    if (folder === dirname(folder)) return process.cwd();
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
