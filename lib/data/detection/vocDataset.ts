/**
 * `voc:PATH`: a folder in VOC's layout (`vocFolder`), or a `VOCdevkit` with one a year. Of several years, each part is the lists of that
 * name of all years that have one with annotations: trained on 2007's and 2012's `trainval`, tested on 2007's `test`, as the field does
 * ("07+12"; of 2012's test there are no annotations). Where no `test` has annotations, `train` and `val`.
 */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { refusePhrase } from '../../util/check';
import { tryFile } from '../../util/fileErrors';
import { readText } from '../../util/files';
import { listed } from '../../util/names';
import type { DatasetEntry } from '../datasetNames';
import { folderContents } from '../folderContents';
import type { DatasetOptions } from '../types';
import type { BadBoxes, DetectionSample } from './detectionSample';
import { joinSamples } from './joinSamples';
import { checkObjectOptions, OBJECT_OPTIONS } from './objectDataOptions';
import { type FoundParts, objectDataset, objectPictures } from './objectDataset';
import { idsOfList, VOC_CLASSES, vocFolder, vocList } from './vocFolder';

/** The data set at a path. */
export const vocDataset = (path: string): DatasetEntry => ({
  ownOptions: { names: OBJECT_OPTIONS, check: checkObjectOptions },
  contents: () => folderContents(path, yearsIn(path).flatMap(textsOf)),
  pictures: (options) => objectPictures(findParts(path, options, () => undefined)),
  load: async (options) => objectDataset(path, options, (badBoxes) => findParts(path, options, badBoxes)),
});

/** Whoever has classes of his own sees it first. */
const VOC_TEXT = "one of VOC's classes, as neither the option classNames nor a file classes.txt in the folder names others:";

function findParts(path: string, { lists = {}, origin, ...options }: DatasetOptions, badBoxes: BadBoxes): FoundParts {
  const years = yearsIn(path);
  const given = options.classNames ?? classesOf(path);
  const classes = given ? { classNames: given } : { classNames: VOC_CLASSES, classesText: VOC_TEXT };
  const standard = standardLists(years);
  const names = { train: lists.train ?? standard.train, validation: lists.validation, test: lists.test ?? standard.test };
  const part = (list: string | undefined): readonly DetectionSample[] => {
    if (list === undefined) return [];
    const [first, ...others] = yearsOf(path, years, list).map((year) =>
      vocFolder(year, list, { ...classes, badBoxes, ...(origin === undefined ? {} : { origin }) }),
    );
    return first ? joinSamples(first, ...others).samples : [];
  };
  return {
    classNames: classes.classNames,
    parts: { train: part(names.train), validation: part(names.validation), test: part(names.test) },
    layout: `VOC's layout${years.length > 1 ? ` (${listed(years.map((year) => basename(year)))})` : ''}`,
    lists: `${names.train} / ${names.validation ?? 'none'} / ${names.test}`,
  };
}

/** Lists and annotations of a year. */
const textsOf = (year: string): string[] =>
  [join(year, 'ImageSets', 'Main'), join(year, 'Annotations')].flatMap((folder) =>
    tryFile(folder, "a folder in VOC's layout", () => readdirSync(folder))
      .filter((name) => /[.](txt|xml)$/.test(name))
      .sort()
      .map((name) => join(folder, name)),
  );

const isYear = (folder: string): boolean => existsSync(join(folder, 'ImageSets', 'Main'));

/** The folders with lists: the path itself, or those in it or in its `VOCdevkit`. */
function yearsIn(path: string): readonly string[] {
  if (isYear(path)) return [path];
  for (const folder of [path, join(path, 'VOCdevkit')]) {
    if (folder !== path && !existsSync(folder)) continue;
    const names = tryFile(folder, "a folder in VOC's layout", () => readdirSync(folder));
    const years = names
      .sort()
      .map((name) => join(folder, name))
      .filter(isYear);
    if (years.length > 0) return years;
  }
  throw refusePhrase(path, 'a folder with ImageSets/Main, or a VOCdevkit with such folders', 'none');
}

/** Whether the list is there and the first of its pictures has an annotation. */
function isAnnotated(year: string, list: string): boolean {
  if (!existsSync(vocList(year, list))) return false;
  const [first] = idsOfList(vocList(year, list));
  return first !== undefined && existsSync(join(year, 'Annotations', `${first.id}.xml`));
}

function standardLists(years: readonly string[]): { readonly train: string; readonly test: string } {
  const isThere = (list: string): boolean => years.some((year) => isAnnotated(year, list));
  if (!isThere('test') && isThere('val')) return { train: 'train', test: 'val' };
  return { train: isThere('trainval') ? 'trainval' : 'train', test: 'test' };
}

/** Those with this list; where there is but one, whatever it lacks is told when it is read. */
function yearsOf(path: string, years: readonly string[], list: string): readonly string[] {
  const annotated = years.filter((year) => isAnnotated(year, list));
  if (annotated.length > 0) return annotated;
  const having = years.filter((year) => existsSync(vocList(year, list)));
  if (having.length > 0) return having;
  const names = new Set(years.flatMap((year) => readdirSync(join(year, 'ImageSets', 'Main'))));
  const known = [...names].filter((name) => name.endsWith('.txt')).map((name) => name.slice(0, -'.txt'.length));
  throw refusePhrase(path, `a list ${list} in ImageSets/Main`, known.length > 0 ? listed(known.sort()) : 'no list', 'see lists');
}

/** Names of classes of the folder's own: `classes.txt`, one a line. */
function classesOf(path: string): readonly string[] | undefined {
  const file = join(path, 'classes.txt');
  if (!existsSync(file)) return undefined;
  const names = readText(file, 'names of classes, one a line', 2 ** 20).split('\n');
  return names.map((name) => name.trim()).filter((name) => name !== '');
}
