/**
 * Images of one size as bytes. Numbers that are no bytes by their type are taken for what they look like, all images together: none above 1, they are
 * in [0, 1] and 255 is white; else they are in [0, 255]. Both are rounded to whole numbers. Images of either kind in one set are refused, but for
 * those of zeros and ones alone, which are all but black among images to 255.
 */
import { type InputError, refusePhrase } from '../../util/check';
import { bytesText } from '../../util/text';
import type { PixelShape, PixelValues } from './pixelValues';

/** What is white in the numbers of all images: 255, or 1. */
export type ByteScale = 255 | 1;

/** What the numbers of an image looked like. */
type Scale = 'bytes' | 'to 255' | 'zeros and ones' | 'to 1';

/** All images. */
export interface Collected {
  readonly images: Uint8Array;
  readonly shape: PixelShape;
  readonly count: number;
  /** What was white before they became bytes. */
  readonly scale: ByteScale;
}

/** Collects images in their order. */
export interface ByteCollector {
  /** @param number of the image, for errors; default how many there are @throws InputError for another size than the first's, numbers that are no pixels, and more bytes than there may be */
  add(pixels: PixelValues, number?: number): void;
  /** @throws InputError for none, and for images of two scales */
  finish(): Collected;
}

/** @param where named in errors @param most bytes of all images */
export function byteCollector(where: string, most: number): ByteCollector {
  const images: Uint8Array[] = [];
  const scales: Scale[] = [];
  const numbers: number[] = [];
  let shape: PixelShape | undefined;
  let total = 0;

  function add(pixels: PixelValues, number = images.length): void {
    const here = `${where}: image ${number}`;
    shape ??= checkedShape(here, pixels.shape);
    checkSameShape(here, pixels.shape, shape, `image ${numbers[0] ?? number}`);
    total += pixels.values.length;
    if (total > most) throw tooLarge(where, most);
    const { bytes, scale } = lookedAt(here, pixels);
    images.push(bytes);
    scales.push(scale);
    numbers.push(number);
  }

  function finish(): Collected {
    if (!shape) throw refusePhrase(where, 'images', 'none');
    const reference = scales.findIndex((scale) => scale === 'bytes' || scale === 'to 255');
    for (const [i, bytes] of images.entries()) {
      if (reference < 0 || scales[i] === 'bytes' || scales[i] === 'to 255') continue;
      if (scales[i] === 'to 1') throw twoScales(where, numbers[i] as number, numbers[reference] as number);
      nearlyBlack(bytes);
    }
    const joined = new Uint8Array(total);
    for (const [i, bytes] of images.entries()) joined.set(bytes, i * bytes.length);
    return { images: joined, shape, count: images.length, scale: reference < 0 ? 1 : 255 };
  }
  return { add, finish };
}

/**
 * One image, where the scale of all is known.
 * @throws InputError for another size, numbers that are no pixels, and those of another scale
 */
export function bytesOfScale(where: string, pixels: PixelValues, shape: PixelShape, white: ByteScale): Uint8Array {
  checkSameShape(where, pixels.shape, shape, 'the others');
  const { bytes, scale } = lookedAt(where, pixels);
  if (scale === 'zeros and ones') return white === 1 ? bytes : nearlyBlack(bytes);
  if ((scale === 'to 1') === (white === 1)) return bytes;
  throw refusePhrase(where, `numbers in [0, ${white}], as the others`, scale === 'to 1' ? 'none above 1' : 'numbers above 1');
}

/** Zeros and ones were taken for black and white, and are all but black among images to 255. */
function nearlyBlack(bytes: Uint8Array): Uint8Array {
  for (let k = 0; k < bytes.length; k++) bytes[k] = bytes[k] === 0 ? 0 : 1;
  return bytes;
}

function checkSameShape(where: string, shape: PixelShape, like: PixelShape, whose: string): void {
  if (shape.join() === like.join()) return;
  const hint = 'bring all to one size first, or give files, which are resized: { file, label }';
  throw refusePhrase(where, `${like.join('×')}, as ${whose}`, shape.join('×'), hint);
}

/** @throws InputError for a side of no pixel */
export function checkedShape(where: string, shape: PixelShape): PixelShape {
  if (shape.length === 3 && shape.every((side) => Number.isInteger(side) && side >= 1 && side <= 65_536)) return shape;
  throw refusePhrase(where, 'height, width and channels from 1', shape.join('×'));
}

/** @throws InputError for a shape that is none */
export function checkShapeOption(where: string, shape: unknown): void {
  if (shape !== undefined) checkedShape(where, Array.isArray(shape) ? (shape as unknown as PixelShape) : [0, 0, 0]);
}

/** The error for more bytes than there may be. */
export const tooLarge = (where: string, most: number): InputError =>
  refusePhrase(
    where,
    `at most ${bytesText(most)} of images in memory`,
    'more',
    'give files, which are read as they are needed, or mostBytes',
  );

function twoScales(where: string, unit: number, other: number): InputError {
  const hint = 'multiply the former by 255';
  return refusePhrase(where, 'images of one scale', `image ${unit} in [0, 1] and image ${other} in [0, 255]`, hint);
}

const lookedAt = (where: string, pixels: PixelValues): { readonly bytes: Uint8Array; readonly scale: Scale } =>
  pixels.areBytes ? { bytes: Uint8Array.from(pixels.values), scale: 'bytes' } : rounded(where, pixels);

function rounded(where: string, { values }: PixelValues): { readonly bytes: Uint8Array; readonly scale: Scale } {
  let [most, whole] = [0, true];
  for (let k = 0; k < values.length; k++) {
    const value = values[k] as number;
    if (!(value >= 0 && value <= 255)) throw noPixel(where, value);
    if (value > most) most = value;
    whole &&= Number.isInteger(value);
  }
  const factor = most > 1 ? 1 : 255;
  const bytes = new Uint8Array(values.length);
  for (let k = 0; k < values.length; k++) bytes[k] = Math.round(factor * (values[k] as number));
  return { bytes, scale: most > 1 ? 'to 255' : whole ? 'zeros and ones' : 'to 1' };
}

function noPixel(where: string, value: number): InputError {
  const hint = value < 0 ? 'images are given as they are before mean and deviation, which are computed here' : undefined;
  return refusePhrase(
    where,
    'numbers in [0, 255] or all in [0, 1]',
    String(value),
    value > 255 ? 'divide those of 16 bits by 257' : hint,
  );
}
