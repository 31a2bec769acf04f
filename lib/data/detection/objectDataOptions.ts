/** What a data set of pictures with objects is told, as plain data: it can stand in a configuration of a run. */
import { integerIn, isObject, knownKeys, listIn, nameIn, numberIn, textIn } from '../../util/check';
import { checkClassNames } from '../images/classNames';
import { checkPixels } from '../pictures/pixels';
import type { SsdAugmentation } from './augmentation/ssdAugmentation';

/** How pictures with objects become a data set (`voc:PATH`, `coco:PATH`): what decides the images and boxes that a network sees. */
export interface ObjectDataOptions {
  /** Height and width of the images, or one number for both; pictures are squashed to it. Default 300, SSD300's. */
  readonly pixels?: number | readonly [height: number, width: number] | undefined;
  /** Names of the classes in VOC's files, in the order of their numbers; default those of a file `classes.txt` in the folder, else VOC's twenty. */
  readonly classNames?: readonly string[] | undefined;
  /** Which list of pictures each part is. Default for VOC `trainval` and `test`, for COCO those that begin with `train` and `val`; no validation. */
  readonly lists?: DatasetLists | undefined;
  /**
   * What is done about boxes without size or beyond the picture: `refuse` (the default) names the first with its file and line; `clip` cuts
   * them to the picture, drops those of which nothing is left, and tells each as a notice and their number in `split`.
   */
  readonly badBoxes?: 'refuse' | 'clip' | undefined;
  /** The number of the first pixel in VOC's files; default 1, VOC's. Some tools count from 0. */
  readonly origin?: 0 | 1 | undefined;
  /**
   * Pictures that are more than so many times as high or wide as the images are brought to that size first, once, and kept in the cache as
   * bytes (2: what a crop of half the picture shows is not magnified). Saves decoding; changes pixels, so it is part of the fingerprint.
   * Default none: every picture is decoded when it is needed, in full.
   */
  readonly shrink?: number | undefined;
  /** How training images vary; default SSD's. */
  readonly augmentation?: SsdAugmentation | undefined;
}

/** Names of lists of pictures: `trainval` for `ImageSets/Main/trainval.txt`, `train2017` for `annotations/instances_train2017.json`. */
export interface DatasetLists {
  readonly train?: string | undefined;
  readonly validation?: string | undefined;
  readonly test?: string | undefined;
}

/** Their names. */
export const OBJECT_OPTIONS: readonly (keyof ObjectDataOptions)[] = [
  ...(['pixels', 'classNames', 'lists', 'badBoxes', 'origin', 'shrink', 'augmentation'] as const),
];

const PIXELS = 300;

/** [height, width] of the images. */
export function pixelsOf(pixels: ObjectDataOptions['pixels'] = PIXELS): readonly [height: number, width: number] {
  return typeof pixels === 'number' ? [pixels, pixels] : pixels;
}

/** @throws InputError naming `where` and the option, for values that are none */
export function checkObjectOptions<T extends object>(where: string, options: T): asserts options is ObjectDataOptions & T {
  const { pixels, classNames, lists, badBoxes, origin, shrink, augmentation } = options as ObjectDataOptions;
  if (pixels !== undefined) checkPixels(`${where}: pixels`, pixels);
  if (classNames !== undefined) checkClassNames(`${where}: classNames`, classNames);
  if (lists !== undefined) {
    knownKeys(`${where}: lists`, lists, ['train', 'validation', 'test']);
    for (const [part, name] of Object.entries(lists)) if (name !== undefined) textIn(`${where}: lists: ${part}`, name);
  }
  if (badBoxes !== undefined) nameIn(`${where}: badBoxes`, ['refuse', 'clip'], badBoxes);
  if (origin !== undefined) integerIn(`${where}: origin`, origin, 0, 1);
  if (shrink !== undefined) numberIn(`${where}: shrink`, shrink, 1, 16);
  if (augmentation !== undefined) checkAugmentation(`${where}: augmentation`, augmentation);
}

function checkAugmentation(where: string, value: SsdAugmentation): void {
  knownKeys(where, value, ['colours', 'expansion', 'crops', 'mirror']);
  const { colours, expansion, crops, mirror } = value;
  numberIn(`${where}: expansion`, expansion, 1, 100);
  nameIn(`${where}: mirror`, ['none', 'horizontal', 'both'], mirror);
  if (colours !== undefined) checkRange(`${where}: colours`, colours, { brightness: 255, contrast: 1, saturation: 1, hue: 180 });
  if (crops === undefined) return;
  knownKeys(`${where}: crops`, crops, ['overlaps', 'trials', 'least']);
  const { overlaps = [], trials = 1, least = 1 } = crops;
  for (const overlap of listIn(`${where}: crops: overlaps`, 'numbers', overlaps)) {
    if (overlap !== undefined) numberIn(`${where}: crops: overlaps`, overlap, 0, 1);
  }
  integerIn(`${where}: crops: trials`, trials, 1, 1000);
  numberIn(`${where}: crops: least`, least, 0.01, 1);
}

/** @param most of each entry, all of which must be there */
function checkRange(where: string, value: object, most: Readonly<Record<string, number>>): void {
  knownKeys(where, value, Object.keys(most));
  const range: Readonly<Record<string, unknown>> = isObject(value) ? value : {};
  for (const [name, limit] of Object.entries(most)) numberIn(`${where}: ${name}`, range[name], 0, limit);
}
