/**
 * `coco:PATH`: a folder with COCO's annotations, `annotations/instances_<name>.json` with pictures in `<name>`, `images/<name>` or `images`;
 * or, as labelling services export it, `<name>/_annotations.coco.json` with the pictures beside. Trained on the name that begins with
 * `train`, tested on the one with `val` (of COCO's test there are no annotations), or else `test`.
 */
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { refuse, refusePhrase } from '../../util/check';
import { tryFile } from '../../util/fileErrors';
import { listed } from '../../util/names';
import type { DatasetEntry } from '../datasetNames';
import { folderContents } from '../folderContents';
import type { DatasetOptions } from '../types';
import { type CocoSamples, cocoJson } from './cocoJson';
import type { BadBoxes } from './detectionSample';
import { checkObjectOptions, OBJECT_OPTIONS } from './objectDataOptions';
import { type FoundParts, objectDataset, objectPictures } from './objectDataset';

/** A file of annotations with its pictures. */
interface CocoSet {
  readonly name: string;
  readonly file: string;
  readonly pictures: string;
}

/** Room for COCO's largest file (instances_train2017.json, 449 MB); a text in Node has 512 MiB at most. */
const MOST_BYTES = 500 * 2 ** 20;

/** The data set at a path. */
export const cocoDataset = (path: string): DatasetEntry => ({
  ownOptions: {
    names: OBJECT_OPTIONS.filter((option) => option !== 'classNames' && option !== 'origin'),
    check: checkObjectOptions,
  },
  contents: () =>
    folderContents(
      path,
      setsIn(path).map(({ file }) => file),
    ),
  pictures: (options) => objectPictures(findParts(path, options, () => undefined)),
  load: async (options) => objectDataset(path, options, (badBoxes) => findParts(path, options, badBoxes)),
});

function findParts(path: string, { lists = {} }: DatasetOptions, badBoxes: BadBoxes): FoundParts {
  const sets = setsIn(path);
  const train = lists.train ?? beginning(path, sets, 'train');
  const names = { train, validation: lists.validation, test: lists.test ?? standardTest(path, sets, lists.validation) };
  const [trained, validated, tested] = [names.train, names.validation, names.test].map((name): CocoSamples | undefined => {
    if (name === undefined) return undefined;
    const { file, pictures } = setNamed(path, sets, name);
    const found = cocoJson(file, { pictures, badBoxes, maxBytes: MOST_BYTES });
    checkPictures(file, found.samples);
    return found;
  });
  const { classNames, categoryIds } = trained as CocoSamples;
  for (const other of [validated, tested]) {
    if (!other || isSame([other.classNames, other.categoryIds], [classNames, categoryIds])) continue;
    throw refuse(path, `the categories of ${names.train} (${listed(classNames)}) in every list`, listed(other.classNames));
  }
  const samplesOf = (found: CocoSamples | undefined): CocoSamples['samples'] => found?.samples ?? [];
  return {
    classNames,
    parts: { train: samplesOf(trained), validation: samplesOf(validated), test: samplesOf(tested) },
    layout: "COCO's annotations",
    lists: `${names.train} / ${names.validation ?? 'none'} / ${names.test}`,
  };
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Sets by name, in the order of their names. */
function setsIn(path: string): readonly CocoSet[] {
  const names = tryFile(path, "a folder with COCO's annotations", () => readdirSync(path)).sort();
  const annotations = join(path, 'annotations');
  const files = names.includes('annotations') ? readdirSync(annotations).sort() : [];
  const official = files.flatMap((base): CocoSet[] => {
    const name = /^instances_(.+)[.]json$/.exec(base)?.[1];
    return name === undefined ? [] : [{ name, file: join(annotations, base), pictures: picturesOf(path, name) }];
  });
  const exported = names
    .map((name): CocoSet => ({ name, file: join(path, name, '_annotations.coco.json'), pictures: join(path, name) }))
    .filter(({ file }) => existsSync(file));
  if (official.length + exported.length > 0) return [...official, ...exported];
  const expected = 'a folder with annotations/instances_<name>.json or <name>/_annotations.coco.json';
  throw refusePhrase(path, expected, 'none of them');
}

/** Whether all pictures are there: each folder is looked through once. @throws InputError naming the first that is not */
function checkPictures(file: string, samples: CocoSamples['samples']): void {
  const folders = new Map<string, ReadonlySet<string>>();
  for (const [i, { picture }] of samples.entries()) {
    const folder = dirname(picture);
    const names = folders.get(folder) ?? new Set(existsSync(folder) ? readdirSync(folder) : []);
    folders.set(folder, names);
    if (names.has(basename(picture))) continue;
    throw refusePhrase(`${file}: images[${i}]: file_name`, `a picture ${picture}`, 'none');
  }
}

function picturesOf(path: string, name: string): string {
  const places = [join(path, name), join(path, 'images', name), join(path, 'images')];
  return places.find((place) => existsSync(place)) ?? (places[0] as string);
}

function setNamed(path: string, sets: readonly CocoSet[], name: string): CocoSet {
  const found = sets.find((set) => set.name === name);
  if (!found) throw refusePhrase(path, `a list ${name}`, listed(sets.map((set) => set.name)), 'see lists');
  return found;
}

/** The one name that begins so. */
function beginning(path: string, sets: readonly CocoSet[], start: string): string {
  const [name, another] = sets.map((set) => set.name).filter((one) => one.startsWith(start));
  const all = listed(sets.map((set) => set.name));
  if (name === undefined || another !== undefined) {
    throw refusePhrase(
      path,
      `one list that begins with ${start}`,
      another === undefined ? all : `${name} and ${another}`,
      'see lists',
    );
  }
  return name;
}

/** What is held out of training already is not tested on. */
function standardTest(path: string, sets: readonly CocoSet[], validation: string | undefined): string {
  const rest = sets.filter(({ name }) => name !== validation);
  return beginning(path, rest, rest.some(({ name }) => name.startsWith('val')) ? 'val' : 'test');
}
