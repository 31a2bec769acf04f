/** Folders of jobs that were made for a scheduler: beside the runs, so that every machine that trains them sees the scripts. */
import { chmodSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { tryFile } from '../../util/fileErrors';
import { readText, writeAtomic } from '../../util/files';
import { planName } from '../runPlan';
import type { ClusterJob } from './clusterJob';
import { taskGroups } from './taskGroups';

/** Its name beside the folders of runs. */
const JOBS_FOLDER = '.jobs';
/** Names of the runs, in the order of their numbers. */
const RUNS_FILE = 'runs.txt';
/** What submit.sh notes: the number of a job and that of its first run. */
const SUBMITTED_FILE = 'submitted';

/** Writes files of a job into a folder of its own: `table1-20261130-041500`. @returns the folder */
export function writeJob(runs: string, job: ClusterJob, files: Readonly<Record<string, string>>): string {
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  const folder = newFolder(join(runs, JOBS_FOLDER), `${job.name}-${stamp}`);
  const names = taskGroups(job.plans).flatMap(({ tasks }) => tasks.map(planName));
  for (const [name, text] of Object.entries({ ...files, [RUNS_FILE]: `${names.join('\n')}\n` })) {
    writeAtomic(join(folder, name), text);
    if (name.endsWith('.sh')) chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

/** Two in one second have two folders. */
function newFolder(parent: string, name: string): string {
  return tryFile(parent, 'a folder that can be written to', () => {
    mkdirSync(parent, { recursive: true });
    for (let i = 1; ; i++) {
      const folder = join(parent, i === 1 ? name : `${name}-${i}`);
      try {
        mkdirSync(folder);
        return folder;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
  });
}

/** The run of each task that was submitted, by `<number of the job>_<index>`. */
export function submittedTasks(runs: string): ReadonlyMap<string, string> {
  const parent = join(runs, JOBS_FOLDER);
  const folders = existsSync(parent) ? readdirSync(parent).sort() : [];
  return new Map(folders.flatMap((name) => tasksIn(join(parent, name))));
}

function tasksIn(folder: string): [task: string, run: string][] {
  if (!existsSync(join(folder, SUBMITTED_FILE)) || !existsSync(join(folder, RUNS_FILE))) return [];
  const names = lines(join(folder, RUNS_FILE));
  const jobs = lines(join(folder, SUBMITTED_FILE)).flatMap((line) => {
    const [, job, first] = /^(\d+) (\d+)$/.exec(line) ?? [];
    return job === undefined ? [] : [{ job, first: Number(first) }];
  });
  return jobs.flatMap(({ job, first }, i) =>
    names.slice(first, jobs[i + 1]?.first).map((run, index): [string, string] => [`${job}_${index}`, run]),
  );
}

const lines = (path: string): string[] =>
  readText(path)
    .split('\n')
    .filter((line) => line !== '');
