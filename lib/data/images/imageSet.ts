/** Image sets as values: made with a check, looked into, selected from. */
import { integerIn, isObject, knownKeys, refuse, refusePhrase, textIn } from '../../util/check';
import { random } from '../../util/rng';
import type { ImageSet, ImageShape, Labels } from '../types';
import { checkByteArray, checkLabels, imagesIn, labelIn } from './checkImages';

const CALL = 'imageSet("mine", images, labels, { height, width, channels })';

/**
 * An image set of `labels.length` images.
 * @param where named in errors
 * @param images bytes, [count, height, width, channels]
 * @throws InputError for pixels that are no bytes or not as many, labels that are no class numbers, sizes below 1
 */
export function imageSet(where: string, images: Uint8Array, labels: Labels, shape: ImageShape): ImageSet {
  if (typeof where !== 'string') throw refuse('imageSet: where', 'a text that names the set in errors', where, CALL);
  textIn('imageSet: where', where);
  if (!isObject(shape)) throw refuse(where, '{ height, width, channels }', shape);
  const { height, width, channels } = shape;
  for (const [name, size] of Object.entries({ height, width, channels })) integerIn(`${where}: ${name}`, size, 1);
  checkByteArray(`${where}: images`, images);
  checkLabels(`${where}: labels`, labels);
  const bytes = labels.length * height * width * channels;
  if (images.length !== bytes) {
    const expected = `${bytes} bytes for ${labels.length} images of ${height}×${width}×${channels}`;
    throw refusePhrase(where, expected, `${images.length} bytes`);
  }
  return { images, labels, count: labels.length, height, width, channels };
}

/** Bytes of one image, [height, width, channels]: a view, not a copy. */
export function imageAt(set: ImageSet, index: number): Uint8Array {
  imagesIn('imageAt', set);
  const size = set.height * set.width * set.channels;
  const at = integerIn('imageAt', index, 0, set.count - 1) * size;
  return set.images.subarray(at, at + size);
}

/** The images with these numbers, in this order, copied. */
export function select(set: ImageSet, indices: ArrayLike<number>): ImageSet {
  imagesIn('select', set);
  if (!Array.isArray(indices) && !ArrayBuffer.isView(indices)) throw refuse('select', 'a list of image numbers', indices);
  const size = set.height * set.width * set.channels;
  const images = new Uint8Array(indices.length * size);
  const labels = sameWidth(set.labels, indices.length);
  for (let i = 0; i < indices.length; i++) {
    images.set(imageAt(set, indices[i] as number), i * size);
    labels[i] = set.labels[indices[i] as number] as number;
  }
  return imageSet('select', images, labels, set);
}

function sameWidth(labels: Labels, length: number): Labels {
  if (labels instanceof Uint8Array) return new Uint8Array(length);
  return labels instanceof Uint16Array ? new Uint16Array(length) : new Int32Array(length);
}

/** Numbers of the images of each class, ascending; an array for every class up to the largest label. */
export function byClass(labels: Labels): number[][] {
  const classes: number[][] = [];
  for (let i = 0; i < labels.length; i++) {
    const label = labelIn(`labels: image ${i}`, labels[i]);
    while (classes.length <= label) classes.push([]);
    (classes[label] as number[]).push(i);
  }
  return classes;
}

/** Options of `sampleImages`. */
export interface SampleOptions {
  /** Images of each class; default 8. */
  readonly perClass?: number;
  /** Which ones; default 0. */
  readonly seed?: number;
}

/** Some images of each class, class by class: the rows of an image grid. Drawn from the streams `sample/<class>`. */
export function sampleImages(set: ImageSet, options: SampleOptions = {}): ImageSet {
  knownKeys('sampleImages', options, ['perClass', 'seed']);
  imagesIn('sampleImages', set);
  const { perClass = 8, seed = 0 } = options;
  const source = random(seed).child('sample');
  const chosen = byClass(set.labels).flatMap((members, label) => {
    if (members.length === 0) {
      throw refusePhrase(
        'sampleImages',
        'images of every class',
        `none of class ${label}`,
        'select takes images by their numbers',
      );
    }
    integerIn(`sampleImages: perClass (class ${label} has ${members.length} images)`, perClass, 1, members.length);
    const order = source.stream(String(label)).permutation(members.length);
    return Array.from(order.subarray(0, perClass), (i) => members[i] as number);
  });
  return select(set, chosen);
}
