/** One image of a batch as plain data: decode the file, take the part of it that is seen, vary it by these draws. Any thread can do it. */
import { random, type StreamState } from '../../util/rng';
import { readPicture } from '../pictures/decodePicture';
import { greyOf } from '../pictures/greyOf';
import { readShrunk, type ShrinkPlan } from '../pictures/shrunkPicture';
import { viewPicture, writeBytes } from '../pictures/viewPicture';
import type { ReadImage } from '../workers/imageReader';
import { jitterColours } from './augmentation/colourJitter';
import { centreWindow, drawImageVariation, type FullAugmentation, type ImageVariation } from './augmentation/imageAugmentation';
import { type Operations, randAugmented } from './augmentation/randAugment/randAugment';

/** How every picture of a set is brought to its image. */
export interface ImageTreatment {
  /** [height, width] of the images. */
  readonly pixels: readonly [height: number, width: number];
  /** [height, width] that a picture covers of which the middle is taken. */
  readonly resize: readonly [height: number, width: number];
  readonly channels: 1 | 3;
  /** Absent: the file is decoded each time, in full. */
  readonly shrink?: ShrinkPlan | undefined;
  readonly augmentation: FullAugmentation;
}

/** What is to be done. */
export interface ImageJob extends ImageTreatment {
  /** Path of the file. */
  readonly file: string;
  /** What varies the image draws from here; absent: the image as it is for evaluation. */
  readonly draws?: StreamState;
}

/** Nothing is seen outside of a picture. */
const NOTHING = [0, 0, 0] as const;

/** Does a job; the picture is turned as its EXIF orientation says. @throws InputError naming the file */
export async function doImageJob(job: ImageJob): Promise<ReadImage<void>> {
  const { file, pixels, resize, shrink, channels, augmentation, draws } = job;
  const picture = await (shrink ? readShrunk(file, shrink) : readPicture(file, { upright: true }));
  const size = [picture.height, picture.width] as const;
  const centre = centreWindow(size, pixels, resize);
  const variation: ImageVariation = draws
    ? drawImageVariation(size, centre, augmentation, continued(draws))
    : { view: { window: centre }, jitter: [], operations: [] };
  const values = viewPicture(picture, pixels, variation.view, NOTHING);
  operate(values, pixels, variation.operations);
  jitterColours(values, variation.jitter);
  const bytes = new Uint8Array(pixels[0] * pixels[1] * channels);
  writeBytes(channels === 1 ? greyOf(values) : values, bytes);
  return { bytes, note: undefined };
}

/** On bytes, in place of the values. */
function operate(values: Float32Array, [height, width]: ImageTreatment['pixels'], operations: Operations): void {
  if (operations.length === 0) return;
  const bytes = new Uint8Array(values.length);
  writeBytes(values, bytes);
  values.set(randAugmented({ height, width, bytes }, operations));
}

function continued(draws: StreamState): ReturnType<ReturnType<typeof random>['stream']> {
  const stream = random(0).stream('');
  stream.restore(draws);
  return stream;
}
