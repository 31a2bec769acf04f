/** From the full splits of a data set to the part of it that a run uses. */
import { integerIn } from '../util/check';
import { sha256 } from '../util/hash';
import { random } from '../util/rng';
import { select } from './images/imageSet';
import { stratifiedSplit } from './images/split';
import type { Dataset, ImageSet, Labels, SubsetOptions } from './types';

/** A data set before any choice: all of its two parts. */
export type FullDataset = Omit<Dataset<ImageSet>, 'validation' | 'fingerprint'>;

/** Takes out validation images, cuts the parts to size (both stratified, see `stratifiedSplit`), and names the result's contents. */
export function assemble(full: FullDataset, options: SubsetOptions = {}): Dataset<ImageSet> {
  const { seed = 0 } = options;
  const source = random(integerIn(`${full.name}: seed`, seed)).child('split');
  const where = `${full.name} (${full.train.count} training images)`;
  const sizes = { train: options.train, validation: options.validation, random: source.child('train') };
  const split = stratifiedSplit(where, full.train.labels, sizes);
  const size = integerIn(`${full.name}: test`, options.test ?? full.test.count, 0, full.test.count);
  const tested = stratifiedSplit(full.name, full.test.labels, { train: size, random: source.child('test') });
  const parts = {
    train: cut(full.train, split.train),
    validation: cut(full.train, split.validation),
    test: cut(full.test, tested.train),
  };
  const whole = parts.train.count === full.train.count && parts.test.count === full.test.count;
  const note = `used: ${parts.train.count} training, ${parts.validation.count} validation, ${parts.test.count} test`;
  const suffix = whole ? note : `${note}; stratified, seed ${seed}`;
  return { ...full, ...parts, split: `${full.split}; ${suffix}`, fingerprint: partsFingerprint(Object.values(parts)) };
}

/** SHA-256 over each part's size, labels and images. */
export function partsFingerprint(parts: readonly ImageSet[]): string {
  const sizes = parts.map(({ count, height, width, channels }) => [count, height, width, channels]);
  return sha256(JSON.stringify(sizes), ...parts.flatMap(({ labels, images }) => [labelBytes(labels), images]));
}

/** A byte a label where all are below 256, else four: equal labels are equal bytes, whatever array they come in. */
function labelBytes(labels: Labels): Uint8Array {
  if (labels instanceof Uint8Array) return labels;
  if (labels.every((label) => label < 256)) return Uint8Array.from(labels);
  return new Uint8Array(Int32Array.from(labels).buffer);
}

/** The chosen images; the set itself, uncopied, when that is all of them (indices ascend). */
const cut = (set: ImageSet, indices: Uint32Array): ImageSet => (indices.length === set.count ? set : select(set, indices));
