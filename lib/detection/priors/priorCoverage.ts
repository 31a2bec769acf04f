/**
 * How well a set of priors fits boxes, by class: a class whose boxes no prior comes near is not learned, and nothing else says why.
 */
import { integerIn, objectIn, objectsIn, refuse } from '../../util/check';
import { boxCount, type CornerBoxes, iou, toCorners } from '../boxes';
import { type PriorSpec, priorBoxes } from './priors';

/** Of one class. */
export interface Coverage {
  readonly boxes: number;
  /** Share of its boxes that have a prior of this overlap or more; NaN without boxes. */
  readonly covered: number;
  /** Mean of the boxes' best overlaps; NaN without boxes. */
  readonly meanBest: number;
}

/**
 * The coverage of each class.
 * @param boxes in the units of the image, [0, 1] @param classes of the boxes, in [0, count) @param threshold of matching
 * @throws InputError for priors and boxes that are none
 */
export function priorCoverage(
  spec: PriorSpec,
  boxes: CornerBoxes,
  classes: ArrayLike<number>,
  count: number,
  threshold = 0.5,
): Coverage[] {
  const { maps } = objectIn('priorCoverage: spec', 'priors of a network', spec, ['maps']);
  objectsIn('priorCoverage: spec: maps', 'maps', maps, ['rows', 'columns', 'step', 'shapes']);
  if (!(boxes instanceof Float64Array)) throw refuse('priorCoverage: boxes', 'a Float64Array of corners', boxes);
  integerIn('priorCoverage: count', count, 1);
  const priors = toCorners(priorBoxes(spec));
  const sums = Array.from({ length: count }, () => ({ boxes: 0, covered: 0, best: 0 }));
  for (let i = 0; i < boxCount(boxes); i++) {
    const sum = sums[classes[i] as number];
    if (!sum) continue;
    const best = bestOverlap(boxes, i, priors);
    sum.boxes++;
    sum.best += best;
    if (best >= threshold) sum.covered++;
  }
  return sums.map(({ boxes: n, covered, best }) => ({ boxes: n, covered: covered / n, meanBest: best / n }));
}

function bestOverlap(boxes: CornerBoxes, i: number, priors: CornerBoxes): number {
  let best = 0;
  for (let j = 0; j < boxCount(priors); j++) best = Math.max(best, iou(boxes, i, priors, j));
  return best;
}
