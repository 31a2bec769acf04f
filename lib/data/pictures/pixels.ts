/** Sizes of images as options have them. */
import { integerIn, refuse } from '../../util/check';
import { LARGEST_SIDE } from './rgbPicture';

/** @throws InputError for what is no number of pixels, and no [height, width] */
export function checkPixels(where: string, pixels: unknown): void {
  const sides: readonly unknown[] = Array.isArray(pixels) ? pixels : [pixels];
  if (Array.isArray(pixels) && pixels.length !== 2) throw refuse(where, 'a number, or [height, width]', pixels);
  for (const side of sides) integerIn(where, side, 1, LARGEST_SIDE);
}
