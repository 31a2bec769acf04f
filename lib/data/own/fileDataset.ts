/** A data set of pictures that are named one by one, or by a folder: decoded when they are needed, never all in memory. */
import { statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { isObject, knownKeys, listIn, refuse, refusePhrase, textIn } from '../../util/check';
import { tryFile } from '../../util/fileErrors';
import { checkImageOptions } from '../classification/checkImageOptions';
import { IMAGE_OPTIONS, type ImageDataOptions } from '../classification/imageDataOptions';
import { imageDataset } from '../classification/imageDataset';
import { type FilePart, type ImageFiles, imageFilesBuilder } from '../classification/imageFiles';
import { loadDataset } from '../index';
import { classLabels, type Label, labelIn } from './classLabels';
import { classNotes } from './classNotes';
import { PARTS } from './partNumbers';
import type { SourceDataset } from './sourceDataset';
import type { SplitShares } from './splitShares';

/** A picture's file with its label. */
export interface LabelledFile {
  readonly file: string;
  readonly label: Label;
}

/** Pictures by their files, or by a name of `loadDataset`: `folder:PATH`, `csv:PATH`, `jsonl:PATH`. */
export interface FileDatasetOptions extends Omit<ImageDataOptions, 'testShare' | 'classNames'> {
  readonly train: readonly LabelledFile[] | string;
  /** Default `split.validation` of the training images. */
  readonly validation?: readonly LabelledFile[];
  /** Default `split.test` of the training images. */
  readonly test?: readonly LabelledFile[];
  /** Names of the classes in the order of their numbers; default what the labels say. */
  readonly classes?: readonly string[];
  /** Default `own`; of `folder:PATH` the folder's. */
  readonly name?: string;
  /** As of images in memory. */
  readonly split?: { readonly test?: number; readonly validation?: number; readonly seed?: number };
  /** Threads that read pictures; as of `loadDataset`. */
  readonly workers?: number;
  /** Folder of the cache; as of `loadDataset`. */
  readonly cache?: string;
}

/** Whether images are named by files, and so read when they are needed. */
export const areFiles = (train: unknown): boolean =>
  typeof train === 'string' || (Array.isArray(train) && isObject(train[0]) && 'file' in train[0]);

const OWN = IMAGE_OPTIONS.filter((option) => option !== 'testShare');

/** @throws InputError naming part and number of a file that is not there, and for options that are none */
export async function fileDataset(options: FileDatasetOptions, name: string, shares: SplitShares): Promise<SourceDataset> {
  const { train } = options;
  const own = Object.fromEntries(OWN.flatMap((key) => (key in options ? [[key, options[key as keyof FileDatasetOptions]]] : [])));
  const { workers, cache } = options;
  const reading = {
    ...own,
    ...(workers === undefined ? {} : { workers }),
    ...(cache === undefined ? {} : { cache }),
    seed: shares.seed,
  };
  if (typeof train === 'string') return named(train, options, reading);
  knownKeys('dataset', options, [...PARTS, 'classes', 'name', 'split', 'workers', 'cache', ...OWN]);
  checkImageOptions('dataset', own);
  const files = imageFiles(options);
  const divided = options.test !== undefined;
  const kept = divided ? train.length : train.length - Math.round(shares.test * train.length);
  const held = options.validation ? {} : { validation: Math.round(shares.validation * kept) };
  const data = await imageDataset(name, files, { ...reading, ...held, ...(divided ? {} : { testShare: shares.test }) });
  return { ...data, source: `${name}, ${files.layout}`, notes: classNotes(data) };
}

async function named(train: string, options: FileDatasetOptions, reading: object): Promise<SourceDataset> {
  knownKeys('dataset', options, ['train', 'split', 'workers', 'cache', ...OWN]);
  if (!/^(folder|csv|jsonl):/.test(train)) {
    throw refuse('dataset: train', 'images with labels, or folder:PATH, csv:PATH, jsonl:PATH', train);
  }
  const { test, validation } = options.split ?? {};
  if (validation !== undefined)
    throw refusePhrase(
      'dataset: split: validation',
      `none of ${train}`,
      String(validation),
      'loadDataset takes a number of images',
    );
  const share = test === undefined ? {} : { testShare: test };
  const data = await loadDataset(train as `folder:${string}`, { ...reading, ...share });
  return { ...data, notes: classNotes(data) };
}

/** Files of all parts, below the folder that all are in. */
function imageFiles({ classes, ...given }: FileDatasetOptions): ImageFiles {
  const parts = PARTS.flatMap((part) => {
    const list = given[part];
    return list === undefined ? [] : [{ part, files: entriesOf(`dataset: ${part}`, list as readonly LabelledFile[]) }];
  });
  const { classNames, labels } = classLabels(
    'dataset',
    Object.fromEntries(parts.map((p) => [p.part, p.files.map(({ label }) => label)])),
    classes,
  );
  const folder = commonFolder(parts.flatMap(({ files }) => files.map(({ file }) => file)));
  const found = imageFilesBuilder();
  for (const [k, { part, files }] of parts.entries()) {
    const put: FilePart = part === 'train' && given.test === undefined ? 'any' : part;
    for (const [i, { file }] of files.entries()) {
      const stat = tryFile(file, 'a picture', () => statSync(file));
      const below = relative(folder, dirname(file)).split(sep).join('/');
      found.add({ part: put, label: labels[k]?.[i] as number, folder: below, name: basename(file), size: stat.size });
    }
  }
  const { hash: contents, ...files } = found.build();
  return { folder, classNames, ...files, contents, layout: 'files given in code', notes: [] };
}

function entriesOf(where: string, list: readonly unknown[]): LabelledFile[] {
  const entries = listIn(where, '{ file, label }', list).map((one, i): LabelledFile => {
    if (!isObject(one) || !('file' in one) || !('label' in one)) throw refuse(`${where}: image ${i}`, '{ file, label }', one);
    return {
      file: resolve(textIn(`${where}: image ${i}: file`, one['file'])),
      label: labelIn(`${where}: label ${i}`, one['label']),
    };
  });
  if (entries.length === 0) throw refusePhrase(where, 'files of pictures', 'none');
  return entries;
}

/** The deepest folder that has all of them. */
function commonFolder(files: readonly string[]): string {
  let common = dirname(files[0] as string).split(sep);
  for (const file of files) {
    const parts = dirname(file).split(sep);
    const same = common.findIndex((part, i) => parts[i] !== part);
    if (same >= 0) common = common.slice(0, same);
  }
  return join(sep, ...common);
}
