/** Who makes the images of batches: this thread, one after the other, or others ahead of it. What an image is made of is a job, plain data. */
import { availableParallelism } from 'node:os';
import { integerIn } from '../../util/check';
import { workerPool } from './workerPool';

/** Does jobs, in their order or not. */
export interface ImageReader<Job, Note> {
  /**
   * @param images room for the image of each job, one after the other, each as large as the others
   * @returns what is known of each image, in the order of the jobs @throws what the first of the jobs that fail throws
   */
  read(jobs: readonly Job[], images: Uint8Array): Promise<readonly Note[]>;
  /** Batches to be read ahead. */
  readonly ahead: number;
}

/** Does one job. @param out the image's bytes, [height, width, channels] @returns what is known of it: its objects */
export type ImageWork<Job, Note> = (job: Job, out: Uint8Array) => Promise<Note>;

/** What a thread answers. */
export interface ReadImage<Note> {
  readonly bytes: Uint8Array;
  readonly note: Note;
}

/** Two: while one is waited for, threads have the next to go on with. */
const AHEAD = 2;

export const MOST_WORKERS = 256;

/** Threads that read, where nobody says: the environment variable IEKD_WORKERS, else as many as leave a core to training. */
export function defaultWorkers(): number {
  const typed = process.env.IEKD_WORKERS;
  return typed ? integerIn('IEKD_WORKERS', Number(typed), 0, MOST_WORKERS) : Math.max(1, availableParallelism() - 1);
}

/** Of `imageReader`. */
export interface ImageReaderOptions<Job, Note> {
  /** Named in errors. */
  readonly where: string;
  /** Threads beside this one; 0: this one reads. */
  readonly workers?: number | undefined;
  /** Absolute path of a module with `work: (job) => Promise<ReadImage<Note>>` and `transfers`, see `PoolModule`. */
  readonly module: string;
  /** The same on this thread. */
  readonly work: ImageWork<Job, Note>;
  /** Called on the main thread before the first thread is started. */
  readonly prepare?: () => void;
}

/** Reads in threads, or on this one. @throws InputError for what is no number of threads */
export function imageReader<Job, Note>(options: ImageReaderOptions<Job, Note>): ImageReader<Job, Note> {
  const { where, workers = defaultWorkers(), module, work, ...others } = options;
  integerIn(`${where}: workers`, workers, 0, MOST_WORKERS);
  if (workers === 0) return ownReader(work);
  const pool = workerPool<Job, ReadImage<Note>>({ where, module, threads: workers, ...others });
  return {
    async read(jobs, images) {
      const done = await Promise.allSettled(jobs.map((job) => pool.run(job)));
      return done.map((one, i) => {
        if (one.status === 'rejected') throw one.reason;
        const { bytes, note } = one.value;
        images.set(bytes, i * bytes.length);
        return note;
      });
    },
    ahead: AHEAD,
  };
}

/** Reads on this thread: no more than one picture is open at a time. */
export function ownReader<Job, Note>(work: ImageWork<Job, Note>): ImageReader<Job, Note> {
  return {
    async read(jobs, images) {
      const size = images.length / jobs.length;
      const notes: Note[] = [];
      for (const [i, job] of jobs.entries()) notes.push(await work(job, images.subarray(i * size, (i + 1) * size)));
      return notes;
    },
    ahead: 1,
  };
}
