/**
 * A folder as PASCAL VOC lays it out: `ImageSets/Main/<split>.txt` lists pictures by id, `Annotations/<id>.xml` has their objects,
 * `JPEGImages/<id>.jpg` the pictures. Annotations are read at once (a few hundred bytes each), pictures when they are needed.
 */
import { readdirSync } from 'node:fs';
import { join, parse } from 'node:path';
import { InputError, knownKeys, listIn, refuse, refusePhrase, textIn } from '../../util/check';
import { tryFile } from '../../util/fileErrors';
import { readText } from '../../util/files';
import { count } from '../../util/text';
import type { DetectionSample, DetectionSamples } from './detectionSample';
import { readVoc, type VocXmlOptions } from './vocXml';

/** The twenty classes of PASCAL VOC. */
export const VOC_CLASSES: readonly string[] = [
  ...['aeroplane', 'bicycle', 'bird', 'boat', 'bottle', 'bus', 'car', 'cat', 'chair', 'cow', 'diningtable', 'dog', 'horse'],
  ...['motorbike', 'person', 'pottedplant', 'sheep', 'sofa', 'train', 'tvmonitor'],
];

/** Of `vocFolder`. */
export interface VocFolderOptions extends Omit<VocXmlOptions, 'classNames'> {
  /** Default `VOC_CLASSES`. */
  readonly classNames?: readonly string[];
}

const PICTURE = /^[.](jpe?g|png|webp)$/i;
const ID = /^[^\s/\\]{1,200}$/;
const MOST_PICTURES = 1_000_000;

/**
 * The samples of a split, in the order of its list.
 * @param split the list's name: `train`, `val`, `trainval`, `test`
 * @throws InputError naming file and line for what is missing, broken or absurd
 * @example
 * ```ts
 * import { vocFolder } from 'iekd';
 *
 * const classNames = ['RBC', 'WBC', 'Platelets'];
 * const notes: string[] = []; // what was wrong with boxes, each with its file and line
 * const { samples } = vocFolder('data/bccd', 'trainval', { classNames, badBoxes: (note) => notes.push(note) });
 * console.log(samples.length, notes);
 * ```
 */
export function vocFolder(folder: string, split: string, options: VocFolderOptions = {}): DetectionSamples {
  knownKeys('vocFolder', options, ['classNames', 'classesText', 'ignored', 'origin', 'badBoxes']);
  textIn('vocFolder: folder', folder);
  if (typeof split !== 'string' || !ID.test(split)) throw refuse('vocFolder: split', 'the name of a list, as trainval', split);
  const { classNames = VOC_CLASSES } = options;
  listIn('vocFolder: classNames', 'names', classNames);
  const list = vocList(folder, split);
  const ids = idsOfList(list);
  const pictures = picturesIn(join(folder, 'JPEGImages'));
  const samples = ids.map(({ id, line }): DetectionSample => {
    const picture = pictures.get(id);
    if (!picture) throw refusePhrase(`${list}: line ${line}`, `a picture ${id}.jpg in JPEGImages`, 'none');
    return { id, picture, ...readVoc(join(folder, 'Annotations', `${id}.xml`), { ...options, classNames }) };
  });
  return { classNames, samples };
}

/** The file of a list. */
export const vocList = (folder: string, split: string): string => join(folder, 'ImageSets', 'Main', `${split}.txt`);

/** Ids of a list: one a line, in lists of a class with −1, 0 or 1 behind it, of which −1 means that the class is not there. */
export function idsOfList(list: string): { readonly id: string; readonly line: number }[] {
  const seen = new Map<string, number>();
  const ids = readText(list, 'a list of pictures')
    .split('\n')
    .flatMap((text, i) => {
      const [id, mark, ...more] = text.trim().split(/\s+/) as [string, ...string[]];
      if (id === '') return [];
      const where = `${list}: line ${i + 1}`;
      if (!ID.test(id) || more.length > 0 || !['-1', '0', '1', undefined].includes(mark)) {
        throw refuse(where, 'an id, or an id and −1, 0 or 1', text.trim());
      }
      const before = seen.get(id);
      if (before !== undefined)
        throw new InputError(`${where}: expected every id once, received ${id} again; it is in line ${before}`);
      seen.set(id, i + 1);
      return mark === '-1' ? [] : [{ id, line: i + 1 }];
    });
  if (ids.length === 0) throw refusePhrase(list, 'a list of pictures', 'no id');
  if (ids.length > MOST_PICTURES) throw refusePhrase(list, `at most ${count(MOST_PICTURES)} ids`, count(ids.length));
  return ids;
}

/** Files of pictures by their names without extension. */
function picturesIn(folder: string): Map<string, string> {
  const files = tryFile(folder, 'a folder of pictures', () => readdirSync(folder)).map((name) => parse(name));
  const pictures = new Map<string, string>();
  for (const { name, base, ext } of files) {
    if (!PICTURE.test(ext)) continue;
    const other = pictures.get(name);
    if (other) throw refusePhrase(join(folder, base), 'one picture of each id', `${parse(other).base} of the same`);
    pictures.set(name, join(folder, base));
  }
  return pictures;
}
