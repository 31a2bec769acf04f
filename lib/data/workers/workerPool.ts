/**
 * Work done in threads beside the main one, which it does not wait for: jobs go to the thread with the least to do, as soon as they are
 * given, so that threads go on while the main one is busy. Several go in one message, and their results come back in one: a message costs
 * both threads some 0.2 ms of waking up, as much as a small picture. Threads start with the first job and end when there was none for a while; a
 * process that has nothing else to do ends with them. What a job is, the module knows that does it: the pool moves jobs and results.
 */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { InputError, integerIn, refusePhrase } from '../../util/check';
import type { JobAnswer, JobMessage, JobReply, ThreadData } from './poolMessages';

/** Of `workerPool`. */
export interface WorkerPoolOptions {
  /** Named in errors: `loadDataset`. */
  readonly where: string;
  /** Absolute path of a `PoolModule`, whose `work` makes a result of a job, or a promise of it. */
  readonly module: string;
  /** Threads, 1 or more. */
  readonly threads: number;
  /** Called on the main thread before the first thread is started. */
  readonly prepare?: () => unknown;
  /** Seconds without a job after which threads end; default 10. */
  readonly idle?: number;
}

/** Threads that do jobs; jobs and results are plain data, as `structuredClone` takes it. */
export interface WorkerPool<Job, Result> {
  /** @throws (rejects with) what the module throws, with its message, and InputError where a thread ends before its job is done */
  run(job: Job): Promise<Result>;
  /** As `run`, of each: in their order, whichever are done first. Never rejects. */
  runAll(jobs: readonly Job[]): Promise<readonly PromiseSettledResult<Result>[]>;
  /** Threads that live just now. */
  alive(): number;
  /** Ends all threads; jobs that are not done are refused. The next job starts new ones. */
  close(): Promise<void>;
}

interface Pending {
  readonly resolve: (answers: readonly JobAnswer[]) => void;
  readonly reject: (error: Error) => void;
}

/** A thread and the messages that it has not answered yet. */
interface Thread {
  readonly worker: Worker;
  readonly jobs: Map<number, Pending>;
}

const IDLE_SECONDS = 10;
/** In a message: few enough that threads are done at much the same time. */
const MOST_JOBS = 8;

/** The pool; no thread is started before the first job. @throws InputError for less than one thread */
export function workerPool<Job, Result>(options: WorkerPoolOptions): WorkerPool<Job, Result> {
  const { where, module, prepare, idle = IDLE_SECONDS } = options;
  const most = integerIn(`${where}: workers`, options.threads, 1, 256);
  const threads = new Set<Thread>();
  let number = 0;
  let timer: NodeJS.Timeout | undefined;

  function start(): Thread {
    if (threads.size === 0) prepare?.();
    const workerData: ThreadData = { module };
    // Without the options of this process: what it loads before its own program, such as a compiler of tests, no thread needs.
    const worker = new Worker(join(__dirname, 'poolThread.js'), { workerData, execArgv: [] });
    const thread: Thread = { worker, jobs: new Map() };
    threads.add(thread);
    worker.on('message', (reply: JobReply) => settle(thread, reply));
    worker.on('error', (error) => end(thread, error.message));
    worker.on('exit', (code) => end(thread, `its end with code ${code}`));
    worker.unref();
    return thread;
  }

  function settle(thread: Thread, { id, answers }: JobReply): void {
    const pending = thread.jobs.get(id);
    thread.jobs.delete(id);
    rest(thread);
    pending?.resolve(answers);
  }

  /** A thread that has nothing to do keeps no process alive. */
  function rest(thread: Thread): void {
    if (thread.jobs.size > 0) return;
    thread.worker.unref();
    if ([...threads].some(({ jobs }) => jobs.size > 0)) return;
    clearTimeout(timer);
    timer = setTimeout(() => void close(), idle * 1000).unref();
  }

  function end(thread: Thread, reason: string): void {
    threads.delete(thread);
    const hint = 'workers: 0 reads on the main thread';
    const error = refusePhrase(where, 'a worker thread that goes on', reason, hint);
    for (const { reject } of thread.jobs.values()) reject(error);
    thread.jobs.clear();
  }

  function leastBusy(): Thread {
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

  const send = (jobs: readonly Job[]): Promise<readonly JobAnswer[]> =>
    new Promise((resolve, reject) => {
      clearTimeout(timer);
      const thread = leastBusy();
      const message: JobMessage = { id: number++, jobs };
      thread.worker.postMessage(message); // first: what cannot be sent is refused here
      thread.worker.ref();
      thread.jobs.set(message.id, { resolve, reject });
    });

  return { ...sentBy(send, most), alive: () => threads.size, close };
}

/** @param send gives jobs to a thread; rejects where they cannot be sent, and where it ends before they are done */
function sentBy<Job, Result>(
  send: (jobs: readonly Job[]) => Promise<readonly JobAnswer[]>,
  threads: number,
): Pick<WorkerPool<Job, Result>, 'run' | 'runAll'> {
  async function outcomes(jobs: readonly Job[]): Promise<PromiseSettledResult<Result>[]> {
    try {
      return (await send(jobs)).map((answer) => outcomeOf(answer));
    } catch (reason) {
      return jobs.map(() => ({ status: 'rejected', reason }));
    }
  }
  return {
    async run(job) {
      const [outcome] = (await outcomes([job])) as [PromiseSettledResult<Result>];
      if (outcome.status === 'rejected') throw outcome.reason;
      return outcome.value;
    },
    async runAll(jobs) {
      const size = Math.min(MOST_JOBS, Math.ceil(jobs.length / threads));
      const count = Math.ceil(jobs.length / Math.max(1, size));
      const portions = Array.from({ length: count }, (_, i) => jobs.slice(i * size, (i + 1) * size));
      return (await Promise.all(portions.map(outcomes))).flat();
    },
  };
}

function outcomeOf<Result>(answer: JobAnswer): PromiseSettledResult<Result> {
  if ('error' in answer) return { status: 'rejected', reason: thrown(answer.error) };
  return { status: 'fulfilled', value: answer.result as Result };
}

/** The error of another thread; one of input is one here, too. */
function thrown({ name, message, stack }: Extract<JobAnswer, { error: unknown }>['error']): Error {
  if (name === 'InputError') return new InputError(message);
  return Object.assign(new Error(message), { name, stack });
}
