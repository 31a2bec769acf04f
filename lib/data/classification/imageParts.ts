/** Which files are trained on, held out and tested on. */
import { describe, integerIn, numberIn, refusePhrase } from '../../util/check';
import { type Random, random } from '../../util/rng';
import { type Split, stratifiedSplit } from '../images/split';
import type { SubsetOptions } from '../types';
import { FILE_PARTS, type FilePart, type ImageFiles } from './imageFiles';

/** Numbers of the files in each part, ascending. */
export interface ImageParts {
  readonly train: Uint32Array;
  readonly validation: Uint32Array;
  readonly test: Uint32Array;
  /** How they came to be, in a sentence. */
  readonly split: string;
}

/** How many files of each part, and how files that are in no part are divided. */
export interface PartOptions extends SubsetOptions {
  /** The share of each class that is tested on; default 0.2. */
  readonly testShare?: number | undefined;
}

/** Of each class, where nobody says. */
export const TEST_SHARE = 0.2;

/**
 * The parts of the layout; where it has none, `testShare` of each class is tested on. Then as many of each as are asked for; validation files,
 * where the layout has none, come out of the training files. Every draw is stratified by streams below `split` (see `stratifiedSplit`).
 * @throws InputError for more files than there are
 */
export function imageParts(where: string, files: ImageFiles, options: PartOptions): ImageParts {
  const { seed = 0, testShare } = options;
  const source = random(integerIn(`${where}: seed`, seed)).child('split');
  const whole = wholeParts(where, files, testShare, source);
  checkTrained(where, files, whole.train);
  const draw = (
    part: keyof typeof whole,
    sizes: { readonly train?: number | undefined; readonly validation?: number },
  ): Split => {
    const labels = Int32Array.from(whole[part], (i) => files.labels[i] as number);
    const { train, validation } = stratifiedSplit(`${where}: ${part}`, labels, { ...sizes, random: source.child(part) });
    const numbers = (chosen: Uint32Array): Uint32Array => chosen.map((i) => whole[part][i] as number);
    return { train: numbers(train), validation: numbers(validation) };
  };
  const listed = whole.validation.length > 0;
  const trained = draw('train', { train: options.train, validation: listed ? 0 : (options.validation ?? 0) });
  const parts = {
    train: trained.train,
    validation: listed ? draw('validation', { train: options.validation }).train : trained.validation,
    test: draw('test', { train: options.test }).train,
  };
  return { ...parts, split: splitText(files, whole, parts, options) };
}

/** @throws InputError for a class without training pictures */
function checkTrained(where: string, { labels, classNames }: ImageFiles, train: Uint32Array): void {
  const counts = new Uint32Array(classNames.length);
  for (const i of train) (counts[labels[i] as number] as number)++;
  const none = counts.indexOf(0);
  if (none >= 0) throw refusePhrase(where, 'training pictures of every class', `none of ${describe(classNames[none])}`);
}

type Parts = Omit<ImageParts, 'split'>;

function wholeParts(where: string, files: ImageFiles, testShare: number | undefined, source: Random): Parts {
  const [train, validation, test, undivided] = FILE_PARTS.map((part) => numbersOf(files.parts, part)) as [
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
  ];
  if (undivided.length === 0) {
    if (testShare !== undefined) {
      throw refusePhrase(`${where}: testShare`, `none where the layout has parts (${files.layout})`, String(testShare));
    }
    return { train, validation, test };
  }
  const share = numberIn(`${where}: testShare`, testShare ?? TEST_SHARE, 0, 1);
  const labels = Int32Array.from(undivided, (i) => files.labels[i] as number);
  const sizes = { validation: Math.round(share * labels.length), random: source.child('testShare') };
  const { train: kept, validation: tested } = stratifiedSplit(where, labels, sizes);
  const numbers = (chosen: Uint32Array): Uint32Array => chosen.map((i) => undivided[i] as number);
  return { train: numbers(kept), validation, test: numbers(tested) };
}

function numbersOf(parts: Uint8Array, part: FilePart): Uint32Array {
  const code = FILE_PARTS.indexOf(part);
  let count = 0;
  for (const one of parts) if (one === code) count++;
  const numbers = new Uint32Array(count);
  for (let i = 0, at = 0; i < parts.length; i++) if (parts[i] === code) numbers[at++] = i;
  return numbers;
}

function splitText({ parts, layout }: ImageFiles, whole: Parts, used: Parts, { testShare, seed = 0 }: PartOptions): string {
  const sizes = ({ train, validation, test }: Parts): string => [train, validation, test].map((p) => p.length).join(' / ');
  const divided = parts.includes(FILE_PARTS.indexOf('any'));
  const share = divided ? `, ${testShare ?? TEST_SHARE} of each class tested on, stratified, seed ${seed}` : '';
  const drawn = sizes(whole) === sizes(used) ? '' : `; used ${sizes(used)}, stratified, seed ${seed}`;
  return `${layout}${share}: ${sizes(whole)}${drawn}`;
}
