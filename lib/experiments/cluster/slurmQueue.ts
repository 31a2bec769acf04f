/** What Slurm says of runs that were handed to it. */
import { execFileSync } from 'node:child_process';
import { submittedTasks } from './jobFolder';

/** A run in Slurm's queue. */
export interface QueuedTask {
  /** `<number of the job>_<index>` */
  readonly task: string;
  /** Slurm's word: `PENDING`, `RUNNING`, `COMPLETING`, … */
  readonly state: string;
  /** Where it runs, or why it waits: `n1`, `(Dependency)`. */
  readonly where: string;
}

/** Runs of a folder in Slurm's queue, by their names; none where nothing was submitted, or no Slurm is here. @param ask for `squeue` */
export function slurmQueue(runs: string, ask: () => string = squeue): ReadonlyMap<string, QueuedTask> {
  const submitted = submittedTasks(runs);
  if (submitted.size === 0) return new Map();
  const found = new Map<string, QueuedTask>();
  for (const line of ask().split('\n')) {
    const [, job, index, state, where = ''] = /^(\d+) (\d+) ([A-Z_]+) (.*)$/.exec(line.trim()) ?? [];
    const run = submitted.get(`${job}_${index}`);
    if (run !== undefined && state !== undefined) found.set(run, { task: `${job}_${index}`, state, where });
  }
  return found;
}

/** One task a line: job, index, state, nodes or a reason in parentheses. */
function squeue(): string {
  try {
    const words = ['--noheader', '--array', '--me', '--format=%F %K %T %R'];
    return execFileSync('squeue', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 20_000 });
  } catch {
    return ''; // not installed here, or its controller does not answer
  }
}
