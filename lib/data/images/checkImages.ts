/** Whether pixels are bytes and labels are class numbers: what arrays of both look like when they were made by somebody else. */
import { integerIn, isObject, refuse, refusePhrase } from '../../util/check';
import { counted } from '../../util/text';
import type { ImageSet, ImageSource, Images } from '../types';

const LABEL_ARRAYS = 'a Uint8Array, Uint16Array or Int32Array of class numbers';
/** Pixels of a side, and channels. */
const LARGEST = 65_536;
/** No data set has more classes. */
const MOST_CLASSES = 1_000_000;

/** The first class number of which there is none. */
export const labelIn = (where: string, label: unknown): number => integerIn(where, label, 0, MOST_CLASSES - 1);

/** @throws InputError for another kind of array than a labels' one, and for labels that are no class numbers, naming the first image */
export function checkLabels(where: string, labels: unknown): void {
  const known = labels instanceof Uint8Array || labels instanceof Uint16Array || labels instanceof Int32Array;
  const isList = Array.isArray(labels) || (ArrayBuffer.isView(labels) && 'length' in labels);
  if (!known && !isList) throw refuse(where, LABEL_ARRAYS, labels);
  const list = labels as ArrayLike<unknown>;
  if (!(labels instanceof Uint8Array)) {
    for (let i = 0; i < list.length; i++) {
      if (!isLabel(list[i])) throw refuse(`${where}: image ${i}`, 'a class number, whole and from 0', list[i]);
    }
  }
  if (!known) throw refuse(where, 'a Uint8Array, Uint16Array or Int32Array', labels, 'Int32Array.from(labels) makes one');
}

const isLabel = (label: unknown): boolean =>
  typeof label === 'number' && Number.isInteger(label) && label >= 0 && label < MOST_CLASSES;

/**
 * Images by their sizes, without a look at a pixel or a label: of no cost, so that whoever reads images can ask.
 * @throws InputError naming `where` and the entry
 */
export function imagesIn(where: string, value: unknown): Images {
  if (!isObject(value)) throw refuse(where, 'images with labels; imageSet makes them', value);
  if ('train' in value)
    throw refusePhrase(where, 'images with labels', 'a whole data set', 'give one of its parts, as data.test');
  const { images, labels, read, ...sizes } = value as Partial<ImageSet & ImageSource>;
  for (const size of ['height', 'width', 'channels'] as const) integerIn(`${where}: ${size}`, sizes[size], 1, LARGEST);
  const { height = 1, width = 1, channels = 1 } = sizes;
  const count = integerIn(`${where}: count`, sizes.count);
  const found = ArrayBuffer.isView(labels) || Array.isArray(labels) ? labels.length : undefined;
  if (found === undefined) throw refuse(`${where}: labels`, LABEL_ARRAYS, labels);
  if (found !== count) throw refusePhrase(`${where}: labels`, counted(count, 'label'), String(found));
  if (!('images' in value) && typeof read === 'function') return value as unknown as ImageSource;
  checkByteArray(`${where}: images`, images);
  const bytes = count * height * width * channels;
  if (images.length !== bytes) throw refusePhrase(`${where}: images`, counted(bytes, 'byte'), String(images.length));
  return value as unknown as ImageSet;
}

/** @throws InputError for pixels that look as if they were in [0, 1] */
export function checkBytes(where: string, images: Uint8Array): void {
  if (images.length > 0 && largest(images) <= 1) {
    throw refusePhrase(where, 'bytes from 0 to 255', 'none above 1', 'pixels in [0, 1] are multiplied by 255 and rounded first');
  }
}

/** @throws InputError for numbers of another kind, saying how bytes are made of them */
export function checkByteArray(where: string, images: unknown): asserts images is Uint8Array {
  if (images instanceof Uint8Array) return;
  const floats = images instanceof Float32Array || images instanceof Float64Array || Array.isArray(images);
  const scaled = floats && largest(images) <= 1;
  const hint = scaled ? 'Uint8Array.from(pixels, (p) => Math.round(255 * p))' : 'Uint8Array.from(pixels)';
  throw refuse(where, 'bytes from 0 to 255 in a Uint8Array', images, floats || ArrayBuffer.isView(images) ? hint : undefined);
}

/** The first value above 1, or else the largest. */
function largest(values: ArrayLike<number>): number {
  let most = -Infinity;
  for (let i = 0; i < values.length && !(most > 1); i++) most = Math.max(most, values[i] as number);
  return most;
}
