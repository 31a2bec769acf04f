/**
 * Annotations as PASCAL VOC writes them, one XML file a picture. Corners count pixels from 1, and those of both corners belong to the box:
 * (xmin, ymin, xmax, ymax) become the edges (xmin − 1, ymin − 1, xmax, ymax). They are found by name and among an object's own
 * children: the parts of a person have boxes, too. Absent marks are 0, numbers may have fractions.
 */
import { notAmong, refuse, refusePhrase } from '../../util/check';
import { readText } from '../../util/files';
import { LARGEST_SIDE } from '../pictures/rgbPicture';
import { type BadBoxes, type DetectionSample, type GivenObject, MOST_OBJECTS, objectsOf } from './detectionSample';
import { childrenNamed, parseXml, type XmlElement } from './xml';

/** Of `parseVoc` and all that reads such files. */
export interface VocXmlOptions {
  /** Names of the classes, in the order of their numbers. */
  readonly classNames: readonly string[];
  /** What `classNames` are, for errors; default `one of the classes`. */
  readonly classesText?: string;
  /** Names that are known and not wanted; default none. */
  readonly ignored?: readonly string[];
  /** The number of the first pixel; default 1, VOC's. Other tools count from 0. */
  readonly origin?: 0 | 1;
  /** Default `refuse`. */
  readonly badBoxes?: BadBoxes;
}

/** No file of a picture's boxes comes near it. */
const MOST_BYTES = 4 * 2 ** 20;

/** The annotation of a file. @throws InputError naming file and line */
export function readVoc(path: string, options: VocXmlOptions): Pick<DetectionSample, 'size' | 'objects'> {
  return parseVoc(readText(path, "a picture's annotation", MOST_BYTES), path, options);
}

/** The annotation of a text. @param where the file, for errors @throws InputError naming `where` and the line */
export function parseVoc(text: string, where: string, options: VocXmlOptions): Pick<DetectionSample, 'size' | 'objects'> {
  const root = parseXml(text, where);
  if (root.name !== 'annotation') throw refusePhrase(at(where, root), '<annotation>', `<${root.name}>`);
  const objects = childrenNamed(root, 'object');
  const surplus = objects[MOST_OBJECTS];
  if (surplus) throw refusePhrase(at(where, surplus), `at most ${MOST_OBJECTS} objects of a picture`, `${objects.length}`);
  const size = sizeOf(root, where);
  const given = objects.flatMap((object) => givenObject(object, where, options));
  return { ...(size ? { size } : {}), objects: objectsOf(given, size, options.badBoxes ?? 'refuse') };
}

const at = (where: string, { line }: XmlElement): string => `${where}: line ${line}`;

/** Undefined where the file does not say, or says 0, as some tools do. */
function sizeOf(root: XmlElement, where: string): DetectionSample['size'] | undefined {
  const [size] = childrenNamed(root, 'size');
  if (!size) return undefined;
  const [height, width] = (['height', 'width'] as const).map((name) => {
    const [side] = childrenNamed(size, name);
    const pixels = side ? numberOf(side, where) : 0;
    if (side && !(pixels >= 0 && pixels <= LARGEST_SIDE))
      throw refuse(`${at(where, side)}: ${name}`, 'a number of pixels', pixels);
    return pixels;
  });
  return height && width ? [height, width] : undefined;
}

function givenObject(object: XmlElement, where: string, options: VocXmlOptions): GivenObject[] {
  const name = childIn(object, 'name', where);
  const { classNames, classesText = 'one of the classes', ignored = [], origin = 1 } = options;
  if (ignored.includes(name.text)) return [];
  const ofClass = classNames.indexOf(name.text);
  if (ofClass < 0) throw notAmong(`${at(where, name)}: name`, classesText, classNames, name.text);
  const box = childIn(object, 'bndbox', where);
  const [xmin, ymin, xmax, ymax] = (['xmin', 'ymin', 'xmax', 'ymax'] as const).map((corner) =>
    numberOf(childIn(box, corner, where), where),
  ) as [number, number, number, number];
  // A box that ends where it begins has no size, though by VOC's count it is a pixel: nobody drew it on purpose.
  const flat = xmax <= xmin || ymax <= ymin;
  const corners: GivenObject['corners'] = flat ? [xmin, ymin, xmax, ymax] : [xmin - origin, ymin - origin, xmax, ymax];
  return [{ where: at(where, box), corners, ofClass, difficult: isMarked(object, 'difficult', where) }];
}

function childIn(element: XmlElement, name: string, where: string): XmlElement {
  const [first, second] = childrenNamed(element, name);
  if (!first) throw refusePhrase(at(where, element), `<${name}> in <${element.name}>`, 'none');
  if (second) throw refusePhrase(at(where, second), `one <${name}> in <${element.name}>`, 'another');
  return first;
}

const NUMBER = /^[+-]?[0-9]{1,12}(?:[.][0-9]{0,30})?(?:[eE][+-]?[0-9]{1,3})?$/;

function numberOf(element: XmlElement, where: string): number {
  if (!NUMBER.test(element.text)) throw refuse(`${at(where, element)}: ${element.name}`, 'a number', element.text);
  return Number(element.text);
}

function isMarked(object: XmlElement, name: string, where: string): boolean {
  const [mark] = childrenNamed(object, name);
  if (!mark || mark.text === '' || mark.text === '0') return false;
  if (mark.text === '1') return true;
  throw refuse(`${at(where, mark)}: ${name}`, '0 or 1', mark.text);
}
