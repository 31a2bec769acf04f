/** Detections of one class over images, by falling score; of equal scores those of earlier images, then earlier ones, come first. */
import type { Detections } from '../detections';

/** Where a detection is: the number of its image, and its own there. */
export interface RankedDetection {
  readonly image: number;
  readonly index: number;
  readonly score: number;
}

/** All of a class. @param images their detections, in the order of ties */
export function rankedDetections(images: readonly Detections[], ofClass: number): RankedDetection[] {
  const all = images.flatMap((detections, image) => classRows(detections, ofClass).map((row) => ({ image, ...row })));
  return all.sort((a, b) => b.score - a.score); // stable, since ES2019
}

/** Those of one image, in their order. */
function classRows({ classes, scores }: Detections, ofClass: number): Omit<RankedDetection, 'image'>[] {
  return indicesOf(classes, ofClass).map((index) => ({ index, score: scores[index] as number }));
}

/** Where a class is in a list of classes. */
export function indicesOf(classes: Int32Array, ofClass: number): number[] {
  const found: number[] = [];
  for (const [i, c] of classes.entries()) if (c === ofClass) found.push(i);
  return found;
}
