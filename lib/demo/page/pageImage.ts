/** The part of a picture that a network sees, at its size: by the same steps as a data set's test images. */
import { centreWindow } from '../../data/classification/augmentation/imageAugmentation';
import { imageSet } from '../../data/images/imageSet';
import { greyOf } from '../../data/pictures/greyOf';
import type { RgbPicture } from '../../data/pictures/rgbPicture';
import { viewPicture, WHOLE, type Window, writeBytes } from '../../data/pictures/viewPicture';
import type { ImageSet } from '../../data/types';
import type { PageImageData } from '../pageData';

/** What is seen of a picture of this size; one that is as large as the image is seen whole. */
export function seenOf({ height, width }: Pick<RgbPicture, 'height' | 'width'>, { pixels, resize }: PageImageData): Window {
  const isImage = height === pixels[0] && width === pixels[1];
  return isImage ? WHOLE : centreWindow([height, width], pixels, resize);
}

/** A set of that one image. */
export function imageOfPicture(picture: RgbPicture, data: PageImageData): ImageSet {
  const { pixels, channels } = data;
  const [height, width] = pixels;
  const values = viewPicture(picture, pixels, { window: seenOf(picture, data) }, [0, 0, 0]);
  const bytes = new Uint8Array(height * width * channels);
  writeBytes(channels === 1 ? greyOf(values) : values, bytes);
  return imageSet('picture', bytes, new Uint8Array(1), { height, width, channels });
}
