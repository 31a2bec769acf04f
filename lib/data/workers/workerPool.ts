/**
 * Work done in threads beside the main one, which it does not wait for: each job goes to the thread with the least to do, as soon as it is
 * given, so that threads go on while the main one is busy. Threads start with the first job and end when there was none for a while; a
 * process that has nothing else to do ends with them. What a job is, the module knows that does it: the pool moves jobs and results.
 */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { InputError, integerIn, refusePhrase } from '../../util/check';
import type { JobMessage, JobReply, ThreadData } from './poolMessages';

/** Of `workerPool`. */
export interface WorkerPoolOptions {
  /** Named in errors: `loadDataset`. */
  readonly where: string;
  /** Absolute path of a `PoolModule`, whose `work` makes a result of a job, or a promise of it. */
  readonly module: string;
  /** Threads, 1 or more. */
  readonly threads: number;
  /** Called on the main thread before the first thread is started. */
  readonly prepare?: () => void;
  /** Seconds without a job after which threads end; default 10. */
  readonly idle?: number;
}

/** Threads that do jobs; jobs and results are plain data, as `structuredClone` takes it. */
export interface WorkerPool<Job, Result> {
  /** @throws (rejects with) what the module throws, with its message, and InputError where a thread ends before its job is done */
  run(job: Job): Promise<Result>;
  /** Threads that live just now. */
  alive(): number;
  /** Ends all threads; jobs that are not done are refused. The next job starts new ones. */
  close(): Promise<void>;
}

interface Pending<Result> {
  readonly resolve: (result: Result) => void;
  readonly reject: (error: Error) => void;
}

/** A thread and the jobs that it has not done yet. */
interface Thread<Result> {
  readonly worker: Worker;
  readonly jobs: Map<number, Pending<Result>>;
}

const IDLE_SECONDS = 10;

/** The pool; no thread is started before the first job. @throws InputError for less than one thread */
export function workerPool<Job, Result>(options: WorkerPoolOptions): WorkerPool<Job, Result> {
  const { where, module, prepare, idle = IDLE_SECONDS } = options;
  const most = integerIn(`${where}: workers`, options.threads, 1, 256);
  const threads = new Set<Thread<Result>>();
  let number = 0;
  let timer: NodeJS.Timeout | undefined;

  function start(): Thread<Result> {
    if (threads.size === 0) prepare?.();
    const workerData: ThreadData = { module };
    // Without the options of this process: what it loads before its own program, such as a compiler of tests, no thread needs.
    const worker = new Worker(join(__dirname, 'poolThread.js'), { workerData, execArgv: [] });
    const thread: Thread<Result> = { worker, jobs: new Map() };
    threads.add(thread);
    worker.on('message', (reply: JobReply) => settle(thread, reply));
    worker.on('error', (error) => end(thread, error.message));
    worker.on('exit', (code) => end(thread, `its end with code ${code}`));
    worker.unref();
    return thread;
  }

  function settle(thread: Thread<Result>, { id, result, error }: JobReply): void {
    const pending = thread.jobs.get(id);
    thread.jobs.delete(id);
    rest(thread);
    if (error) pending?.reject(thrown(error));
    else pending?.resolve(result as Result);
  }

  /** A thread that has nothing to do keeps no process alive. */
  function rest(thread: Thread<Result>): void {
    if (thread.jobs.size > 0) return;
    thread.worker.unref();
    if ([...threads].some(({ jobs }) => jobs.size > 0)) return;
    clearTimeout(timer);
    timer = setTimeout(() => void close(), idle * 1000).unref();
  }

  function end(thread: Thread<Result>, reason: string): void {
    threads.delete(thread);
    const hint = 'workers: 0 reads on the main thread';
    const error = refusePhrase(where, 'a worker thread that goes on', reason, hint);
    for (const { reject } of thread.jobs.values()) reject(error);
    thread.jobs.clear();
  }

  function leastBusy(): Thread<Result> {
    const idlest = [...threads].sort((a, b) => a.jobs.size - b.jobs.size)[0];
    return idlest && (idlest.jobs.size === 0 || threads.size === most) ? idlest : start();
  }

  /** Out of the set first: a job that comes while they end starts new ones. */
  async function close(): Promise<void> {
    clearTimeout(timer);
    const ending = [...threads];
    threads.clear();
    await Promise.all(ending.map(({ worker }) => worker.terminate()));
  }

  return {
    run: (job) =>
      new Promise((resolve, reject) => {
        clearTimeout(timer);
        const thread = leastBusy();
        const message: JobMessage = { id: number++, job };
        thread.worker.postMessage(message); // first: what cannot be sent is refused here
        thread.worker.ref();
        thread.jobs.set(message.id, { resolve, reject });
      }),
    alive: () => threads.size,
    close,
  };
}

/** The error of another thread; one of input is one here, too. */
function thrown({ name, message, stack }: NonNullable<JobReply['error']>): Error {
  if (name === 'InputError') return new InputError(message);
  return Object.assign(new Error(message), { name, stack });
}
