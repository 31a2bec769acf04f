/** A data set of images that are read by somebody's own function when they are needed: split by their labels, measured by a sample. */
import { knownKeys, refuse } from '../../util/check';
import { canonicalJson, sha256 } from '../../util/hash';
import { random } from '../../util/rng';
import { checkDataset } from '../images/checkDataset';
import { imageSet } from '../images/imageSet';
import type { Dataset, ImageSet, ImageSource, Labels } from '../types';
import { byteCollector, type Collected, checkShapeOption } from './byteCollector';
import { classLabels, type Label } from './classLabels';
import { checkLearned, classNotes } from './classNotes';
import type { GivenDatasetOptions } from './givenDatasetOptions';
import { imageOf, isOwnSource, type OwnSource, sourceLabels, sourceOfBytes } from './ownSource';
import { ownStatistics } from './ownStatistics';
import { PARTS, partNumbers, splitText } from './partNumbers';
import type { SplitShares } from './splitShares';

/** Images that are read one by one, and what images in memory are told, too. */
export interface SourceDatasetOptions extends GivenDatasetOptions {
  /** Images to learn from. Those of float numbers are in [0, 255] or all in [0, 1], and become bytes; bytes are in [0, 255]. */
  readonly train: OwnSource;
  /** Default `split.validation` of the training images. */
  readonly validation?: OwnSource;
  /** Default `split.test` of the training images. */
  readonly test?: OwnSource;
}

/** A data set whose images are read when they are needed, with what there is to say of it. */
export interface SourceDataset extends Dataset<ImageSource> {
  readonly notes: readonly string[];
}

const KNOWN = [...PARTS, 'classes', 'name', 'source', 'shape', 'split', 'normalisation', 'augmentation'];
/** Images that are read at once: a thousand say mean and deviation well enough (`imageStatistics`). */
const SAMPLE = 1000;
/** Fewer where they are large. */
const SAMPLE_BYTES = 2 ** 28;

/** @throws InputError naming part and image for what is none in the sample, for labels that are none, and options that are none */
export async function sourceDataset(options: SourceDatasetOptions, name: string, shares: SplitShares): Promise<SourceDataset> {
  knownKeys('dataset', options, KNOWN);
  checkShapeOption('dataset: shape', options.shape);
  const given = PARTS.filter((part) => options[part] !== undefined);
  const sources = new Map(given.map((part) => [part, sourceIn(`dataset: ${part}`, options[part])]));
  const listed: Record<string, Label[]> = {};
  for (const [part, source] of sources) listed[part] = await sourceLabels(`dataset: ${part}`, source);
  const { classNames, labels } = classLabels('dataset', listed, options.classes);
  const labelsOf = new Map(given.map((part, i) => [part, labels[i] as Labels]));
  const taken = partNumbers(labelsOf.get('train') as Labels, shares);
  if (!options.classes) checkLearned(chosen(labelsOf.get('train') as Labels, taken.train), classNames);
  const sample = await sampled(options.train, taken.train, options.shape, shares.seed);
  const parts = Object.fromEntries(
    PARTS.map((part): [string, ImageSource] => {
      const own = sources.has(part) ? part : 'train';
      const all = labelsOf.get(own) as Labels;
      const numbers = own === part && part !== 'train' ? Uint32Array.from(all.keys()) : taken[part];
      const source = sources.get(own) as OwnSource;
      return [part, sourceOfBytes(`dataset: ${own}`, source, numbers, chosen(all, numbers), sample)];
    }),
  ) as Pick<SourceDataset, (typeof PARTS)[number]>;
  const { mean, std } = options.normalisation ?? ownStatistics(asSet(sample));
  const augmentation = options.augmentation ?? { pad: 0, flip: false };
  const known = { classNames, mean, std, augmentation, shape: sample.shape, scale: sample.scale, name };
  const data = {
    ...{ name, classNames, ...parts, mean, std, augmentation },
    source: options.source ?? 'read by a function given in code',
    split: splitText(parts, shares),
    fingerprint: sha256(canonicalJson(known), ...PARTS.map((part) => parts[part].labels.join()), sample.images),
  };
  checkDataset('dataset', data);
  return { ...data, notes: classNotes(data) };
}

function sourceIn(where: string, part: unknown): OwnSource {
  if (isOwnSource(part)) return part;
  const hint = 'of images in memory: { labels, read: (i) => images[i] }';
  throw refuse(where, 'a source as the training images: { labels, read }', part, hint);
}

function asSet({ images, shape, count }: Collected): ImageSet {
  const [height, width, channels] = shape;
  return imageSet('dataset: train', images, new Uint8Array(count), { height, width, channels });
}

/** Of an array as wide as the labels'. */
function chosen(labels: Labels, numbers: Uint32Array): Labels {
  const own = labels.slice(0, numbers.length);
  for (const [i, number] of numbers.entries()) own[i] = labels[number] as number;
  return own;
}

/** Training images, drawn from the stream `statistics`: bytes of one size and scale. */
async function sampled(
  source: OwnSource,
  numbers: Uint32Array,
  shape: GivenDatasetOptions['shape'],
  seed: number,
): Promise<Collected> {
  const order = random(seed).stream('statistics').permutation(numbers.length);
  const collector = byteCollector('dataset: train', Number.POSITIVE_INFINITY);
  let bytes = 0;
  for (const i of order.subarray(0, SAMPLE)) {
    const pixels = await imageOf('dataset: train', source, numbers[i] as number, shape);
    collector.add(pixels, numbers[i]);
    bytes += pixels.values.length;
    if (bytes > SAMPLE_BYTES) break;
  }
  return collector.finish();
}
