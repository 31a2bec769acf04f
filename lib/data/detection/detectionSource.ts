/** Pictures with objects as a source of equally sized images: each is opened when it is needed, varied, and let go. */
import { integerIn, refuse, refusePhrase } from '../../util/check';
import { readBytes } from '../../util/files';
import { pictureHeader } from '../pictures/pictureHeader';
import { CHANNELS, type RgbPicture } from '../pictures/rgbPicture';
import type { ObjectSource, ReadObjects } from '../types';
import { inUnits } from './augmentation/viewedObjects';
import type { DetectionSample } from './detectionSample';
import type { OpenPicture, PictureJob, PictureTreatment } from './pictureJob';
import type { PictureReader } from './pictureReader';

/** Opens the files of pictures. @param decode of one format, or of several; what it refuses is refused with the file's name */
export function fromFiles(decode: (bytes: Uint8Array) => RgbPicture | Promise<RgbPicture>): OpenPicture {
  if (typeof decode !== 'function') throw refuse('fromFiles', 'a function of bytes', decode);
  return async ({ picture }) => {
    const bytes = readBytes(picture, 'a picture');
    pictureHeader(picture, bytes); // decoders differ in what they say of a file that was cut short, some say nothing
    try {
      return await decode(bytes);
    } catch (error) {
      throw refusePhrase(picture, 'a picture that can be decoded', (error as Error).message);
    }
  };
}

/** A source of the samples' pictures, in their order. @throws InputError, when it is read, for a picture of another size than its annotation says */
export function detectionSource(
  samples: readonly DetectionSample[],
  treatment: PictureTreatment,
  reader: PictureReader,
): ObjectSource {
  const [height, width] = treatment.pixels;
  for (const side of [height, width]) integerIn('detectionSource: pixels', side, 1);
  const size = height * width * CHANNELS;
  const readObjects: ObjectSource['readObjects'] = async (indices, streamOf) => {
    const bytes = new Uint8Array(indices.length * size);
    const jobs = Array.from(indices, (index): PictureJob => {
      const sample = samples[integerIn('detectionSource: image', index, 0, samples.length - 1)] as DetectionSample;
      const draws = streamOf?.(index).state();
      return { ...treatment, sample, ...(draws ? { draws } : {}) };
    });
    return { bytes, objects: await reader.read(jobs, bytes) } satisfies ReadObjects;
  };
  return {
    ...{ count: samples.length, height, width, channels: CHANNELS, labels: new Uint8Array(samples.length) },
    objects: samples.map(({ objects }) => objects),
    ...unitObjects(samples),
    readObjects,
    read: async (indices) => (await readObjects(indices)).bytes,
    ahead: reader.ahead,
  };
}

/** Where every annotation says how large its picture is. */
function unitObjects(samples: readonly DetectionSample[]): Pick<ObjectSource, 'unitObjects'> {
  const units = samples.flatMap(({ objects, size }) => (size ? [inUnits(objects, size)] : []));
  return units.length === samples.length ? { unitObjects: units } : {};
}
