/** A data set of pictures with a class each on disk: what the layouts (`folder:PATH`, `csv:PATH`, `jsonl:PATH`) have in common. */

import { statfsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { refusePhrase } from '../../util/check';
import { cacheFolder } from '../../util/folders';
import { asBytes, canonicalJson, sha256 } from '../../util/hash';
import { IMAGENET_NORMALISATION } from '../../util/images/imageNormalisation';
import { makeFolder } from '../../util/lockFile.cjs';
import { random } from '../../util/rng';
import { bytesText } from '../../util/text';
import type { DatasetEntry } from '../datasetNames';
import { CHANNELS } from '../pictures/rgbPicture';
import type { ShrinkPlan } from '../pictures/shrunkPicture';
import type { Dataset, DatasetOptions, ImageSource, Normalisation } from '../types';
import { fullAugmentation } from './augmentation/imageAugmentation';
import { checkImageOptions } from './checkImageOptions';
import { fileSource, imageFileReader } from './fileSource';
import { IMAGE_OPTIONS, type ImageDataOptions, imageSizes } from './imageDataOptions';
import type { ImageFiles } from './imageFiles';
import type { ImageTreatment } from './imageJob';
import { imageParts } from './imageParts';
import { imagePictures } from './imagePictures';
import { keptStatistics, sampleStatistics } from './imageStatistics';

/** The entry of a layout. @param find the files of a path @param more options of the layout */
export const imageEntry =
  (find: (path: string, options: ImageDataOptions) => ImageFiles, more: readonly (keyof ImageDataOptions)[] = []) =>
  (path: string): DatasetEntry => ({
    ownOptions: { names: [...IMAGE_OPTIONS, ...more], check: checkImageOptions },
    contents: () => find(path, {}).contents,
    pictures: (options) => imagePictures(find(path, options)),
    async load(options) {
      checkImageOptions('loadDataset', options);
      return imageDataset(path, find(path, options), options);
    },
  });

/**
 * The data set. Its fingerprint is that of paths, sizes and classes of all files and of what is done with them: their bytes are not read for it.
 * @throws InputError for options that are none, and more images than there are
 */
export async function imageDataset(
  path: string,
  files: ImageFiles,
  options: DatasetOptions & ImageDataOptions,
): Promise<Dataset<ImageSource>> {
  const { workers, channels = 3, cache, onProgress, normalisation, seed = 0, ...asked } = options;
  const name = basename(path);
  for (const item of files.notes) onProgress?.({ stage: 'notice', item: `${name}: ${item}`, done: 0, total: 0 });
  const { split, ...parts } = imageParts(name, files, { ...asked, seed });
  const sizes = imageSizes(asked);
  const augmentation = fullAugmentation(asked.augmentation);
  const { shrink } = asked;
  const plan = shrink === undefined ? undefined : shrinkPlan(name, files.labels.length, shrink, sizes.resize, cache);
  const treatment: ImageTreatment = { ...sizes, channels, augmentation, shrink: plan };
  const reader = imageFileReader('loadDataset', workers);
  const part = (numbers: Uint32Array): ImageSource => fileSource(files, numbers, treatment, reader);
  const [train, validation, test] = [part(parts.train), part(parts.validation), part(parts.test)];
  const plain = { ...treatment, shrink, augmentation: undefined };
  const chosen = [parts.train, parts.validation, parts.test].map((numbers) => sha256(asBytes(numbers)));
  const statistics = (): Promise<Normalisation> => {
    onProgress?.({ stage: 'notice', item: `${name}: mean and deviation of a sample of the training images`, done: 0, total: 0 });
    return keptStatistics(canonicalJson([files.contents, chosen[0], plain, seed]), cache, () =>
      sampleStatistics(train, random(seed)),
    );
  };
  const { mean, std } =
    normalisation === undefined ? await statistics() : normalisation === 'imagenet' ? IMAGENET_NORMALISATION : normalisation;
  return {
    ...{ name, classNames: files.classNames, train, validation, test, mean, std },
    augmentation: { pad: 0, flip: false }, // images vary as their source says
    source: `${name}, ${files.layout}`,
    split,
    fingerprint: sha256(canonicalJson({ contents: files.contents, chosen, treatment: { ...plain, augmentation }, mean, std })),
  };
}

/**
 * Where pictures are kept, below the cache, and how large.
 * @throws InputError where they would not fit on the disk: three bytes a pixel, of pictures of 3:4
 */
function shrinkPlan(
  where: string,
  count: number,
  times: number,
  resize: readonly [number, number],
  cache: string | undefined,
): ShrinkPlan {
  const most = [Math.ceil(times * resize[0]), Math.ceil(times * resize[1])] as const;
  const folder = join(cacheFolder(cache), 'pictures');
  makeFolder(folder);
  const { bavail, bsize } = statfsSync(folder);
  const bytes = count * (4 / 3) * CHANNELS * most[0] * most[1];
  if (bytes <= bavail * bsize) return { most, folder, cover: true };
  const hint = 'a smaller shrink or resize, another folder (cache, IEKD_CACHE), or none';
  throw refusePhrase(`${where}: shrink`, `room for ${bytesText(bytes)} in ${folder}`, bytesText(bavail * bsize), hint);
}
