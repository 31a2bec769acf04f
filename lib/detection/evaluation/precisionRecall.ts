/**
 * Precision and recall over falling scores, and the average precision in the three ways that are in use. All take the envelope of the
 * precision: at a recall, the best that is reached at this recall or a larger one.
 */

/** A curve, point by point: after each detection that counts. */
export interface PrecisionRecall {
  /** Falling. */
  readonly scores: Float64Array;
  /** Of the detections so far: hits / (hits + misses). */
  readonly precision: Float64Array;
  /** Of the objects: hits / objects, rising. */
  readonly recall: Float64Array;
}

/** What became of detections, by falling score. */
export interface Outcomes {
  readonly scores: Float64Array;
  /** 1 a hit, 0 a miss, −1 neither: it does not count. */
  readonly outcomes: Int8Array;
  /** Objects that are to be found. */
  readonly objects: number;
}

/** The curve of what counts; without objects recall is NaN. */
export function precisionRecall({ scores, outcomes, objects }: Outcomes): PrecisionRecall {
  const counted = Array.from(outcomes.keys()).filter((i) => (outcomes[i] as number) >= 0);
  const [precision, recall] = [new Float64Array(counted.length), new Float64Array(counted.length)];
  let hits = 0;
  for (const [k, i] of counted.entries()) {
    hits += outcomes[i] as number;
    precision[k] = hits / (k + 1);
    recall[k] = hits / objects;
  }
  return { scores: Float64Array.from(counted, (i) => scores[i] as number), precision, recall };
}

/** VOC 2007: recalls 0, 0.1, …, 1. Quotients, not products: three objects of ten are a recall of 0.3, and 3 · 0.1 is above it. */
export const ELEVEN_RECALLS: readonly number[] = Array.from({ length: 11 }, (_, i) => i / 10);

/** COCO: 0, 0.01, …, 1, as numpy's linspace has them. */
export const COCO_RECALLS: readonly number[] = Array.from({ length: 101 }, (_, i) => (i === 100 ? 1 : i * 0.01));

/**
 * Mean of the envelope at the given recalls; 0 at those that are not reached.
 * @param curve of which recall rises @param recalls rising
 */
export function averagePrecisionAt({ precision, recall }: Omit<PrecisionRecall, 'scores'>, recalls: readonly number[]): number {
  const best = envelope(precision);
  let [sum, at] = [0, 0];
  for (const least of recalls) {
    while (at < recall.length && (recall[at] as number) < least) at++;
    sum += at < recall.length ? (best[at] as number) : 0;
  }
  return sum / recalls.length;
}

/** VOC since 2010: the area under the envelope, from recall 0 to 1; 0 beyond the last recall that is reached. */
export function areaUnderPrecision({ precision, recall }: Omit<PrecisionRecall, 'scores'>): number {
  const best = envelope(precision);
  let [area, before] = [0, 0];
  for (const [i, value] of recall.entries()) {
    area += (value - before) * (best[i] as number);
    before = value;
  }
  return area;
}

function envelope(precision: Float64Array): Float64Array {
  const best = precision.slice();
  for (let i = best.length - 2; i >= 0; i--) {
    const [own, next] = [best[i] as number, best[i + 1] as number];
    if (!(own >= next)) best[i] = next; // NaN, too, which is no precision of anything
  }
  return best;
}
