/** What a look at every image of a data set finds, as plain values. */
import type { Normalisation } from '../types';
import type { UnreadableFile } from './lookAtFiles';

/** What was found. */
export interface DataReport {
  readonly name: string;
  readonly layout: string;
  readonly classNames: readonly string[];
  readonly parts: readonly PartCounts[];
  /** Pixels of the pictures that can be decoded; absent where there are none. */
  readonly sizes?: { readonly height: Spread; readonly width: Spread };
  /** Pictures by the format of their file. */
  readonly formats: Readonly<Record<string, number>>;
  /** Mean and deviation of each channel, of values in [0, 1], each picture as much as any other; absent where there are none. */
  readonly statistics?: Normalisation;
  /** Files that are no pictures: how many, and the first hundred. */
  readonly unreadable: { readonly count: number; readonly first: readonly UnreadableFile[] };
  /** The same bytes twice in a part. */
  readonly repeated: Pairs;
  /** The same bytes in two parts. */
  readonly leaking: Pairs;
  /** The same bytes with other classes. */
  readonly relabelled: Pairs;
  /** Other bytes that look the same: difference hashes of 64 bits that differ in 2 or fewer, and cells of grey by 3 of 255 at most. Of images in memory none are looked for. */
  readonly alike: Pairs;
  /** What to look at, in a sentence each. */
  readonly notes: readonly string[];
  /** What to train with, in a sentence each. */
  readonly suggestions: readonly string[];
}

/** Images of a part, and of each class of it; of pictures with objects, objects of each class. */
export interface PartCounts {
  readonly part: string;
  readonly count: number;
  readonly perClass: readonly number[];
}

/** The least, the middle and the most. */
export interface Spread {
  readonly least: number;
  readonly median: number;
  readonly most: number;
}

/** How many pairs, and the first twenty: paths, or part and number of images in memory. */
export interface Pairs {
  readonly count: number;
  readonly first: readonly (readonly [string, string])[];
}
