/** What a thread of the pool does for images with objects: files of pictures, decoded and varied. By the names of a `PoolModule`. */
import type { Objects } from '../../detection/detections';
import { readPicture } from '../pictures/decodePicture';
import { readShrunk, type ShrinkPlan } from '../pictures/shrunkPicture';
import type { ReadImage } from '../workers/imageReader';
import { doPictureJob, type PictureJob } from './pictureJob';

export { imageMemory as transfers } from '../workers/imageReader';

/** A job whose picture is a file. */
export interface FileJob extends PictureJob {
  /** Absent: the file is decoded each time, in full. */
  readonly shrink?: ShrinkPlan | undefined;
}

/** Opens the file, its pixels as they are stored. */
export const work = (job: FileJob): Promise<ReadImage<Objects>> =>
  doPictureJob(job, ({ picture }) => (job.shrink ? readShrunk(picture, job.shrink) : readPicture(picture)));
