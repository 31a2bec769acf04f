/**
 * From what a network says at its priors to detections (Liu et al. 2016, SSD, section 2.2): softmax, a threshold, non-maximum suppression
 * class by class, and the best of all classes. The low threshold of the default is that of evaluation: with a high one, as for drawing,
 * an average precision loses points.
 */
import { numberIn, refusePhrase } from '../util/check';
import { boxCount, type CentreBoxes } from './boxes';
import { decodeBox, VARIANCES, type Variances } from './coding';
import type { Detections } from './detections';
import { suppression } from './nonMaximumSuppression';
import { topIndices } from './topScores';

/** Of `decodeDetections`; the defaults are SSD's. */
export interface DecodeOptions {
  /** Probabilities from which a class is looked at; default above 0.01. */
  readonly score?: number;
  /** Boxes of each class that go into suppression, by their scores; default 400. */
  readonly candidates?: number;
  /** The largest overlap of two boxes of a class; default 0.45. */
  readonly overlap?: number;
  /** Detections of an image, by their scores; default 200. */
  readonly most?: number;
  readonly variances?: Variances;
}

/** Detections with the priors that they were predicted at. */
export interface DecodedDetections extends Detections {
  /** Number of the prior of each. */
  readonly priors: Int32Array;
}

/**
 * The detections of one image, by falling score, in the units of the priors; boxes may reach over the image's edge.
 * @param logits [priors, classes + 1], the background first @param offsets [priors, 4]
 * @throws InputError for another number of logits or offsets than of priors, and where logits are not finite
 */
export function decodeDetections(
  logits: Float32Array,
  offsets: Float32Array,
  priors: CentreBoxes,
  options: DecodeOptions = {},
): DecodedDetections {
  const { score = 0.01, most = 200 } = options;
  numberIn('decodeDetections: score', score, 0, 1);
  const count = boxCount(priors);
  const classes = logits.length / count - 1;
  if (!Number.isInteger(classes) || classes < 1 || offsets.length !== priors.length) {
    const expected = `logits and four offsets for each of ${count} priors`;
    throw refusePhrase('decodeDetections', expected, `${logits.length} logits and ${offsets.length} offsets`);
  }
  const found = candidatesOf(logits, classes, score);
  // Few of the best scores are enough for so many detections as a rule; where they are not, all is done again with more of them.
  for (let tried = 4 * most; ; tried *= 8) {
    const best = topIndices(found.scores, tried);
    const kept = keep(found, best, classes, { offsets, priors, options });
    if (kept.scores.length === most || tried >= found.scores.length) return kept;
  }
}

interface Predicted {
  readonly offsets: Float32Array;
  readonly priors: CentreBoxes;
  readonly options: DecodeOptions;
}

/** Non-maximum suppression class by class, over all classes at once. @param best candidates by falling score */
function keep(found: Candidates, best: Int32Array, classes: number, { offsets, priors, options }: Predicted): DecodedDetections {
  const { candidates = 400, overlap = 0.45, most = 200, variances = VARIANCES } = options;
  const own = Array.from({ length: classes }, () => ({ seen: 0, stays: suppression(overlap) }));
  const boxes = new Float64Array(4 * most);
  const kept: number[] = [];
  for (let k = 0; k < best.length && kept.length < most; k++) {
    const i = best[k] as number;
    const one = own[classAt(found, i, classes)] as (typeof own)[number];
    if (one.seen++ >= candidates) continue;
    // Written where the next one goes: one that does not stay is written over.
    decodeBox(offsets, priors, priorAt(found, i, classes), boxes, 4 * kept.length, variances);
    if (one.stays(boxes, kept.length)) kept.push(i);
  }
  return {
    boxes: boxes.slice(0, 4 * kept.length),
    scores: Float64Array.from(kept, (i) => found.scores[i] as number),
    classes: Int32Array.from(kept, (i) => classAt(found, i, classes)),
    priors: Int32Array.from(kept, (i) => priorAt(found, i, classes)),
  };
}

/** Priors at which a class may be, prior by prior: of equal scores the first prior comes first, then the first class. */
interface Candidates {
  /** prior · classes + class */
  readonly places: Int32Array;
  readonly scores: Float64Array;
}

const classAt = ({ places }: Candidates, i: number, classes: number): number => (places[i] as number) % classes;

const priorAt = ({ places }: Candidates, i: number, classes: number): number => Math.floor((places[i] as number) / classes);

/**
 * The priors whose probability of a class is above `least`. A softmax divides by at least 1, of the largest logit itself: where no class
 * comes near enough to that there is nothing to compute, and so it is at most priors.
 */
function candidatesOf(logits: Float32Array, classes: number, least: number): Candidates {
  const width = classes + 1;
  const size = (logits.length / width) * classes;
  const found = { places: new Int32Array(size), scores: new Float64Array(size) };
  const margin = Math.log(least);
  const powers = new Float64Array(width);
  let count = 0;
  for (let j = 0, at = 0; at < logits.length; j++, at += width) {
    let object = -Infinity;
    for (let c = 1; c < width; c++) object = Math.max(object, logits[at + c] as number);
    const largest = Math.max(object, logits[at] as number);
    if (!(Math.abs(largest) < Infinity)) throw refusePhrase(`decodeDetections: prior ${j}`, 'finite logits', `${largest}`);
    if (object - largest < margin) continue;
    const sum = fillPowers(logits, at, largest, powers);
    const floor = least * sum;
    for (let c = 1; c < width; c++) {
      const power = powers[c] as number;
      if (power <= floor) continue;
      found.places[count] = j * classes + c - 1;
      found.scores[count++] = power / sum;
    }
  }
  return { places: found.places.subarray(0, count), scores: found.scores.subarray(0, count) };
}

/** Fills `powers` with exp(logit − largest); their sum. */
function fillPowers(logits: Float32Array, at: number, largest: number, powers: Float64Array): number {
  let sum = 0;
  for (let c = 0; c < powers.length; c++) {
    const power = Math.exp((logits[at + c] as number) - largest);
    powers[c] = power;
    sum += power;
  }
  return sum;
}
