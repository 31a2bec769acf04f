/** What a thread of the pool does for images with objects: files of pictures, decoded and varied. */
import type { Objects } from '../../detection/detections';
import { readPicture } from '../pictures/decodePicture';
import { readShrunk, type ShrinkPlan } from '../pictures/shrunkPicture';
import { doPictureJob, type OpenPicture, type PictureJob } from './pictureJob';

/** A job whose picture is a file. */
export interface FileJob extends PictureJob {
  /** Absent: the file is decoded each time, in full. */
  readonly shrink?: ShrinkPlan | undefined;
}

/** The pool calls it by its name. */
export const work = (job: FileJob): Promise<Objects> => doPictureJob(job, openFile(job.shrink));

/** Opens files, their pixels as they are stored. */
export const openFile =
  (shrink?: ShrinkPlan): OpenPicture =>
  ({ picture }) =>
    shrink ? readShrunk(picture, shrink) : readPicture(picture);
