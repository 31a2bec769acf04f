/** A data set for detection: three parts of samples, read as they are needed, with what training and tables ask of any data set. */

import { join } from 'node:path';
import { knownKeys, listIn, neededKeys, numberIn, objectsIn, refuse } from '../../util/check';
import { cacheFolder } from '../../util/folders';
import { canonicalJson, sha256 } from '../../util/hash';
import { IMAGENET_NORMALISATION } from '../../util/images/imageNormalisation';
import { objectsHash } from '../images/objectSource';
import type { ShrinkPlan } from '../pictures/shrunkPicture';
import type { Dataset, Normalisation, ObjectSource } from '../types';
import { SSD_AUGMENTATION, type SsdAugmentation } from './augmentation/ssdAugmentation';
import type { DetectionSample } from './detectionSample';
import { detectionSource } from './detectionSource';
import type { OpenPicture } from './pictureJob';
import { fileReader, readerByFunction } from './pictureReader';

/** What a data set is made of. */
export interface DetectionDatasetOptions {
  readonly name: string;
  readonly classNames: readonly string[];
  readonly train: readonly DetectionSample[];
  /** Default none. */
  readonly validation?: readonly DetectionSample[];
  readonly test: readonly DetectionSample[];
  /** Default: files of JPEG, PNG and WebP are read by `workers` threads (`readPicture`). A function of your own runs on the main thread. */
  readonly open?: OpenPicture;
  /** Threads that read files, without `open`; 0: none but the main one. Default IEKD_WORKERS, else one less than there are cores, at least 1. */
  readonly workers?: number;
  /** Files are shrunk to so many times `pixels` first, once, and kept in the cache; see `ObjectDataOptions`. Without `open` only. */
  readonly shrink?: number;
  /** Folder of the cache; default $IEKD_CACHE, else `data/cache` of the project. */
  readonly cache?: string;
  /** [height, width] of the images. */
  readonly pixels: readonly [height: number, width: number];
  /** Default SSD's. */
  readonly augmentation?: SsdAugmentation;
  /** Default ImageNet's. */
  readonly normalisation?: Normalisation;
  /** Where it came from, in a sentence. */
  readonly source: string;
}

/** The data set. Its fingerprint is that of ids, objects, sizes and variation: bytes of pictures are not read for it. @throws InputError for options that are missing or none */
export function detectionDataset(options: DetectionDatasetOptions): Dataset<ObjectSource> {
  checkOptions(options);
  const {
    name,
    classNames,
    open,
    pixels,
    source,
    augmentation = SSD_AUGMENTATION,
    normalisation = IMAGENET_NORMALISATION,
  } = options;
  const fill = normalisation.mean.map((mean) => 255 * mean) as unknown as readonly [number, number, number];
  const parts = { train: options.train, validation: options.validation ?? [], test: options.test };
  const { workers, shrink, cache } = options;
  const plan = shrink === undefined ? undefined : shrinkPlan(shrink, pixels, cache);
  const reader = open ? readerByFunction(open) : fileReader('detectionDataset', workers, plan);
  const part = (samples: readonly DetectionSample[]): ObjectSource =>
    detectionSource(samples, { pixels, augmentation, fill }, reader);
  const contents = Object.values(parts).flatMap((samples) => [
    canonicalJson(samples.map(({ id, size = [0, 0] }) => [id, ...size])),
    objectsHash(samples.map(({ objects }) => objects)),
  ]);
  return {
    name,
    classNames,
    train: part(parts.train),
    validation: part(parts.validation),
    test: part(parts.test),
    ...normalisation,
    augmentation: { pad: 0, flip: false }, // images vary as their source says
    source,
    split: `${parts.train.length} / ${parts.validation.length} / ${parts.test.length}, as given`,
    fingerprint: sha256(canonicalJson({ classNames, pixels, augmentation, fill, shrink }), ...contents),
  };
}

/** Where pictures are kept, below the cache. */
function shrinkPlan(times: number, [height, width]: readonly [number, number], cache?: string): ShrinkPlan {
  return { most: [Math.ceil(times * height), Math.ceil(times * width)], folder: join(cacheFolder(cache), 'pictures') };
}

const KNOWN = [
  ...[
    'name',
    'classNames',
    'train',
    'validation',
    'test',
    'open',
    'workers',
    'shrink',
    'cache',
    'pixels',
    'augmentation',
    'normalisation',
  ],
  'source',
];

function checkOptions(options: DetectionDatasetOptions): void {
  const where = 'detectionDataset';
  knownKeys(where, options, KNOWN);
  neededKeys(where, options, ['name', 'classNames', 'train', 'test', 'pixels', 'source']);
  listIn(`${where}: classNames`, 'names', options.classNames);
  for (const part of ['train', 'validation', 'test'] as const) {
    if (options[part] !== undefined) objectsIn(`${where}: ${part}`, 'samples', options[part], ['id', 'picture', 'objects']);
  }
  const { open, workers, shrink } = options;
  if (open !== undefined && typeof open !== 'function')
    throw refuse(`${where}: open`, 'a function of a sample, as fromFiles(decode)', open);
  if (open !== undefined && workers) throw refuse(`${where}: workers`, 'none where open is a function', workers);
  if (shrink !== undefined) numberIn(`${where}: shrink`, shrink, 1, 16);
  if (open !== undefined && shrink) throw refuse(`${where}: shrink`, 'none where open is a function', shrink);
  const { pixels } = options;
  if (!Array.isArray(pixels) || pixels.length !== 2) throw refuse(`${where}: pixels`, '[height, width]', pixels);
}
