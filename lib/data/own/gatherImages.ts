/** One part of a data set as somebody has it, gathered into memory: an image set, images beside labels, or images with their labels one by one. */
import { tf } from '../../engine/tf';
import { isObject, refuse, refusePhrase } from '../../util/check';
import { counted } from '../../util/text';
import { byteCollector, type Collected, checkedShape, tooLarge } from './byteCollector';
import { type Label, type LabelList, labelIn, labelsIn } from './classLabels';
import { type FlatPixels, isFlat, type OwnImage, type PixelShape, pixelValues } from './pixelValues';

/** An image with its label. */
export interface LabelledImage {
  readonly image: OwnImage;
  readonly label: Label;
}

/**
 * Images beside their labels. `images`: a tensor [count, height, width, channels], a list of images, or a flat array of all, one after the other;
 * an `ImageSet` is one of these.
 */
export interface ImagesWithLabels {
  readonly images: tf.Tensor | readonly OwnImage[] | FlatPixels;
  readonly labels: LabelList;
  readonly height?: number;
  readonly width?: number;
  readonly channels?: number;
}

/** Images of a part: beside their labels, or one by one with these, from a list, an iterator or an async iterator. */
export type OwnImages = ImagesWithLabels | Iterable<LabelledImage> | AsyncIterable<LabelledImage>;

/** A part in memory; its labels as they were given. */
export interface GatheredImages extends Collected {
  readonly labels: readonly Label[];
}

/** How images are gathered. */
export interface GatherOptions {
  /** Of flat images. */
  readonly shape?: PixelShape | undefined;
  /** Bytes of all images of a part. */
  readonly mostBytes: number;
}

const WHAT = 'images with labels: { images, labels }, or a list or iterator of { image, label }';

/**
 * All images of a part as bytes. Bytes that are given as a whole are not copied.
 * @throws InputError naming `where` and the image for what is none, several sizes or scales, and more bytes than there may be
 */
export async function gatherImages(where: string, part: unknown, options: GatherOptions): Promise<GatheredImages> {
  if (isObject(part) && 'images' in part && 'labels' in part) return fromWhole(where, part, options);
  if (typeof part === 'object' && part !== null && (Symbol.iterator in part || Symbol.asyncIterator in part)) {
    return fromEach(where, part as Iterable<unknown> | AsyncIterable<unknown>, options);
  }
  if (part instanceof tf.Tensor) throw refusePhrase(where, WHAT, 'a tensor alone', '{ images: tensor, labels }');
  throw refuse(where, WHAT, part);
}

async function fromEach(
  where: string,
  part: Iterable<unknown> | AsyncIterable<unknown>,
  { shape, mostBytes }: GatherOptions,
): Promise<GatheredImages> {
  const collector = byteCollector(where, mostBytes);
  const labels: Label[] = [];
  for await (const one of part) {
    const here = `${where}: image ${labels.length}`;
    if (!isObject(one) || !('image' in one) || !('label' in one)) throw refuse(here, '{ image, label }', one);
    collector.add(await pixelValues(here, one['image'], shape));
    labels.push(labelIn(`${where}: label ${labels.length}`, one['label']));
  }
  return { ...collector.finish(), labels };
}

async function fromWhole(
  where: string,
  part: Readonly<Record<string, unknown>>,
  options: GatherOptions,
): Promise<GatheredImages> {
  const labels = (await labelsIn(`${where}: labels`, part['labels'])).map((label, i) => labelIn(`${where}: label ${i}`, label));
  const gathered = await imagesOf(where, part, options, labels.length);
  if (gathered.count === labels.length) return { ...gathered, labels };
  throw refusePhrase(`${where}: labels`, `${counted(gathered.count, 'label')}, one an image`, String(labels.length));
}

async function imagesOf(
  where: string,
  { images, height, width, channels }: Readonly<Record<string, unknown>>,
  { shape: general, mostBytes }: GatherOptions,
  count: number,
): Promise<Collected> {
  const own = [height, width, channels] as unknown as PixelShape;
  const shape = own.every((side) => typeof side === 'number') ? own : general;
  if (isFlat(images)) return fromFlat(where, images, shape, count, mostBytes);
  if (images instanceof tf.Tensor) {
    if (images.isDisposed) throw refusePhrase(where, 'a tensor', 'one that was disposed of');
    if (images.rank !== 4) throw refuse(`${where}: images`, 'a tensor [count, height, width, channels]', images.shape);
    const [, ...rest] = images.shape as unknown as readonly [number, ...number[]];
    return fromFlat(
      where,
      Float32Array.from(await images.data()),
      rest as unknown as PixelShape,
      images.shape[0] as number,
      mostBytes,
    );
  }
  if (!Array.isArray(images)) throw refuse(`${where}: images`, 'a tensor, a list of images, or a flat array', images);
  const collector = byteCollector(where, mostBytes);
  for (const [i, image] of images.entries()) collector.add(await pixelValues(`${where}: image ${i}`, image, shape));
  return collector.finish();
}

function fromFlat(where: string, values: FlatPixels, given: PixelShape | undefined, count: number, most: number): Collected {
  if (!given) throw refusePhrase(where, 'the shape of flat images', 'none', 'shape: [height, width, channels] says it');
  const shape = checkedShape(where, given);
  const [height, width, channels] = shape;
  const size = height * width * channels;
  if (values.length !== count * size) {
    const wanted = `${count * size} numbers for ${counted(count, 'label')} and images of ${shape.join('×')}`;
    throw refusePhrase(`${where}: images`, wanted, String(values.length));
  }
  if (values.length > most) throw tooLarge(where, most);
  if (values instanceof Uint8Array) return { images: values, shape, count, scale: 255 };
  const collector = byteCollector(where, most);
  const areBytes = values instanceof Uint8ClampedArray;
  for (let i = 0; i < count; i++) collector.add({ shape, values: values.subarray(i * size, (i + 1) * size), areBytes });
  return collector.finish();
}
