/**
 * Pillow's ImageEnhance: an image and one without the property, blended by a factor f, 1 the image, 0 the other:
 *   x ← other + f (x − other), cut to 0 … 255, fractions cut off
 * Brightness: the other is black; colour: grey; contrast: the rounded mean of grey everywhere; sharpness: smoothed by (1 1 1, 1 5 1, 1 1 1) / 13, but
 * for the border, which stays.
 */
import { type ByteImage, luma } from './byteImage';

export const brightness = (image: ByteImage, factor: number): Uint8Array => blended(image, factor, () => 0);

export const colour = (image: ByteImage, factor: number): Uint8Array =>
  blended(image, factor, (i) => luma(image.bytes, i - (i % 3)));

export function contrast(image: ByteImage, factor: number): Uint8Array {
  const { bytes } = image;
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 3) sum += luma(bytes, at);
  const mean = Math.floor(sum / (bytes.length / 3) + 0.5);
  return blended(image, factor, () => mean);
}

export function sharpness(image: ByteImage, factor: number): Uint8Array {
  const smooth = smoothed(image);
  return blended(image, factor, (i) => smooth[i] as number);
}

/** @param other of the value at a place */
function blended({ bytes }: ByteImage, factor: number, other: (place: number) => number): Uint8Array {
  const out = new Uint8Array(bytes.length);
  const f = Math.fround(factor); // Pillow's factor is a float
  for (let i = 0; i < out.length; i++) {
    const from = other(i);
    const value = Math.fround(from + Math.fround(f * ((bytes[i] as number) - from)));
    out[i] = Math.trunc(Math.min(Math.max(value, 0), 255));
  }
  return out;
}

function smoothed({ height, width, bytes }: ByteImage): Uint8Array {
  const out = bytes.slice();
  const row = 3 * width;
  for (let y = 1; y < height - 1; y++) {
    for (let i = y * row + 3; i < (y + 1) * row - 3; i++) {
      let sum = 4 * (bytes[i] as number);
      for (const above of [i - row, i, i + row]) {
        sum += (bytes[above - 3] as number) + (bytes[above] as number) + (bytes[above + 3] as number);
      }
      out[i] = Math.floor(sum / 13 + 0.5);
    }
  }
  return out;
}
