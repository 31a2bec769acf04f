/** A data set of pictures with a class each on disk: what the layouts (`folder:PATH`, `csv:PATH`, `jsonl:PATH`) have in common. */
import { basename } from 'node:path';
import { refusePhrase } from '../../util/check';
import { canonicalJson, sha256 } from '../../util/hash';
import { random } from '../../util/rng';
import type { DatasetEntry } from '../datasetNames';
import { IMAGENET_NORMALISATION } from '../detection/detectionDataset';
import type { Dataset, DatasetOptions, ImageSource, Normalisation } from '../types';
import { fullAugmentation } from './augmentation/imageAugmentation';
import { checkImageOptions } from './checkImageOptions';
import { fileSource, imageFileReader } from './fileSource';
import { IMAGE_OPTIONS, imageSizes } from './imageDataOptions';
import type { ImageFiles } from './imageFiles';
import type { ImageTreatment } from './imageJob';
import { imageParts } from './imageParts';
import { keptStatistics, sampleStatistics } from './imageStatistics';

/** The entry of a layout. @param find the files of a path @param kind of it, in words: `a folder a class` */
export const imageEntry =
  (find: (path: string) => ImageFiles) =>
  (path: string): DatasetEntry => ({
    ownOptions: { names: IMAGE_OPTIONS, check: checkImageOptions },
    contents: () => find(path).contents,
    load: async (options) => imageDataset(path, find(path), options),
  });

/**
 * The data set. Its fingerprint is that of paths, sizes and classes of all files and of what is done with them: their bytes are not read for it.
 * @throws InputError for options that are none, and more images than there are
 */
async function imageDataset(path: string, files: ImageFiles, options: DatasetOptions): Promise<Dataset<ImageSource>> {
  checkImageOptions('loadDataset', options);
  const { workers, channels = 3, cache, onProgress, normalisation, seed = 0, ...asked } = options;
  const name = basename(path);
  for (const item of files.notes) onProgress?.({ stage: 'notice', item: `${name}: ${item}`, done: 0, total: 0 });
  const { split, ...parts } = imageParts(name, files, { ...asked, seed });
  if (parts.train.length === 0) throw refusePhrase(name, 'training images', 'none');
  const sizes = imageSizes(asked);
  const augmentation = fullAugmentation(asked.augmentation);
  const treatment: ImageTreatment = { ...sizes, channels, augmentation };
  const reader = imageFileReader('loadDataset', workers);
  const part = (numbers: Uint32Array): ImageSource => fileSource(files, numbers, treatment, reader);
  const [train, validation, test] = [part(parts.train), part(parts.validation), part(parts.test)];
  const plain = { ...treatment, augmentation: undefined };
  const chosen = [parts.train, parts.validation, parts.test].map((numbers) => sha256(bytesOf(numbers)));
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
    fingerprint: sha256(canonicalJson({ contents: files.contents, chosen, treatment, mean, std })),
  };
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Uint32Array): Uint8Array => new Uint8Array(buffer, byteOffset, byteLength);
