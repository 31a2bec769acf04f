/** What a file of weights says of the images that its network was trained on, so that a detector can be used by itself. */

import type { Dataset, Normalisation } from '../../data/types';
import type { Network } from '../../models/types';
import { canonicalJson } from '../../util/hash';
import { IMAGENET_NORMALISATION } from '../../util/images/imageNormalisation';
import { parseJson } from '../../util/json';
import { listOf, number, objectOf, text } from '../../util/schema';
import type { StoredWeights } from '../../weights/networkFile';

/** Names of the classes, and how pictures become images. */
export interface DataNotes {
  /** Absent where the file does not say. */
  readonly classNames?: readonly string[];
  /** Where the file does not say, ImageNet's, as data sets of pictures with objects have it. */
  readonly normalisation: Normalisation;
}

/** Notes for the file of a network with priors; of others none: their files stay what they were. */
export function dataNotes({ priors }: Pick<Network, 'priors'>, { classNames, mean, std }: Dataset): Record<string, string> {
  return priors ? { data: canonicalJson({ classNames, mean, std }) } : {};
}

const NOTES = objectOf({ classNames: listOf(text), mean: listOf(number()), std: listOf(number(0)) });

/** @param path of the file, for errors @throws InputError for notes that are none */
export function dataNotesOf(path: string, { notes }: Pick<StoredWeights, 'notes'>): DataNotes {
  if (notes['data'] === undefined) return { normalisation: IMAGENET_NORMALISATION };
  const where = `${path}: data`;
  const value = parseJson(notes['data'], where);
  NOTES(where, value);
  const { classNames, mean, std } = value as Normalisation & { readonly classNames: readonly string[] };
  return { classNames, normalisation: { mean, std } };
}
