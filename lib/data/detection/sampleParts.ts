/** The parts of a data set for detection: no picture in two of them, and of each only as many as are asked for. */
import { integerIn, refusePhrase } from '../../util/check';
import { random } from '../../util/rng';
import type { SubsetOptions } from '../types';
import type { DetectionSample } from './detectionSample';

/** Samples of each part. */
export interface SampleParts {
  readonly train: readonly DetectionSample[];
  readonly validation: readonly DetectionSample[];
  readonly test: readonly DetectionSample[];
}

/** @throws InputError for a picture that two parts have: what is tested on was learned then */
export function checkDisjoint(where: string, parts: SampleParts): void {
  const seen = new Map<string, string>();
  for (const [part, samples] of Object.entries(parts) as [string, readonly DetectionSample[]][]) {
    for (const { picture } of samples) {
      const before = seen.get(picture);
      if (before !== undefined) throw refusePhrase(where, 'every picture in one part', `${picture} in ${before} and ${part}`);
      seen.set(picture, part);
    }
  }
}

/**
 * So many pictures of each part, drawn by the streams `split/train` and `split/test` and left in their order. Validation pictures, where there
 * is no list of them, come out of the training part: from the end of its permutation, so that they are the same for any size of the rest.
 * @throws InputError for more than there are
 */
export function subsetOf(where: string, parts: SampleParts, options: SubsetOptions): SampleParts {
  const source = random(integerIn(`${where}: seed`, options.seed ?? 0)).child('split');
  const { train, validation, test } = parts;
  const listed = validation.length > 0;
  const held = integerIn(
    `${where}: validation`,
    options.validation ?? validation.length,
    0,
    (listed ? validation : train).length,
  );
  const rest = listed ? train.length : train.length - held;
  const used = integerIn(`${where}: train`, options.train ?? rest, 0, rest);
  const tested = integerIn(`${where}: test`, options.test ?? test.length, 0, test.length);
  const order = source.stream('train').permutation(train.length);
  const own = listed ? source.stream('validation').permutation(validation.length) : order;
  return {
    train: chosen(train, order.subarray(0, used)),
    validation: listed ? chosen(validation, own.subarray(0, held)) : chosen(train, own.subarray(train.length - held)),
    test: chosen(test, source.stream('test').permutation(test.length).subarray(0, tested)),
  };
}

const chosen = (samples: readonly DetectionSample[], indices: Uint32Array): readonly DetectionSample[] =>
  Array.from(indices.slice().sort(), (i) => samples[i] as DetectionSample);
