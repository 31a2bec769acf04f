/**
 * Annotations as COCO writes them, one JSON file a set (cocodataset.org, data format): boxes are x, y, width and height from 0, numbers of
 * categories have gaps, crowds are marked. Classes are the categories in the order of their numbers. The file is held in memory while it is
 * read, so larger ones are refused by default.
 */
import { join } from 'node:path';
import { describe, hinted, isObject, knownKeys, refuse, refusePhrase, textIn } from '../../util/check';
import { inside } from '../../util/files';
import { readJson } from '../../util/json';
import {
  type BadBoxes,
  type DetectionSample,
  type DetectionSamples,
  type GivenObject,
  MOST_OBJECTS,
  objectsOf,
} from './detectionSample';

/** Of `cocoJson`. */
export interface CocoJsonOptions {
  /** Where the pictures lie; default `images` beside the file. */
  readonly pictures?: string;
  /** Default `refuse`. */
  readonly badBoxes?: BadBoxes;
  /** Larger files are refused, since all of one is held in memory; default 32 MiB. */
  readonly maxBytes?: number;
}

/** Samples and the file's own numbers of the classes, which results for COCO's server need. */
export interface CocoSamples extends DetectionSamples {
  readonly categoryIds: readonly number[];
}

type Entry = Readonly<Record<string, unknown>>;

/** Reads a file of annotations. @throws InputError naming the file and the entry, `annotations[12]` */
export function cocoJson(path: string, options: CocoJsonOptions = {}): CocoSamples {
  knownKeys('cocoJson', options, ['pictures', 'badBoxes', 'maxBytes']);
  textIn('cocoJson: path', path);
  const { pictures = join(path, '..', 'images'), badBoxes = 'refuse', maxBytes = 32 * 2 ** 20 } = options;
  const file = readJson(path, { expected: "COCO's annotations", maxBytes });
  if (!isObject(file)) throw refuse(path, 'an object with images, annotations and categories', file);
  const categories = categoriesOf(path, file);
  const classOf = new Map(categories.map(({ id }, i) => [id, i]));
  const images = entries(path, file, 'images');
  const annotations = entries(path, file, 'annotations');
  const objects = new Map(idsOf(`${path}: images`, images).map((id): [number, GivenObject[]] => [id, []]));
  // Third parties leave them out: nothing here needs them, but what is there twice was put together from two files.
  if (annotations.some(({ id }) => id !== undefined)) idsOf(`${path}: annotations`, annotations);
  for (const [i, entry] of annotations.entries()) addObject(`${path}: annotations[${i}]`, entry, classOf, objects);
  const samples = images.map((entry, i): DetectionSample => {
    const where = `${path}: images[${i}]`;
    const size = sizeOf(where, entry);
    return {
      id: String(entry['id']),
      picture: hinted(`it is the file_name of ${where}`, () =>
        inside(pictures, textOf(`${where}: file_name`, entry['file_name'])),
      ),
      ...(size ? { size } : {}),
      objects: objectsOf(objects.get(entry['id'] as number) ?? [], size, badBoxes),
    };
  });
  return { classNames: categories.map(({ name }) => name), categoryIds: categories.map(({ id }) => id), samples };
}

/** In the order of their numbers. */
function categoriesOf(path: string, file: Entry): readonly { readonly id: number; readonly name: string }[] {
  const list = entries(path, file, 'categories');
  const names = new Map<string, number>();
  for (const [i, entry] of list.entries()) {
    const where = `${path}: categories[${i}]: name`;
    const name = textOf(where, entry['name']);
    if (names.has(name)) throw refusePhrase(where, 'every name once', `${describe(name)} again`);
    names.set(name, i);
  }
  const ids = idsOf(`${path}: categories`, list);
  return [...names].map(([name, i]) => ({ id: ids[i] as number, name })).sort((a, b) => a.id - b.id);
}

/** The ids of a list's entries. @throws InputError for one that is there twice */
function idsOf(where: string, list: readonly Entry[]): readonly number[] {
  const seen = new Set<number>();
  return list.map((entry, i) => {
    const id = idIn(`${where}[${i}]: id`, entry['id']);
    if (seen.has(id)) throw refusePhrase(`${where}[${i}]: id`, 'every id once', `${id} again`);
    seen.add(id);
    return id;
  });
}

function entries(path: string, file: Entry, name: string): Entry[] {
  const list = file[name];
  if (!Array.isArray(list)) throw refuse(`${path}: ${name}`, 'a list', list);
  const bad = list.findIndex((entry) => !isObject(entry));
  if (bad >= 0) throw refuse(`${path}: ${name}[${bad}]`, 'an object', list[bad]);
  return list as Entry[];
}

function addObject(where: string, entry: Entry, classOf: ReadonlyMap<number, number>, objects: Map<number, GivenObject[]>): void {
  const image = idIn(`${where}: image_id`, entry['image_id']);
  const own = objects.get(image);
  if (!own) throw refusePhrase(`${where}: image_id`, 'an id of one of the images', `${image}`);
  const ofClass = classOf.get(idIn(`${where}: category_id`, entry['category_id']));
  if (ofClass === undefined) throw refuse(`${where}: category_id`, 'an id of one of the categories', entry['category_id']);
  if (own.length === MOST_OBJECTS) throw refusePhrase(where, `at most ${MOST_OBJECTS} objects of a picture`, 'one more');
  const [x, y, width, height] = boxOf(where, entry['bbox']);
  const { area, iscrowd = 0 } = entry;
  if (iscrowd !== 0 && iscrowd !== 1) throw refuse(`${where}: iscrowd`, '0 or 1', iscrowd);
  own.push({
    where: `${where}: bbox`,
    corners: [x, y, x + width, y + height],
    ofClass,
    crowd: iscrowd === 1,
    ...(typeof area === 'number' && area >= 0 ? { area } : {}),
  });
}

function boxOf(where: string, box: unknown): readonly [number, number, number, number] {
  const isBox = Array.isArray(box) && box.length === 4 && box.every((value) => typeof value === 'number');
  if (!isBox) throw refuse(`${where}: bbox`, '[x, y, width, height]', box);
  return box as unknown as readonly [number, number, number, number];
}

function sizeOf(where: string, { height, width }: Entry): DetectionSample['size'] | undefined {
  if (height === undefined && width === undefined) return undefined;
  const isSize = (value: unknown): value is number => Number.isInteger(value) && (value as number) > 0;
  if (!isSize(height) || !isSize(width)) throw refuse(`${where}: height and width`, 'numbers of pixels', [height, width]);
  return [height, width];
}

function idIn(where: string, id: unknown): number {
  const hint = typeof id === 'string' && /^[0-9]+$/.test(id) ? 'write it without quotes' : undefined;
  if (typeof id !== 'number' || !Number.isSafeInteger(id)) throw refuse(where, 'a number that is an id', id, hint);
  return id;
}

function textOf(where: string, text: unknown): string {
  if (typeof text !== 'string' || text === '') throw refuse(where, 'a text', text);
  return text;
}
