/** What a thread of the pool does for images with objects: files of pictures, decoded and varied. */
import type { Objects } from '../../detection/detections';
import { readPicture } from '../pictures/decodePicture';
import { CHANNELS } from '../pictures/rgbPicture';
import { readShrunk, type ShrinkPlan } from '../pictures/shrunkPicture';
import type { ReadImage } from '../workers/imageReader';
import { doPictureJob, type OpenPicture, type PictureJob } from './pictureJob';

/** A job whose picture is a file. */
export interface FileJob extends PictureJob {
  /** Absent: the file is decoded each time, in full. */
  readonly shrink?: ShrinkPlan | undefined;
}

/** The pool calls it by its name. */
export async function work(job: FileJob): Promise<ReadImage<Objects>> {
  const [height, width] = job.pixels;
  const bytes = new Uint8Array(height * width * CHANNELS);
  return { bytes, note: await doPictureJob(job, openFile(job.shrink), bytes) };
}

/** And this: what goes to the main thread without a copy. */
export const transfers = ({ bytes }: ReadImage<Objects>): ArrayBufferLike[] => [bytes.buffer];

/** Opens files, their pixels as they are stored. */
export const openFile =
  (shrink?: ShrinkPlan): OpenPicture =>
  ({ picture }) =>
    shrink ? readShrunk(picture, shrink) : readPicture(picture);
