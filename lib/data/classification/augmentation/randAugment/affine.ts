/**
 * Shear, translation and rotation as Pillow does them (Image.transform AFFINE, NEAREST; black where there is no image): the pixel at (x, y) is that at
 *   (a (x + ½) + b (y + ½) + c,  d (x + ½) + e (y + ½) + f)
 * with the fractions cut off. As in torchvision, shear keeps the upper left corner in its place, rotation the centre.
 * Deviation: in float64, where Pillow counts in 1/65536 of a pixel; places on the border of two pixels may fall to the other.
 */
import type { ByteImage } from './byteImage';

/** Where a pixel comes from. */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

export const shearX = (by: number): Affine => [1, by, 0, 0, 1, 0];
export const shearY = (by: number): Affine => [1, 0, 0, by, 1, 0];

/** Whole pixels, fractions cut off. */
export const translateX = (by: number): Affine => [1, 0, -Math.trunc(by), 0, 1, 0];
export const translateY = (by: number): Affine => [1, 0, 0, 0, 1, -Math.trunc(by)];

/** Degrees against the clock. */
export function rotate(degrees: number, { height, width }: Pick<ByteImage, 'height' | 'width'>): Affine {
  const angle = (-degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [x, y] = [width / 2, height / 2];
  return [cos, sin, x - cos * x - sin * y, -sin, cos, y + sin * x - cos * y];
}

/** A new image. */
export function transformed({ height, width, bytes }: ByteImage, [a, b, c, d, e, f]: Affine): Uint8Array {
  const out = new Uint8Array(bytes.length);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      const [fromX, fromY] = [a * (x + 0.5) + b * (y + 0.5) + c, d * (x + 0.5) + e * (y + 0.5) + f];
      if (fromX < 0 || fromY < 0 || fromX >= width || fromY >= height) continue;
      const from = 3 * (Math.trunc(fromY) * width + Math.trunc(fromX));
      for (let k = 0; k < 3; k++) out[at + k] = bytes[from + k] as number;
    }
  }
  return out;
}
