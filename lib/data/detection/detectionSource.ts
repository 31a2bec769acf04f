/** Pictures with objects as a source of equally sized images: each is opened when it is needed, varied, and let go. */
import type { Objects } from '../../detection/detections';
import { integerIn, refuse, refusePhrase } from '../../util/check';
import { readBytes } from '../../util/files';
import type { RandomStream } from '../../util/rng';
import { readPicture } from '../pictures/decodePicture';
import { pictureHeader } from '../pictures/pictureHeader';
import { CHANNELS, pictureIn, type RgbPicture } from '../pictures/rgbPicture';
import type { ObjectSource, ReadObjects } from '../types';
import {
  drawVariation,
  plainVariation,
  type SsdAugmentation,
  type Variation,
  writeVariation,
} from './augmentation/ssdAugmentation';
import { inUnits } from './augmentation/viewedObjects';
import type { DetectionSample } from './detectionSample';

/** Opens a picture of a sample. */
export type OpenPicture = (sample: DetectionSample) => RgbPicture | Promise<RgbPicture>;

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

/** Opens files of JPEG, PNG and WebP (`readPicture`), their pixels as they are stored. */
export const pictureFiles =
  (): OpenPicture =>
  ({ picture }) =>
    readPicture(picture);

/** Of `detectionSource`. */
export interface DetectionSourceOptions {
  readonly open: OpenPicture;
  /** [height, width] of the images; pictures are squashed to it, whatever their proportions. */
  readonly pixels: readonly [height: number, width: number];
  readonly augmentation: SsdAugmentation;
  /** Around pictures that are seen from a distance: the mean of the data set, from 0 to 255. */
  readonly fill: readonly [number, number, number];
}

/** A source of the samples' pictures, in their order. @throws InputError, when it is read, for a picture of another size than its annotation says */
export function detectionSource(samples: readonly DetectionSample[], options: DetectionSourceOptions): ObjectSource {
  const [height, width] = options.pixels;
  for (const side of [height, width]) integerIn('detectionSource: pixels', side, 1);
  const readObjects: ObjectSource['readObjects'] = async (indices, streamOf) => {
    const size = height * width * CHANNELS;
    const read = { bytes: new Uint8Array(indices.length * size), objects: [] as Objects[] };
    // One after the other: no more than one picture is open at a time.
    for (const [i, index] of indices.entries()) {
      const sample = samples[integerIn('detectionSource: image', index, 0, samples.length - 1)] as DetectionSample;
      const out = read.bytes.subarray(i * size, (i + 1) * size);
      read.objects.push(await readSample(sample, options, streamOf?.(index), out));
    }
    return read satisfies ReadObjects;
  };
  return {
    ...{ count: samples.length, height, width, channels: CHANNELS, labels: new Uint8Array(samples.length) },
    objects: samples.map(({ objects }) => objects),
    ...unitObjects(samples),
    readObjects,
    read: async (indices) => (await readObjects(indices)).bytes,
  };
}

/** Where every annotation says how large its picture is. */
function unitObjects(samples: readonly DetectionSample[]): Pick<ObjectSource, 'unitObjects'> {
  const units = samples.flatMap(({ objects, size }) => (size ? [inUnits(objects, size)] : []));
  return units.length === samples.length ? { unitObjects: units } : {};
}

async function readSample(
  sample: DetectionSample,
  { open, pixels, augmentation, fill }: DetectionSourceOptions,
  stream: RandomStream | undefined,
  out: Uint8Array,
): Promise<Objects> {
  const picture = await open(sample);
  pictureIn(sample.picture, picture);
  const { height, width } = picture;
  if (sample.size && (sample.size[0] !== height || sample.size[1] !== width)) {
    const turned = sample.size[0] === width && sample.size[1] === height;
    const hint = turned
      ? 'height and width may have been exchanged, or the picture was turned after it was annotated'
      : undefined;
    throw refusePhrase(sample.picture, `${sample.size[1]}×${sample.size[0]} pixels, as annotated`, `${width}×${height}`, hint);
  }
  const variation: Variation = stream
    ? drawVariation(sample.objects, [height, width], pixels, augmentation, stream)
    : plainVariation(sample.objects, [height, width], pixels);
  writeVariation(picture, pixels, variation, fill, out);
  return variation.objects;
}
