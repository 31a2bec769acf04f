/** What a thread of the pool does for images with a class each. */
import type { ReadImage } from '../workers/imageReader';
import { doImageJob, type ImageJob } from './imageJob';

/** The pool calls it by its name. */
export async function work(job: ImageJob): Promise<ReadImage<void>> {
  const [height, width] = job.pixels;
  const bytes = new Uint8Array(height * width * job.channels);
  return { bytes, note: await doImageJob(job, bytes) };
}

/** And this: what goes to the main thread without a copy. */
export const transfers = ({ bytes }: ReadImage<void>): ArrayBufferLike[] => [bytes.buffer];
