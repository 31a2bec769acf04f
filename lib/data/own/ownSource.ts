/** A source of somebody's own: labels that are known, and images that are read one by one when they are needed. */
import { tf } from '../../engine/tf';
import { integerIn, isObject, refuse, refusePhrase } from '../../util/check';
import { counted } from '../../util/text';
import type { ImageSource, Labels } from '../types';
import { type ByteScale, bytesOfScale, checkedShape } from './byteCollector';
import { type Label, type LabelList, labelIn, labelsIn } from './classLabels';
import { type OwnImage, type PixelShape, type PixelValues, pixelValues } from './pixelValues';

/** Images that are never all in memory: in a database, an archive, made as they are asked for. */
export interface OwnSource {
  /** The class of each image, by name or number: known before any image is read, so that parts can be taken and classes counted. */
  readonly labels: LabelList;
  /**
   * The image with this number, from 0: all of one size, and the same whenever it is asked for. Those of a batch are asked for at once, and
   * again in every epoch. A tensor is disposed of when it has been read.
   */
  read(index: number): OwnImage | Promise<OwnImage>;
  /** How many images; default as many as labels. */
  readonly length?: number;
}

/** Whether a part is such a source. */
export const isOwnSource = (part: unknown): part is OwnSource =>
  isObject(part) && typeof part['read'] === 'function' && !('images' in part);

/** Labels of a source. @throws InputError for none, those that are none, and another number than `length` */
export async function sourceLabels(where: string, { labels, length }: OwnSource): Promise<Label[]> {
  if (labels === undefined) {
    const hint = 'a source knows its labels before images are read: { labels, read }';
    throw refuse(`${where}: labels`, 'a list of class names or numbers', labels, hint);
  }
  const list = (await labelsIn(`${where}: labels`, labels)).map((label, i) => labelIn(`${where}: label ${i}`, label));
  if (list.length === 0) throw refusePhrase(where, 'images', 'none');
  const count = integerIn(`${where}: length`, length ?? list.length, 1);
  if (count !== list.length)
    throw refusePhrase(`${where}: labels`, `${counted(count, 'label')}, one an image`, String(list.length));
  return list;
}

/** One image of a source. @throws InputError naming `where` and the image for what is none; what `read` itself throws */
export async function imageOf(where: string, source: OwnSource, index: number, shape?: PixelShape): Promise<PixelValues> {
  const here = `${where}: image ${index}`;
  const image: unknown = await source.read(index);
  const pixels = await pixelValues(here, image, shape);
  if (image instanceof tf.Tensor) image.dispose();
  checkedShape(here, pixels.shape);
  return pixels;
}

/** How the images of all parts look. */
export interface SourceImages {
  readonly shape: PixelShape;
  readonly scale: ByteScale;
}

/** The images with these numbers as a source of bytes. @param labels of these images @throws InputError, when it is read, naming an image of another size or scale */
export function sourceOfBytes(
  where: string,
  source: OwnSource,
  numbers: Uint32Array,
  labels: Labels,
  { shape, scale }: SourceImages,
): ImageSource {
  const [height, width, channels] = shape;
  const size = height * width * channels;
  const bytesAt = async (index: number): Promise<Uint8Array> => {
    const number = numbers[integerIn('ImageSource: image', index, 0, numbers.length - 1)] as number;
    const pixels = await imageOf(where, source, number, shape);
    return bytesOfScale(`${where}: image ${number}`, pixels, shape, scale);
  };
  return {
    ...{ count: numbers.length, height, width, channels, labels },
    async read(indices) {
      const bytes = new Uint8Array(indices.length * size);
      const read = await Promise.allSettled(Array.from(indices, bytesAt));
      for (const [i, one] of read.entries()) {
        if (one.status === 'rejected') throw one.reason; // the first of the batch, whichever failed first
        bytes.set(one.value, i * size);
      }
      return bytes;
    },
  };
}
