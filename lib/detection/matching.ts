/**
 * Which prior is to find which object (Liu et al. 2016, SSD, section 2.2), as their Caffe code has it: first a bipartite matching, which
 * gives every object a prior of its own, then every prior left over goes to the object it overlaps most, where that is enough.
 * Deviation from most ports: they let each object force its best prior one after the other, so that the last one takes a shared prior
 * and the first may go without.
 */
import { boxCount, type CornerBoxes, ious } from './boxes';

/** Of `matchPriors`. */
export interface MatchOptions {
  /** The least overlap of a prior that is left over; default 0.5. */
  readonly threshold?: number;
  /** The least overlap in the bipartite matching: an object that no prior touches gets none. Default 1e-6. */
  readonly least?: number;
}

/** No object. */
const UNMATCHED = -1;

/** The number of each prior's object, or −1. Of equal overlaps the first object and the first prior are taken. */
export function matchPriors(objects: CornerBoxes, priors: CornerBoxes, options: MatchOptions = {}): Int32Array {
  const { threshold = 0.5, least = 1e-6 } = options;
  const matched = new Int32Array(boxCount(priors)).fill(UNMATCHED);
  const overlaps = ious(objects, priors);
  matchOneToOne(overlaps, boxCount(objects), matched, least);
  matchLeftOver(overlaps, boxCount(objects), matched, threshold);
  return matched;
}

/** Gives each prior that is left over the object it overlaps most, where that is enough. */
function matchLeftOver(overlaps: Float64Array, objects: number, matched: Int32Array, threshold: number): void {
  const taken = matched.slice();
  const most = new Float64Array(matched.length).fill(-1);
  for (let i = 0, at = 0; i < objects; i++) {
    for (let j = 0; j < most.length; j++, at++) {
      const value = overlaps[at] as number;
      if (value < threshold || value <= (most[j] as number) || taken[j] !== UNMATCHED) continue;
      most[j] = value;
      matched[j] = i;
    }
  }
}

/** Takes the largest overlap over all objects and priors that are free, again and again. */
function matchOneToOne(overlaps: Float64Array, objects: number, matched: Int32Array, least: number): void {
  const columns = matched.length;
  const best = Int32Array.from({ length: objects }, (_, i) => bestFree(overlaps, i, matched));
  const free = new Set(best.keys());
  while (free.size > 0) {
    let [object, most] = [UNMATCHED, least];
    for (const i of free) {
      const prior = best[i] as number;
      const value = prior === UNMATCHED ? 0 : (overlaps[i * columns + prior] as number);
      if (value > most) [object, most] = [i, value];
    }
    if (object === UNMATCHED) return;
    const prior = best[object] as number;
    matched[prior] = object;
    free.delete(object);
    for (const i of free) if (best[i] === prior) best[i] = bestFree(overlaps, i, matched);
  }
}

/** The free prior that an object overlaps most. */
function bestFree(overlaps: Float64Array, object: number, matched: Int32Array): number {
  let [best, most] = [UNMATCHED, -1];
  for (let j = 0; j < matched.length; j++) {
    const value = overlaps[object * matched.length + j] as number;
    if (value > most && matched[j] === UNMATCHED) [best, most] = [j, value];
  }
  return best;
}
