/** What a thread of the pool does for images with objects: files of pictures, decoded and varied. */
import type { Objects } from '../../detection/detections';
import { readPicture } from '../pictures/decodePicture';
import { doPictureJob, type PictureJob } from './pictureJob';

/** The pool calls it by its name. */
export const work = (job: PictureJob): Promise<Objects> => doPictureJob(job, ({ picture }) => readPicture(picture));
