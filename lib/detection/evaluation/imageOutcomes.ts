/**
 * What became of the detections and of the objects of one image, as PASCAL VOC judges (Everingham et al. 2010, section 4.2): by falling score,
 * a detection belongs to the object of its class that it overlaps most. It is a hit where that is enough and the object has not been
 * found yet, a miss where it is not or the object has been (a duplicate does not fall back to another), and neither where the object is
 * difficult (or a crowd, which VOC does not have).
 */
import { iou } from '../boxes';
import type { Detections, EvaluatedImage, Objects } from '../detections';
import { indicesOf } from './rankedDetections';

/** When a detection is a hit. */
export interface HitOptions {
  /** The least intersection over union of a hit; default 0.5. */
  readonly overlap?: number;
  /** Corners are pixels that belong to the box, as in the devkit; default false. */
  readonly pixelInclusive?: boolean;
}

/** Of one image. */
export interface ImageOutcomes {
  /** Of each detection: 1 a hit, 0 a miss, −1 neither: it does not count. */
  readonly detections: Int8Array;
  /** Of each object: 1 found, 0 not found, −1 neither: it is not to be found. */
  readonly objects: Int8Array;
}

/** Of equal scores the earlier detection comes first. */
export function imageOutcomes({ objects, detections }: EvaluatedImage, options: HitOptions = {}): ImageOutcomes {
  const { overlap = 0.5, pixelInclusive = false } = options;
  const { scores } = detections;
  const found = Int8Array.from(objects.classes, (_, i) => (isIgnored(objects, i) ? -1 : 0));
  const outcomes = new Int8Array(scores.length);
  const order = [...scores.keys()].sort((a, b) => (scores[b] as number) - (scores[a] as number)); // stable, since ES2019
  for (const i of order) {
    const best = bestObject(detections, i, objects, pixelInclusive ? 1 : 0);
    if (best.overlap < overlap || best.object < 0 || found[best.object] === 1) continue;
    if (found[best.object] === 0) found[best.object] = 1;
    outcomes[i] = isIgnored(objects, best.object) ? -1 : 1;
  }
  return { detections: outcomes, objects: found };
}

const isIgnored = ({ difficult, crowd }: Objects, i: number): boolean => difficult?.[i] === 1 || crowd?.[i] === 1;

/** The object of the same class that a detection overlaps most; the first of equals, −1 where there is none. */
function bestObject(detections: Detections, index: number, objects: Objects, edge: number): { object: number; overlap: number } {
  let best = { object: -1, overlap: 0 };
  for (const object of indicesOf(objects.classes, detections.classes[index] as number)) {
    const overlap = iou(detections.boxes, index, objects.boxes, object, edge);
    if (best.object < 0 || overlap > best.overlap) best = { object, overlap };
  }
  return best;
}
