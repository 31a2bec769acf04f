/** Who reads the pictures of a data set: this thread, one after the other, or others ahead of it. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Objects } from '../../detection/detections';
import { integerIn } from '../../util/check';
import { loadSharp } from '../pictures/decodePicture';
import type { ShrinkPlan } from '../pictures/shrunkPicture';
import { workerPool } from '../workers/workerPool';
import { doPictureJob, type OpenPicture, type PictureJob } from './pictureJob';
import { type FileJob, openFile } from './pictureWorker';

/** Does jobs, in their order or not. */
export interface PictureReader {
  /** The objects of each job's image, in the order of the jobs. @throws what the first of the jobs that fail throws */
  read(jobs: readonly PictureJob[]): Promise<readonly Objects[]>;
  /** Memory that the images can be written to. */
  bytes(length: number): Uint8Array;
  /** Batches to be read ahead. */
  readonly ahead: number;
}

/** Two: while one is waited for, threads have the next to go on with. */
const AHEAD = 2;

/** As many threads as leave a core to training. */
const defaultWorkers = (): number => Math.max(1, availableParallelism() - 1);

/**
 * Reads files of pictures.
 * @param workers threads beside this one; 0: this one reads
 * @param shrink where files are kept smaller; absent: they are decoded each time, in full
 * @throws InputError for what is no number of threads
 */
export function fileReader(where: string, workers = defaultWorkers(), shrink?: ShrinkPlan): PictureReader {
  integerIn(`${where}: workers`, workers, 0, 256);
  if (workers === 0) return readerByFunction(openFile(shrink));
  const module = join(__dirname, 'pictureWorker.js');
  // sharp is to be loaded by the main thread first (its documentation: installation, worker threads).
  const pool = workerPool<FileJob, Objects>({ where, module, threads: workers, prepare: () => void loadSharp() });
  return {
    async read(jobs) {
      const done = await Promise.allSettled(jobs.map((job) => pool.run({ ...job, shrink })));
      return done.map((one) => {
        if (one.status === 'rejected') throw one.reason;
        return one.value;
      });
    },
    bytes: (length) => new Uint8Array(new SharedArrayBuffer(length)),
    ahead: AHEAD,
  };
}

/** Reads by a function of a sample, on this thread: no more than one picture is open at a time. */
export function readerByFunction(open: OpenPicture): PictureReader {
  return {
    async read(jobs) {
      const objects: Objects[] = [];
      for (const job of jobs) objects.push(await doPictureJob(job, open));
      return objects;
    },
    bytes: (length) => new Uint8Array(length),
    ahead: 1,
  };
}
