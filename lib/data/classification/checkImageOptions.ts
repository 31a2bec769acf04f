/** Whether options of pictures with a class each are what they say. */
import { integerIn, isObject, knownKeys, listIn, nameIn, numberIn, refuse, refusePhrase } from '../../util/check';
import { checkClassNames } from '../images/classNames';
import { normalisationTable } from '../images/normalisation';
import { checkPixels } from '../pictures/pixels';
import type { Normalisation } from '../types';
import type { ImageAugmentation } from './augmentation/imageAugmentation';
import { LAST_STEP } from './augmentation/randAugment/randAugment';
import { type ImageDataOptions, imageSizes } from './imageDataOptions';

/** More leave nothing of an image. */
const MOST_OPERATIONS = 16;

/** @throws InputError naming `where` and the option, for values that are none */
export function checkImageOptions<T extends object>(where: string, options: T): asserts options is ImageDataOptions & T {
  const { pixels, resize, shrink, channels, classNames, testShare, normalisation, augmentation } = options as ImageDataOptions;
  if (pixels !== undefined) checkPixels(`${where}: pixels`, pixels);
  if (resize !== undefined) checkResize(`${where}: resize`, resize, imageSizes({ pixels }).pixels);
  if (channels !== undefined && channels !== 1 && channels !== 3) throw refuse(`${where}: channels`, '1 or 3', channels);
  if (shrink !== undefined) numberIn(`${where}: shrink`, shrink, 1, 16);
  if (classNames !== undefined) checkClassNames(`${where}: classNames`, classNames);
  if (testShare !== undefined) numberIn(`${where}: testShare`, testShare, 0, 1);
  if (normalisation !== undefined) checkNormalisation(`${where}: normalisation`, normalisation, channels ?? 3);
  if (augmentation !== undefined) checkAugmentation(`${where}: augmentation`, augmentation);
}

function checkResize(where: string, resize: unknown, pixels: readonly [number, number]): void {
  checkPixels(where, resize);
  const shorter = Math.min(...pixels);
  if (typeof resize !== 'number') throw refuse(where, 'a number, the shorter side', resize);
  if (resize < shorter) throw refusePhrase(where, `at least ${shorter}, the shorter side of pixels`, String(resize));
}

function checkNormalisation(where: string, value: unknown, channels: number): void {
  if (typeof value === 'string') nameIn(where, ['imagenet'], value);
  else if (isObject(value)) {
    knownKeys(where, value, ['mean', 'std']);
    normalisationTable(value as unknown as Normalisation, channels, where);
  } else throw refuse(where, 'imagenet, or mean and std', value);
  if (value === 'imagenet' && channels !== 3) throw refuse(where, 'mean and std of one channel', value);
}

function checkAugmentation(where: string, value: unknown): void {
  knownKeys(where, value, ['crop', 'mirror', 'colours', 'randAugment']);
  const { crop, mirror, colours, randAugment } = value as ImageAugmentation;
  if (mirror !== undefined) nameIn(`${where}: mirror`, ['none', 'horizontal', 'both'], mirror);
  if (crop !== undefined && crop !== false) {
    knownKeys(`${where}: crop`, crop, ['scale', 'ratio']);
    if (crop.scale !== undefined) checkRange(`${where}: crop: scale`, crop.scale, [0.001, 1]);
    if (crop.ratio !== undefined) checkRange(`${where}: crop: ratio`, crop.ratio, [0.01, 100]);
  }
  if (randAugment !== undefined) {
    knownKeys(`${where}: randAugment`, randAugment, ['operations', 'magnitude']);
    const { operations = 1, magnitude = 0 } = randAugment;
    integerIn(`${where}: randAugment: operations`, operations, 1, MOST_OPERATIONS);
    integerIn(`${where}: randAugment: magnitude`, magnitude, 0, LAST_STEP);
  }
  if (colours === undefined) return;
  const most = { brightness: 10, contrast: 10, saturation: 10, hue: 0.5 };
  knownKeys(`${where}: colours`, colours, Object.keys(most));
  for (const [name, reach] of Object.entries(colours)) {
    if (reach !== undefined) numberIn(`${where}: colours: ${name}`, reach, 0, most[name as keyof typeof most]);
  }
}

function checkRange(where: string, range: readonly number[], [least, most]: readonly [number, number]): void {
  const [low, high] = listIn(where, 'two numbers', range);
  numberIn(where, low, least, most);
  numberIn(where, high, low, most);
  if (range.length !== 2) throw refuse(where, 'two numbers', range);
}
