/** Images of batches, each made of a job, side by side in one array. */
import type { JobRunner } from './jobRunner';

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

/** What a job is made into. */
export interface ReadImage<Note> {
  /** [height, width, channels] */
  readonly bytes: Uint8Array;
  /** What is known of the image: its objects. */
  readonly note: Note;
}

/** Two: while one is waited for, threads have the next to go on with. */
const AHEAD = 2;

/** Memory of an image that a thread hands over without a copy: `transfers` of a `PoolModule`. */
export const imageMemory = ({ bytes }: ReadImage<unknown>): ArrayBufferLike[] => [bytes.buffer];

/** @param runner makes images of jobs */
export function imageReader<Job, Note>(runner: JobRunner<Job, ReadImage<Note>>): ImageReader<Job, Note> {
  return {
    async read(jobs, images) {
      const done = await runner.run(jobs);
      return done.map(({ bytes, note }, i) => {
        images.set(bytes, i * bytes.length);
        return note;
      });
    },
    ahead: runner.threads > 0 ? AHEAD : 1,
  };
}
