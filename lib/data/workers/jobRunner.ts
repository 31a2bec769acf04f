/** Who does jobs: this thread, one after the other, or others beside it. What a job is, the module knows that does it; it is plain data. */
import { availableParallelism } from 'node:os';
import { integerIn } from '../../util/check';
import { type WorkerPoolOptions, workerPool } from './workerPool';

/** Does jobs. */
export interface JobRunner<Job, Result> {
  /** Results in the order of the jobs. @throws what the first of the jobs that fail throws */
  run(jobs: readonly Job[]): Promise<readonly Result[]>;
  /** Jobs, however many, with their results, in their order: no more are asked for than threads have before them. @throws as `run` */
  each(jobs: Iterable<Job>): AsyncGenerator<readonly [Job, Result], void, void>;
  /** Threads beside this one. */
  readonly threads: number;
  /** Ends the threads; the next job starts new ones. */
  close(): Promise<void>;
}

/** Of `jobRunner`. */
export interface JobRunnerOptions<Job, Result> extends Omit<WorkerPoolOptions, 'threads'> {
  /** Threads beside this one; 0: this one does the jobs. Default IEKD_WORKERS, else one less than there are cores. */
  readonly workers?: number | undefined;
  /** What the module exports as `work`, for this thread. */
  readonly work: (job: Job) => Promise<Result>;
}

const MOST_WORKERS = 256;
/** Jobs that a thread has before it. */
const AHEAD = 16;

/** Threads that read, where nobody says: the environment variable IEKD_WORKERS, else as many as leave a core to training. */
function defaultWorkers(): number {
  const typed = process.env.IEKD_WORKERS;
  return typed ? integerIn('IEKD_WORKERS', Number(typed), 0, MOST_WORKERS) : Math.max(1, availableParallelism() - 1);
}

/** @throws InputError for what is no number of threads */
export function jobRunner<Job, Result>(options: JobRunnerOptions<Job, Result>): JobRunner<Job, Result> {
  const { workers = defaultWorkers(), work, ...others } = options;
  const threads = integerIn(`${options.where}: workers`, workers, 0, MOST_WORKERS);
  const pool = threads > 0 ? workerPool<Job, Result>({ ...others, threads }) : undefined;
  const run = pool ? async (jobs: readonly Job[]) => valuesOf(await pool.runAll(jobs)) : inTurn(work);
  return { run, each: (jobs) => inWindows(jobs, run, Math.max(1, AHEAD * threads)), threads, close: async () => pool?.close() };
}

/** On this thread. @param work does one job; of a list no more than one is under way */
export const ownRunner = <Job, Result>(work: (job: Job) => Promise<Result>): JobRunner<Job, Result> =>
  jobRunner({ where: 'ownRunner', module: '', workers: 0, work });

const inTurn =
  <Job, Result>(work: (job: Job) => Promise<Result>) =>
  async (jobs: readonly Job[]): Promise<readonly Result[]> => {
    const results: Result[] = [];
    for (const job of jobs) results.push(await work(job));
    return results;
  };

function valuesOf<Result>(outcomes: readonly PromiseSettledResult<Result>[]): Result[] {
  return outcomes.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
}

/** While one window is waited for, threads have the next to go on with. */
async function* inWindows<Job, Result>(
  jobs: Iterable<Job>,
  run: JobRunner<Job, Result>['run'],
  size: number,
): AsyncGenerator<readonly [Job, Result], void, void> {
  const iterator = jobs[Symbol.iterator]();
  const start = (): { readonly taken: readonly Job[]; readonly results: Promise<readonly Result[]> } => {
    const taken: Job[] = [];
    for (let next = iterator.next(); !next.done; next = iterator.next()) if (taken.push(next.value) === size) break;
    const results = run(taken);
    results.catch(() => undefined); // looked at when its turn comes, and no unhandled rejection until then
    return { taken, results };
  };
  let [window, next] = [start(), start()];
  try {
    for (; window.taken.length > 0; [window, next] = [next, start()]) {
      const results = await window.results;
      for (const [i, job] of window.taken.entries()) yield [job, results[i] as Result];
    }
  } finally {
    await Promise.allSettled([window.results, next.results]);
  }
}
