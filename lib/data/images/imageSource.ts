/** Images that are read when they are needed: checked as they come, and taken into memory. */
import { objectIn, refuse, refusePhrase } from '../../util/check';
import type { RandomStream } from '../../util/rng';
import type { ImageSet, ImageSource, Images, Labels } from '../types';
import { checkByteArray } from './checkImages';
import { imageSet, select } from './imageSet';

/** Whether all bytes are in memory already. */
export const isInMemory = (images: Images): images is ImageSet => 'images' in images;

/**
 * The images with these numbers, in this order, as a set in memory.
 * @throws InputError for what are no images or numbers, and where a source answers with another number of bytes; what the source itself throws
 */
export async function readImages(images: Images, indices: Uint32Array): Promise<ImageSet> {
  objectIn('readImages', 'images', images, ['count', 'height', 'width', 'channels', 'labels']);
  if (!(indices instanceof Uint32Array)) throw refuse('readImages: indices', 'a Uint32Array', indices);
  return isInMemory(images) ? select(images, indices) : readSource(images, indices);
}

/** As `readImages`, of a source. @param streamOf what varies an image draws from its stream, where the source varies its images itself */
export async function readSource(
  source: ImageSource,
  indices: Uint32Array,
  streamOf?: (index: number) => RandomStream,
): Promise<ImageSet> {
  const { height, width, channels, labels } = source;
  const bytes = await (streamOf && source.readVaried ? source.readVaried(indices, streamOf) : source.read(indices));
  checkByteArray('ImageSource.read', bytes);
  const expected = indices.length * height * width * channels;
  if (bytes.length !== expected) {
    const wanted = `${expected} bytes for ${indices.length} images of ${height}×${width}×${channels}`;
    throw refusePhrase('ImageSource.read', wanted, `${bytes.length} bytes`);
  }
  return imageSet('ImageSource.read', bytes, chosen(labels, indices), source);
}

/** Four bytes a label hold every class number. */
const chosen = (labels: Labels, indices: Uint32Array): Int32Array => Int32Array.from(indices, (i) => labels[i] as number);
