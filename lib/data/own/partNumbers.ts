/** Which of the training images are held out and tested on, where no images are given for it: of each class alike, by a stream for each below `split`. */
import { random } from '../../util/rng';
import { stratifiedSplit } from '../images/split';
import type { Dataset, Labels } from '../types';
import type { SplitShares } from './splitShares';

/** The parts of a data set. */
export const PARTS = ['train', 'validation', 'test'] as const;

/** Numbers of the training images as they were given, ascending. */
export interface PartNumbers {
  readonly train: Uint32Array;
  readonly validation: Uint32Array;
  readonly test: Uint32Array;
}

/** Test images first, then, of the rest, those that are held out. @param shares 0 where a part is given */
export function partNumbers(labels: Labels, { test, validation, seed }: SplitShares): PartNumbers {
  const source = random(seed).child('split');
  const all = Uint32Array.from(labels.keys());
  const [rest, tested] = taken(all, test, 'test');
  const [train, held] = taken(rest, validation, 'validation');
  return { train, validation: held, test: tested };

  function taken(from: Uint32Array, share: number, part: string): readonly [Uint32Array, Uint32Array] {
    const own = Int32Array.from(from, (i) => labels[i] as number);
    const sizes = { validation: Math.round(share * from.length), random: source.child(part) };
    const split = stratifiedSplit(`dataset: ${part}`, own, sizes);
    const numbers = (chosen: Uint32Array): Uint32Array => chosen.map((i) => from[i] as number);
    return [numbers(split.train), numbers(split.validation)];
  }
}

/** How the parts came to be, in a sentence. */
export function splitText(parts: Pick<Dataset, (typeof PARTS)[number]>, split: SplitShares): string {
  const sizes = PARTS.map((part) => parts[part].count).join(' / ');
  const drawn = (['test', 'validation'] as const).filter((part) => split[part] > 0);
  const shares = drawn.map((part) => `${split[part]} of each class for ${part}`).join(', ');
  return shares === '' ? `as given: ${sizes}` : `${shares}, stratified, seed ${split.seed}: ${sizes}`;
}
