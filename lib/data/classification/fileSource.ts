/** Files of pictures as a source of equally sized images: each is decoded when it is needed, varied, and let go. */
import { join } from 'node:path';
import { integerIn } from '../../util/check';
import { loadSharp } from '../pictures/decodePicture';
import type { ImageSource, Labels } from '../types';
import { type ImageReader, imageReader } from '../workers/imageReader';
import { jobRunner } from '../workers/jobRunner';
import type { ImageFiles } from './imageFiles';
import { doImageJob, type ImageJob, type ImageTreatment } from './imageJob';

/** Reads files. @param workers threads beside this one; 0: this one reads @throws InputError for what is no number of threads */
export function imageFileReader(where: string, workers?: number): ImageReader<ImageJob, void> {
  const module = join(__dirname, 'imageWorker.js');
  return imageReader(jobRunner({ where, workers, module, work: doImageJob, prepare: loadSharp }));
}

/** The files with these numbers, in this order. @throws InputError, when it is read, naming the file that is no picture */
export function fileSource(
  files: ImageFiles,
  numbers: Uint32Array,
  treatment: ImageTreatment,
  reader: ImageReader<ImageJob, void>,
): ImageSource {
  const { pixels, channels } = treatment;
  const [height, width] = pixels;
  const readVaried = async (
    indices: Uint32Array,
    streamOf?: Parameters<NonNullable<ImageSource['readVaried']>>[1],
  ): Promise<Uint8Array> => {
    const bytes = new Uint8Array(indices.length * height * width * channels);
    const jobs = Array.from(indices, (index): ImageJob => {
      const number = numbers[integerIn('ImageSource: image', index, 0, numbers.length - 1)] as number;
      const draws = streamOf?.(index).state();
      return { ...treatment, file: join(files.folder, files.names.at(number)), ...(draws ? { draws } : {}) };
    });
    await reader.read(jobs, bytes);
    return bytes;
  };
  const labels = labelsOf(files, numbers);
  return { count: numbers.length, height, width, channels, labels, read: readVaried, readVaried, ahead: reader.ahead };
}

/** As wide as the number of classes asks for. */
function labelsOf({ classNames, labels }: ImageFiles, numbers: Uint32Array): Labels {
  const classes = classNames.length;
  const chosen = Int32Array.from(numbers, (i) => labels[i] as number);
  return classes <= 2 ** 8 ? Uint8Array.from(chosen) : classes <= 2 ** 16 ? Uint16Array.from(chosen) : chosen;
}
