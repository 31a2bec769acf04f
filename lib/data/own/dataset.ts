/** A data set of one's own images: gathered, split, measured and checked, so that training, tables and pages take it as any other. */
import { integerIn, isObject, knownKeys, neededKeys, refuse, refusePhrase, textIn } from '../../util/check';
import { canonicalJson, sha256 } from '../../util/hash';
import { random } from '../../util/rng';
import { partsFingerprint } from '../assemble';
import { checkDataset } from '../images/checkDataset';
import { imageSet, select } from '../images/imageSet';
import { channelStatistics } from '../images/normalisation';
import { stratifiedSplit } from '../images/split';
import type { Augmentation, Dataset, ImageSet, Normalisation } from '../types';
import { checkedShape } from './byteCollector';
import { classLabels, type Label } from './classLabels';
import { classCounts, classNotes } from './classNotes';
import { areFiles, type FileDataset, type FileDatasetOptions, fileDataset } from './fileDataset';
import { type GatheredImages, gatherImages, type OwnImages } from './gatherImages';
import type { PixelShape } from './pixelValues';
import { labelNotes, leakNotes, sharedImages } from './sharedImages';
import { type SplitShares, splitShares } from './splitShares';

/** What `dataset` is made of. */
export interface OwnDatasetOptions {
  /** Images to learn from. Those of float numbers are in [0, 255] or all in [0, 1], and become bytes; bytes are in [0, 255]. */
  readonly train: OwnImages;
  /** Images to hold out; default `split.validation` of the training images. */
  readonly validation?: OwnImages;
  /** Images to measure on; default `split.test` of the training images. */
  readonly test?: OwnImages;
  /** Names of the classes in the order of their numbers; default what the labels say: names by their code units, or numbers from 0. */
  readonly classes?: readonly string[];
  /** For tables and names of runs, and so of their folders; default `own`. */
  readonly name?: string;
  /** Where it comes from, in a sentence; default `given in code`. */
  readonly source?: string;
  /** [height, width, channels] of images that are flat arrays. */
  readonly shape?: PixelShape;
  /** Shares that are taken from the training images where a part is not given, of each class alike: `test` 0.2, `validation` 0; `seed` 0 says which. */
  readonly split?: { readonly test?: number; readonly validation?: number; readonly seed?: number };
  /** Default that of the training images, of values in [0, 1]. */
  readonly normalisation?: Normalisation;
  /** Default none: whether a class looks alike mirrored, nobody but you knows. CIFAR's is `{ pad: 4, flip: true }`. */
  readonly augmentation?: Augmentation;
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
export async function dataset(options: FileDatasetOptions): Promise<FileDataset>;
export async function dataset(options: OwnDatasetOptions | FileDatasetOptions): Promise<OwnDataset | FileDataset> {
  neededKeys('dataset', objectOf(options), ['train']);
  const name = nameOfData('dataset: name', options.name ?? 'own');
  if (areFiles(options.train)) return fileDataset(options as FileDatasetOptions, name, splitShares(options));
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
  if (!options.classes) checkLearned(sets as GivenSets, classNames);
  const parts = splitParts(sets as GivenSets, shares);
  const { train } = parts;
  const normalisation = options.normalisation ?? ownStatistics(train);
  const augmentation = options.augmentation ?? { pad: 0, flip: false };
  const data: Dataset<ImageSet> = {
    ...{ name, classNames, ...parts, mean: normalisation.mean, std: normalisation.std, augmentation },
    source: options.source ?? 'given in code',
    split: splitText(parts, options, shares),
    fingerprint: sha256(canonicalJson({ classNames, normalisation, augmentation }), partsFingerprint(Object.values(parts))),
  };
  checkDataset('dataset', data);
  const shared = sharedImages({ train: parts.train, validation: parts.validation, test: parts.test });
  const leaks = leakNotes(shared.leaking);
  if (options.leaking === 'refuse' && leaks[0] !== undefined) throw refusePhrase('dataset', 'every image in one part', leaks[0]);
  return { ...data, notes: [...classNotes(data), ...leaks, ...labelNotes(shared, classNames)] };
}

type GivenSets = Readonly<{ train: ImageSet; validation?: ImageSet; test?: ImageSet }>;
const PARTS = ['train', 'validation', 'test'] as const;

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

/** Takes out of the training images the parts that were not given: a stream for each class, below `split`. */
function splitParts(
  { train, ...given }: GivenSets,
  { test, validation, seed }: SplitShares,
): Pick<Dataset<ImageSet>, (typeof PARTS)[number]> {
  const source = random(seed).child('split');
  const [rest, tested] = given.test ? [train, given.test] : taken(train, test, 'test');
  const [kept, held] = given.validation ? [rest, given.validation] : taken(rest, validation, 'validation');
  return { train: kept, validation: held, test: tested };

  function taken(from: ImageSet, share: number, part: string): readonly [ImageSet, ImageSet] {
    const sizes = { validation: Math.round(share * from.count), random: source.child(part) };
    const numbers = stratifiedSplit(`dataset: ${part}`, from.labels, sizes);
    if (numbers.validation.length === 0) return [from, select(from, [])];
    return [select(from, numbers.train), select(from, numbers.validation)];
  }
}

/** Where nobody named the classes, one that no training image has is a mistake. */
function checkLearned({ train }: GivenSets, classNames: readonly string[]): void {
  const unknown = classCounts(train, classNames.length).indexOf(0);
  if (unknown < 0) return;
  const received = `none of "${classNames[unknown]}", which other parts have`;
  throw refusePhrase('dataset: train', 'images of every class', received, 'give classes where that is meant');
}

function ownStatistics(train: ImageSet): Normalisation {
  const statistics = channelStatistics(train);
  const flat = statistics.std.findIndex((deviation) => !(deviation > 0));
  if (train.count === 0 || flat < 0) return statistics;
  const hint = 'give normalisation where that is meant';
  throw refusePhrase('dataset: train', 'images that differ', `channel ${flat} with one value everywhere`, hint);
}

function splitText(parts: Pick<Dataset<ImageSet>, (typeof PARTS)[number]>, given: OwnDatasetOptions, split: SplitShares): string {
  const sizes = PARTS.map((part) => parts[part].count).join(' / ');
  const drawn = (['test', 'validation'] as const).filter((part) => given[part] === undefined && split[part] > 0);
  const shares = drawn.map((part) => `${split[part]} of each class for ${part}`).join(', ');
  return shares === '' ? `as given: ${sizes}` : `${shares}, stratified, seed ${split.seed}: ${sizes}`;
}

function checkOptions(options: OwnDatasetOptions): { shares: SplitShares; mostBytes: number } {
  knownKeys('dataset', options, KNOWN);
  const { shape, leaking = 'note' } = options;
  if (leaking !== 'note' && leaking !== 'refuse') throw refusePhrase('dataset: leaking', 'note or refuse', String(leaking));
  if (shape !== undefined) checkedShape('dataset: shape', Array.isArray(shape) ? (shape as unknown as PixelShape) : [0, 0, 0]);
  return { shares: splitShares(options), mostBytes: integerIn('dataset: mostBytes', options.mostBytes ?? MOST_BYTES, 1) };
}

/** A name that can stand in that of a folder. @throws InputError for one that cannot, or that names a path */
export function nameOfData(where: string, name: unknown): string {
  const text = textIn(where, name, 100);
  if (/^[^/\\:.][^/\\:]*$/.test(text)) return text;
  throw refuse(where, 'a name without /, \\ and :, which does not begin with a dot', name);
}
