/** What a data set of images that are given in code is told, whether they are all in memory or read one by one. */
import type { Augmentation, Normalisation } from '../types';
import type { PixelShape } from './pixelValues';

/** Whatever the images come from. */
export interface GivenDatasetOptions {
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
}
