/** One picture of a batch as plain data: open it, vary it and its objects by these draws. Any thread can do it. */
import type { Objects } from '../../detection/detections';
import { refusePhrase } from '../../util/check';
import { random, type StreamState } from '../../util/rng';
import { CHANNELS, pictureIn, type RgbPicture } from '../pictures/rgbPicture';
import type { ShrunkPicture } from '../pictures/shrunkPicture';
import type { ReadImage } from '../workers/imageReader';
import { drawVariation, plainVariation, type SsdAugmentation, writeVariation } from './augmentation/ssdAugmentation';
import type { DetectionSample } from './detectionSample';

/** How every picture of a set is brought to its image. */
export interface PictureTreatment {
  /** [height, width] of the images; pictures are squashed to it, whatever their proportions. */
  readonly pixels: readonly [height: number, width: number];
  readonly augmentation: SsdAugmentation;
  /** Around pictures that are seen from a distance: the mean of the data set, from 0 to 255. */
  readonly fill: readonly [number, number, number];
}

/** What is to be done. */
export interface PictureJob extends PictureTreatment {
  readonly sample: DetectionSample;
  /** What varies the image draws from here; absent: the picture as it is. */
  readonly draws?: StreamState;
}

/** Opens a picture of a sample. */
export type OpenPicture = (sample: DetectionSample) => OpenedPicture | Promise<OpenedPicture>;

/** Where a picture is not as large as its file, `original` is the size that boxes belong to. */
export type OpenedPicture = RgbPicture & Partial<Pick<ShrunkPicture, 'original'>>;

/** Does a job. @returns the image with its objects, in units of the image @throws InputError for a picture of another size than its annotation says */
export async function doPictureJob(job: PictureJob, open: OpenPicture): Promise<ReadImage<Objects>> {
  const { sample, pixels, augmentation, fill, draws } = job;
  const picture = await open(sample);
  pictureIn(sample.picture, picture);
  const { original = [picture.height, picture.width] } = picture;
  checkSize(sample, original);
  const variation = draws
    ? drawVariation(sample.objects, original, pixels, augmentation, continued(draws))
    : plainVariation(sample.objects, original, pixels);
  const bytes = new Uint8Array(pixels[0] * pixels[1] * CHANNELS);
  writeVariation(picture, pixels, variation, fill, bytes);
  return { bytes, note: variation.objects };
}

function continued(draws: StreamState): ReturnType<ReturnType<typeof random>['stream']> {
  const stream = random(0).stream('');
  stream.restore(draws);
  return stream;
}

function checkSize({ picture, size }: DetectionSample, [height, width]: readonly [number, number]): void {
  if (!size || (size[0] === height && size[1] === width)) return;
  const turned = size[0] === width && size[1] === height;
  const hint = turned ? 'height and width may have been exchanged, or the picture was turned after it was annotated' : undefined;
  throw refusePhrase(picture, `${size[1]}×${size[0]} pixels, as annotated`, `${width}×${height}`, hint);
}
