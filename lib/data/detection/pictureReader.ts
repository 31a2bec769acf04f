/** Who reads the pictures of a data set: this thread, one after the other, or others ahead of it. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Objects } from '../../detection/detections';
import { integerIn } from '../../util/check';
import { loadSharp } from '../pictures/decodePicture';
import type { ShrinkPlan } from '../pictures/shrunkPicture';
import { workerPool } from '../workers/workerPool';
import { doPictureJob, type OpenPicture, type PictureJob } from './pictureJob';
import { type FileJob, openFile, type ReadPicture } from './pictureWorker';

/** Does jobs, in their order or not. */
export interface PictureReader {
  /**
   * @param images room for the image of each job, one after the other, each as large as the others
   * @returns the objects of each, in the order of the jobs @throws what the first of the jobs that fail throws
   */
  read(jobs: readonly PictureJob[], images: Uint8Array): Promise<readonly Objects[]>;
  /** Batches to be read ahead. */
  readonly ahead: number;
}

/** Two: while one is waited for, threads have the next to go on with. */
const AHEAD = 2;

/** The environment variable IEKD_WORKERS, else as many threads as leave a core to training. */
function defaultWorkers(): number {
  const typed = process.env.IEKD_WORKERS;
  return typed ? integerIn('IEKD_WORKERS', Number(typed), 0, MOST_WORKERS) : Math.max(1, availableParallelism() - 1);
}

const MOST_WORKERS = 256;

/**
 * Reads files of pictures.
 * @param workers threads beside this one; 0: this one reads
 * @param shrink where files are kept smaller; absent: they are decoded each time, in full
 * @throws InputError for what is no number of threads
 */
export function fileReader(where: string, workers = defaultWorkers(), shrink?: ShrinkPlan): PictureReader {
  integerIn(`${where}: workers`, workers, 0, MOST_WORKERS);
  if (workers === 0) return readerByFunction(openFile(shrink));
  const module = join(__dirname, 'pictureWorker.js');
  // sharp is to be loaded by the main thread first (its documentation: installation, worker threads).
  const pool = workerPool<FileJob, ReadPicture>({ where, module, threads: workers, prepare: () => void loadSharp() });
  return {
    async read(jobs, images) {
      const done = await Promise.allSettled(jobs.map((job) => pool.run({ ...job, shrink })));
      return done.map((one, i) => {
        if (one.status === 'rejected') throw one.reason;
        const { bytes, objects } = one.value;
        images.set(bytes, i * bytes.length);
        return objects;
      });
    },
    ahead: AHEAD,
  };
}

/** Reads by a function of a sample, on this thread: no more than one picture is open at a time. */
export function readerByFunction(open: OpenPicture): PictureReader {
  return {
    async read(jobs, images) {
      const size = images.length / jobs.length;
      const objects: Objects[] = [];
      for (const [i, job] of jobs.entries()) {
        objects.push(await doPictureJob(job, open, images.subarray(i * size, (i + 1) * size)));
      }
      return objects;
    },
    ahead: 1,
  };
}
