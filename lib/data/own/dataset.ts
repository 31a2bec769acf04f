/** A data set of one's own images: gathered, split, measured and checked, so that training, tables and pages take it as any other. */
import { integerIn, isObject, knownKeys, neededKeys, refuse, refusePhrase, textIn } from '../../util/check';
import { canonicalJson, sha256 } from '../../util/hash';
import { partsFingerprint } from '../assemble';
import { checkDataset } from '../images/checkDataset';
import { imageSet, select } from '../images/imageSet';
import type { Dataset, ImageSet } from '../types';
import { checkShapeOption } from './byteCollector';
import { classLabels, type Label } from './classLabels';
import { checkLearned, classNotes } from './classNotes';
import { areFiles, type FileDatasetOptions, fileDataset } from './fileDataset';
import { type GatheredImages, gatherImages, type OwnImages } from './gatherImages';
import type { GivenDatasetOptions } from './givenDatasetOptions';
import { isOwnSource } from './ownSource';
import { ownStatistics } from './ownStatistics';
import { PARTS, partNumbers, splitText } from './partNumbers';
import { labelNotes, leakNotes, sharedImages } from './sharedImages';
import { type SourceDataset, type SourceDatasetOptions, sourceDataset } from './sourceDataset';
import { type SplitShares, splitShares } from './splitShares';

/** What `dataset` is made of. */
export interface OwnDatasetOptions extends GivenDatasetOptions {
  /** Images to learn from. Those of float numbers are in [0, 255] or all in [0, 1], and become bytes; bytes are in [0, 255]. */
  readonly train: OwnImages;
  /** Images to hold out; default `split.validation` of the training images. */
  readonly validation?: OwnImages;
  /** Images to measure on; default `split.test` of the training images. */
  readonly test?: OwnImages;
  /** What images that are in two parts are: told in `notes` (the default), or an error. */
  readonly leaking?: 'note' | 'refuse';
  /** Bytes of images that a part may have in memory; default 2 GiB. While an iterator is gathered, twice as many are needed. */
  readonly mostBytes?: number;
}

/** A data set in memory with what there is to say of it. */
export interface OwnDataset extends Dataset<ImageSet> {
  /** What is no error and should be known: images in two parts or of two classes, classes without images. In a sentence each. */
  readonly notes: readonly string[];
}

const KNOWN = [
  ...['train', 'validation', 'test', 'classes', 'name', 'source', 'shape', 'split', 'normalisation', 'augmentation'],
  ...['leaking', 'mostBytes'],
];
const MOST_BYTES = 2 ** 31;

/**
 * A data set of one's own images, from arrays, nested lists, tensors or iterators, with labels as names or numbers. Images of one size.
 * @throws InputError naming part and image: images of several sizes or scales, not finite, or normalised already; labels that are one-hot, count
 * from 1 or leave a number out; a class that is in the test images alone; and all that training refuses
 * @example
 * ```ts
 * import { dataset } from 'iekd';
 *
 * const noise = (from: number) => Array.from({ length: 32 }, () => Array.from({ length: 32 }, () => from + 100 * Math.random()));
 * const photographs = Array.from({ length: 50 }, (_, i) => ({ image: noise(i % 2 ? 100 : 0), label: i % 2 ? 'day' : 'night' }));
 * const data = await dataset({ train: photographs }); // a fifth of each class is tested on
 * console.log(data.classNames, data.train.count, data.test.count, data.mean, data.notes);
 * ```
 */
export async function dataset(options: OwnDatasetOptions): Promise<OwnDataset>;
/**
 * A data set of pictures in files, each with its label, or of `folder:PATH`, `csv:PATH` or `jsonl:PATH`: decoded in threads when they are needed,
 * brought to `pixels`, and varied as `augmentation` says (`loadDataset`). They are never all in memory; `dataReport` looks for those that are
 * broken, twice there or leaking.
 * @throws InputError naming part and number of a file that is not there, and for options that are none
 */
export async function dataset(options: FileDatasetOptions): Promise<SourceDataset>;
/**
 * A data set of images that are read by a function of your own when they are needed: `{ labels, read: (index) => image }`. A sample of the training
 * images is read at once, which says their size, whether white is 1 or 255, and mean and deviation; every other image is held to that when it is
 * read. Images that are twice there are not looked for.
 * @throws InputError naming part and image, at once or, of images that were not in the sample, from the batch that they are in
 * @example
 * ```ts
 * import { dataset } from 'iekd';
 *
 * const labels = Array.from({ length: 100 }, (_, i) => (i % 2 ? 'day' : 'night'));
 * const read = async (i: number) => Array.from({ length: 32 }, (_, y) => Array.from({ length: 32 }, (_, x) => (i % 2 ? 200 : 20) + x + (y % 9)));
 * const data = await dataset({ train: { labels, read } }); // a fifth of each class is tested on
 * ```
 */
