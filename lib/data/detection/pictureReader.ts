/** Who reads the pictures of a data set with objects: this thread, one after the other, or others ahead of it. */
import { join } from 'node:path';
import type { Objects } from '../../detection/detections';
import { loadSharp } from '../pictures/decodePicture';
import type { ShrinkPlan } from '../pictures/shrunkPicture';
import { type ImageReader, imageReader } from '../workers/imageReader';
import { jobRunner, ownRunner } from '../workers/jobRunner';
import { doPictureJob, type OpenPicture, type PictureJob } from './pictureJob';
import { work } from './pictureWorker';

/** Its notes are the objects of each image. */
export type PictureReader = ImageReader<PictureJob, Objects>;

/**
 * Reads files of pictures.
 * @param workers threads beside this one; 0: this one reads
 * @param shrink where files are kept smaller; absent: they are decoded each time, in full
 * @throws InputError for what is no number of threads
 */
export function fileReader(where: string, workers?: number, shrink?: ShrinkPlan): PictureReader {
  const module = join(__dirname, 'pictureWorker.js');
  const reader = imageReader(jobRunner({ where, workers, module, work, prepare: loadSharp }));
  return {
    read: (jobs, images) =>
      reader.read(
        jobs.map((job) => ({ ...job, shrink })),
        images,
      ),
    ahead: reader.ahead,
  };
}

/** Reads by a function of a sample, on this thread: no more than one picture is open at a time. */
export const readerByFunction = (open: OpenPicture): PictureReader => imageReader(ownRunner((job) => doPictureJob(job, open)));
