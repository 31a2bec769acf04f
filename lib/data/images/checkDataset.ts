/** Whether a data set is what training takes it for: looked at once, before anything is built, each mistake with a sentence of its own. */
import { describe, integerIn, isObject, refuse, refusePhrase } from '../../util/check';
import type { Dataset, Images } from '../types';
import { checkBytes, checkLabels, imagesIn } from './checkImages';
import { isInMemory } from './imageSource';
import { checkSpread, normalisationTable } from './normalisation';

const PARTS = ['train', 'validation', 'test'] as const;

/** What must be there, and what it is in words. */
const ENTRIES: readonly (readonly [keyof Dataset, string, (value: unknown) => boolean])[] = [
  ['name', 'a text', (value) => typeof value === 'string'],
  ['classNames', 'a list of the classes’ names', (value) => Array.isArray(value) && value.every((n) => typeof n === 'string')],
  ['mean', 'a list with a number a channel', Array.isArray],
  ['std', 'a list with a number a channel', Array.isArray],
  ['augmentation', 'an object with pad and flip', isObject],
  ['fingerprint', 'a text that another content changes, as the SHA-256 of all bytes', (value) => typeof value === 'string'],
];

/** A data set by its entries; its images are not looked at. @throws InputError naming `where`, and what is missing */
export function datasetIn(where: string, value: unknown): Dataset {
  if (typeof value === 'string') throw refuse(where, 'a data set', value, `await loadDataset(${describe(value)}) loads one`);
  if (!isObject(value)) throw refuse(where, 'a data set', value, 'await loadDataset(…) loads one');
  if ('then' in value) throw refuse(where, 'a data set', value, 'await it: await loadDataset(…)');
  if ('labels' in value) throw refusePhrase(where, 'a data set with the parts train, validation and test', 'images alone');
  for (const [entry, expected, holds] of ENTRIES) {
    if (!holds(value[entry])) throw refuse(`${where}: ${entry}`, expected, value[entry]);
  }
  for (const part of PARTS) {
    const images = value[part];
    if (isObject(images) && 'labels' in images && ('images' in images || 'read' in images)) continue;
    throw refuse(`${where}: ${part}`, 'images with labels; imageSet makes them, of none too', images);
  }
  return value as unknown as Dataset;
}

/**
 * All that can be said of a data set before it is trained on, whatever the task.
 * @throws InputError naming `where` and the part: for images that are no bytes or in [0, 1], labels that are no class numbers, parts of
 * several sizes, means and deviations of another scale, classes named twice
 */
export function checkDataset(where: string, data: Dataset): void {
  const { train, classNames, augmentation } = data;
  const twice = classNames.find((name, i) => classNames.indexOf(name) < i);
  if (twice !== undefined) throw refuse(`${where}: classNames`, 'every class once', twice);
  if (train.count === 0) throw refusePhrase(where, 'training images', 'none');
  for (const part of PARTS) checkPart(`${where}: ${part}`, data[part], train);
  normalisationTable(data, train.channels, where);
  if (isInMemory(train)) checkSpread(where, train, data);
  integerIn(`${where}: augmentation: pad`, augmentation.pad, 0, Math.min(train.height, train.width) - 1);
}

function checkPart(where: string, part: Images, like: Images): void {
  const images = imagesIn(where, part);
  const shape = ({ height, width, channels }: Images): string => `${height}×${width}×${channels}`;
  if (shape(images) !== shape(like)) throw refusePhrase(where, `images of ${shape(like)} as the training images`, shape(images));
  checkLabels(`${where}: labels`, images.labels);
  if (isInMemory(images)) checkBytes(`${where}: images`, images.images);
}