export async function dataset(options: SourceDatasetOptions): Promise<SourceDataset>;
export async function dataset(
  options: OwnDatasetOptions | FileDatasetOptions | SourceDatasetOptions,
): Promise<OwnDataset | SourceDataset> {
  neededKeys('dataset', objectOf(options), ['train']);
  const name = nameOfData('dataset: name', options.name ?? 'own');
  if (areFiles(options.train)) return fileDataset(options as FileDatasetOptions, name, splitShares(options));
  if (isOwnSource(options.train)) return sourceDataset(options as SourceDatasetOptions, name, splitShares(options));
  return memoryDataset(options as OwnDatasetOptions, name);
}

function objectOf(options: unknown): object {
  if (!isObject(options)) throw refuse('dataset', 'an object of options', options);
  return options;
}

async function memoryDataset(options: OwnDatasetOptions, name: string): Promise<OwnDataset> {
  const { shares, mostBytes } = checkOptions(options);
  const given = await gathered(options, mostBytes);
  const { classNames, labels } = classLabels(
    'dataset',
    Object.fromEntries(given.map(({ part, images }) => [part, images.labels as readonly Label[]])),
    options.classes,
  );
  const sets = Object.fromEntries(
    given.map(({ part, images }, i) => [part, setOf(part, images, labels[i] as ImageSet['labels'])]),
  );
  if (!options.classes) checkLearned((sets as GivenSets).train.labels, classNames);
  const parts = splitParts(sets as GivenSets, shares);
  const { train } = parts;
  const normalisation = options.normalisation ?? ownStatistics(train);
  const augmentation = options.augmentation ?? { pad: 0, flip: false };
  const data: Dataset<ImageSet> = {
    ...{ name, classNames, ...parts, mean: normalisation.mean, std: normalisation.std, augmentation },
    source: options.source ?? 'given in code',
    split: splitText(parts, shares),
    fingerprint: sha256(canonicalJson({ classNames, normalisation, augmentation }), partsFingerprint(Object.values(parts))),
  };
  checkDataset('dataset', data);
  const shared = sharedImages({ train: parts.train, validation: parts.validation, test: parts.test });
  const leaks = leakNotes(shared.leaking);
  if (options.leaking === 'refuse' && leaks[0] !== undefined) throw refusePhrase('dataset', 'every image in one part', leaks[0]);
  return { ...data, notes: [...classNotes(data), ...leaks, ...labelNotes(shared, classNames)] };
}

type GivenSets = Readonly<{ train: ImageSet; validation?: ImageSet; test?: ImageSet }>;

async function gathered(options: OwnDatasetOptions, mostBytes: number): Promise<{ part: string; images: GatheredImages }[]> {
  const found: { part: string; images: GatheredImages }[] = [];
  for (const part of PARTS) {
    const images = options[part];
    if (images === undefined) continue;
    const { shape } = options;
    found.push({ part, images: await gatherImages(`dataset: ${part}`, images, { ...(shape ? { shape } : {}), mostBytes }) });
  }
  return found;
}

function setOf(part: string, { images, shape }: GatheredImages, labels: ImageSet['labels']): ImageSet {
  const [height, width, channels] = shape;
  return imageSet(`dataset: ${part}`, images, labels, { height, width, channels });
}

/** The training images without those that are taken out, where parts were not given. */
function splitParts({ train, ...given }: GivenSets, shares: SplitShares): Pick<Dataset<ImageSet>, (typeof PARTS)[number]> {
  const numbers = partNumbers(train.labels, shares);
  const chosen = (part: Uint32Array): ImageSet => (part.length === train.count ? train : select(train, part));
  return {
    train: chosen(numbers.train),
    validation: given.validation ?? chosen(numbers.validation),
    test: given.test ?? chosen(numbers.test),
  };
}

function checkOptions(options: OwnDatasetOptions): { shares: SplitShares; mostBytes: number } {
  knownKeys('dataset', options, KNOWN);
  const { shape, leaking = 'note' } = options;
  if (leaking !== 'note' && leaking !== 'refuse') throw refusePhrase('dataset: leaking', 'note or refuse', String(leaking));
  checkShapeOption('dataset: shape', shape);
  return { shares: splitShares(options), mostBytes: integerIn('dataset: mostBytes', options.mostBytes ?? MOST_BYTES, 1) };
}

/** A name that can stand in that of a folder. @throws InputError for one that cannot, or that names a path */
export function nameOfData(where: string, name: unknown): string {
  const text = textIn(where, name, 100);
  if (/^[^/\\:.][^/\\:]*$/.test(text)) return text;
  throw refuse(where, 'a name without /, \\ and :, which does not begin with a dot', name);
}
