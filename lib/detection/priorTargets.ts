/** What a network should say at every prior of an image: which class is there (0 is the background), and which offsets. */
import { boxCount, type CentreBoxes, type CornerBoxes, toCorners } from './boxes';
import { encodeBox, VARIANCES, type Variances } from './coding';
import { type MatchOptions, matchPriors } from './matching';

/** Targets of one image. The background is class 0, class c of the data is c + 1. */
export interface PriorTargets {
  /** [priors]: 0 or class + 1. */
  readonly labels: Int32Array;
  /** [priors, 4]; 0 where the label is 0. */
  readonly offsets: Float32Array;
}

/** Priors in both forms, made once for all images. */
export interface PriorTable {
  readonly centres: CentreBoxes;
  readonly corners: CornerBoxes;
}

/** Both forms of priors. */
export const priorTable = (centres: CentreBoxes): PriorTable => ({ centres, corners: toCorners(centres) });

/** Options of `priorTargets`. */
export interface PriorTargetOptions extends MatchOptions {
  readonly variances?: Variances;
}

/**
 * Matches the objects of an image with priors and encodes them.
 * @param objects in the units of the priors @param classes of the objects, from 0
 * @throws InputError for an object without width or height that a prior was matched with
 */
export function priorTargets(
  objects: CornerBoxes,
  classes: ArrayLike<number>,
  priors: PriorTable,
  options: PriorTargetOptions = {},
): PriorTargets {
  const { variances = VARIANCES, ...matching } = options;
  const matched = matchPriors(objects, priors.corners, matching);
  const labels = new Int32Array(boxCount(priors.centres));
  const offsets = new Float32Array(priors.centres.length);
  for (let j = 0; j < matched.length; j++) {
    const object = matched[j] as number;
    if (object < 0) continue;
    labels[j] = (classes[object] as number) + 1;
    encodeBox(objects, object, priors.centres, j, offsets, variances);
  }
  return { labels, offsets };
}
