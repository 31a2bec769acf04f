/** Images that are read with their objects: checked as they come. */

import type { Objects } from '../../detection/detections';
import { isObject, refuse, refusePhrase } from '../../util/check';
import { asBytes, sha256 } from '../../util/hash';
import type { RandomStream } from '../../util/rng';
import { counted } from '../../util/text';
import type { ImageSet, Images, ObjectSource } from '../types';
import { checkByteArray } from './checkImages';
import { imageSet } from './imageSet';

/** Whether images have objects. */
export const hasObjects = (images: Images): images is ObjectSource => 'readObjects' in images;

/**
 * The images with these numbers, in this order, in memory, with the objects of each.
 * @param streamOf see `ObjectSource.readObjects`
 * @throws InputError where the source answers with another number of bytes or objects; what it throws itself
 */
export async function readObjectsOf(
  source: ObjectSource,
  indices: Uint32Array,
  streamOf?: (index: number) => RandomStream,
): Promise<{ readonly set: ImageSet; readonly objects: readonly Objects[] }> {
  const where = 'ObjectSource.readObjects';
  const read = await source.readObjects(indices, streamOf);
  if (!isObject(read)) throw refuse(where, 'bytes and objects', read);
  const { bytes, objects } = read;
  checkByteArray(where, bytes);
  if (!Array.isArray(objects) || objects.length !== indices.length) {
    throw refusePhrase(where, `objects of ${counted(indices.length, 'image')}`, String(objects?.length));
  }
  const { height, width, channels } = source;
  return { set: imageSet(where, bytes, new Uint8Array(indices.length), { height, width, channels }), objects };
}

/** SHA-256 of the objects of all images: boxes, classes and marks. */
export function objectsHash(objects: readonly Objects[]): string {
  const bytes = (values: ArrayBufferView | undefined): Uint8Array => (values ? asBytes(values) : new Uint8Array(0));
  const parts = objects.flatMap(({ boxes, classes, difficult, crowd }) => [
    String(classes.length),
    ...[boxes, classes, difficult, crowd].map(bytes),
  ]);
  return sha256(...parts);
}
