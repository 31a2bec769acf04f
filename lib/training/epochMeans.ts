/** Means of the loss terms over an epoch, by images: sums are a plain value that a checkpoint can hold in mid-epoch. */

import type { MeasuredTerm, TermValues } from '../optim/objective';
import { weightedLoss } from '../optim/step';

/** Sums over the images seen so far, terms in the objective's order. */
export interface EpochSums {
  readonly images: number;
  readonly loss: number;
  readonly terms: TermValues;
}

/** Means over the images of an epoch. */
export interface EpochMeans {
  readonly loss: number;
  /** `weighted` is the mean of weight · value, which a moving weight makes differ from the product of the means. */
  readonly terms: TermValues;
}

export const EMPTY_SUMS: EpochSums = { images: 0, loss: 0, terms: {} };

/** The sums with one more step of `images` images. */
export function addStep(sums: EpochSums, terms: readonly MeasuredTerm[], images: number): EpochSums {
  const entries = terms.map(({ name, value, weight, weighted }) => {
    const before = sums.terms[name] ?? { value: 0, weight: 0, weighted: 0 };
    const sum = {
      value: before.value + images * value,
      weight: before.weight + images * weight,
      weighted: before.weighted + images * weighted,
    };
    return [name, sum] as const;
  });
  return {
    images: sums.images + images,
    loss: sums.loss + images * weightedLoss(terms),
    terms: { ...sums.terms, ...Object.fromEntries(entries) },
  };
}

/** Sums divided by the number of images. */
export function epochMeans({ images, loss, terms }: EpochSums): EpochMeans {
  const means = Object.entries(terms).map(([name, { value, weight, weighted }]) => {
    return [name, { value: value / images, weight: weight / images, weighted: weighted / images }] as const;
  });
  return { loss: loss / images, terms: Object.fromEntries(means) };
}
