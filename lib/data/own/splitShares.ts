/** Which shares of the training images are tested on and held out, where no images are given for it. */
import { integerIn, knownKeys, numberIn, refusePhrase } from '../../util/check';
import { TEST_SHARE } from '../classification/imageParts';

/** Complete; 0 of a part that is given. */
export interface SplitShares {
  readonly test: number;
  readonly validation: number;
  readonly seed: number;
}

/** @param options with `split`, and `test` and `validation` where these are given @throws InputError for shares that are none, and beside a part that is given */
export function splitShares(options: {
  readonly split?: Partial<SplitShares>;
  readonly test?: unknown;
  readonly validation?: unknown;
}): SplitShares {
  const { split = {} } = options;
  knownKeys('dataset: split', split, ['test', 'validation', 'seed']);
  for (const part of ['test', 'validation'] as const) {
    if (split[part] === undefined) continue;
    numberIn(`dataset: split: ${part}`, split[part], 0, 0.9);
    if (options[part]) throw refusePhrase(`dataset: split: ${part}`, `none where ${part} is given`, String(split[part]));
  }
  const { test = TEST_SHARE, validation = 0, seed = 0 } = split;
  integerIn('dataset: split: seed', seed);
  return { test: options.test ? 0 : test, validation: options.validation ? 0 : validation, seed };
}
