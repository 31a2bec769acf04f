/** Means of the loss terms over an epoch, by images: a plain value that a checkpoint can hold in mid-epoch. */

import type { TermFacts, TermValues } from '../optim/objective';
import { weightedLoss } from '../optim/step';

/** Sums over the images seen so far, terms in the objective's order. */
export interface Meter {
  readonly images: number;
  readonly loss: number;
  readonly terms: TermValues;
}

/** Means over the images of an epoch. */
export interface MeterMeans {
  readonly loss: number;
  /** `weighted` is the mean of weight · value, which a moving weight makes differ from the product of the means. */
  readonly terms: TermValues;
}

export const EMPTY_METER: Meter = { images: 0, loss: 0, terms: {} };

/** The meter with one more step of `images` images. */
export function addStep(meter: Meter, terms: readonly TermFacts[], images: number): Meter {
  const sums = terms.map(({ name, value, weight, weighted }) => {
    const before = meter.terms[name] ?? { value: 0, weight: 0, weighted: 0 };
    const sum = {
      value: before.value + images * value,
      weight: before.weight + images * weight,
      weighted: before.weighted + images * weighted,
    };
    return [name, sum] as const;
  });
  return {
    images: meter.images + images,
    loss: meter.loss + images * weightedLoss(terms),
    terms: { ...meter.terms, ...Object.fromEntries(sums) },
  };
}

/** Sums divided by the number of images. */
export function meterMeans({ images, loss, terms }: Meter): MeterMeans {
  const means = Object.entries(terms).map(([name, { value, weight, weighted }]) => {
    return [name, { value: value / images, weight: weight / images, weighted: weighted / images }] as const;
  });
  return { loss: loss / images, terms: Object.fromEntries(means) };
}
