/**
 * Which detection finds which object by COCO's rules (cocodataset/cocoapi, PythonAPI/pycocotools/cocoeval.py, evaluateImg): image by image
 * and class by class, for several overlaps at once. A detection takes the free object that it overlaps most, and one that counts rather
 * than one that does not. Objects that do not count are crowds and those of another size than asked for; detections that take one of them, or
 * none and are of another size themselves, do not count either. A crowd is taken by any number of detections, and overlaps one by the
 * share of the detection that lies in it.
 */
import { areaOf, type CornerBoxes, intersection, iou } from '../boxes';
import type { Detections, Objects } from '../detections';
import { indicesOf } from './rankedDetections';

/** Both ends are inside. */
export type AreaRange = readonly [least: number, most: number];

/** The detections of a class in an image with the objects it has there, and how they overlap: for all sizes and overlaps the same. */
export interface CocoCell {
  /** By falling score. */
  readonly scores: readonly number[];
  readonly detectionAreas: readonly number[];
  readonly objectAreas: readonly number[];
  readonly crowd: readonly boolean[];
  /** [detections][objects] */
  readonly overlaps: readonly (readonly number[])[];
}

/** What is in an image of a class: at most so many detections. */
export function cocoCell(objects: Objects, detections: Detections, ofClass: number, most: number): CocoCell {
  const found = indicesOf(detections.classes, ofClass)
    .sort((a, b) => (detections.scores[b] as number) - (detections.scores[a] as number))
    .slice(0, most);
  const there = indicesOf(objects.classes, ofClass);
  const crowd = there.map((i) => objects.crowd?.[i] === 1);
  return {
    scores: found.map((i) => detections.scores[i] as number),
    detectionAreas: found.map((i) => areaOf(detections.boxes, i)),
    objectAreas: there.map((i) => objects.areas?.[i] ?? areaOf(objects.boxes, i)),
    crowd,
    overlaps: found.map((d) => there.map((o, k) => (crowd[k] ? shareInside : iou)(detections.boxes, d, objects.boxes, o))),
  };
}

const shareInside = (detections: CornerBoxes, d: number, objects: CornerBoxes, o: number): number => {
  const area = areaOf(detections, d);
  return area > 0 ? intersection(detections, d, objects, o) / area : 0;
};

/** Of one image and class. */
export interface CocoOutcomes {
  /** Of the detections: 1 a hit, 0 a miss, −1 neither. One array an overlap. */
  readonly outcomes: readonly Int8Array[];
  /** Objects that count. */
  readonly objects: number;
}

/** What becomes of the detections. @param overlaps the least ones of a hit */
export function cocoOutcomes(cell: CocoCell, range: AreaRange, overlaps: readonly number[]): CocoOutcomes {
  const outside = (area: number): boolean => area < range[0] || area > range[1];
  const ignored = cell.objectAreas.map((area, o) => cell.crowd[o] === true || outside(area));
  const order = [...ignored.keys()].sort((a, b) => Number(ignored[a]) - Number(ignored[b]));
  return {
    objects: ignored.filter((one) => !one).length,
    outcomes: overlaps.map((least) => {
      const taken = new Uint8Array(ignored.length);
      return Int8Array.from(cell.scores, (_, d) => {
        const object = objectOf(cell, d, order, { ignored, taken, least: Math.min(least, 1 - 1e-10) });
        if (object < 0) return outside(cell.detectionAreas[d] as number) ? -1 : 0;
        taken[object] = 1;
        return ignored[object] ? -1 : 1;
      });
    }),
  };
}

interface Search {
  readonly ignored: readonly boolean[];
  readonly taken: Uint8Array;
  readonly least: number;
}

/** The object that a detection takes, or −1. Of equal overlaps the last: pycocotools refuses smaller ones only. */
function objectOf({ overlaps, crowd }: CocoCell, d: number, order: readonly number[], { ignored, taken, least }: Search): number {
  let [best, most] = [-1, least];
  for (const o of order) {
    if (taken[o] === 1 && !crowd[o]) continue;
    if (best >= 0 && !ignored[best] && ignored[o]) break; // what counts comes first, and has been looked through
    const overlap = overlaps[d]?.[o] as number;
    if (overlap >= most) [best, most] = [o, overlap];
  }
  return best;
}
