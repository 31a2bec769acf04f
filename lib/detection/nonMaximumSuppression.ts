/**
 * Greedy non-maximum suppression: of boxes that overlap, the one with the highest score stays. A box goes where its overlap with one
 * that stays is above the threshold; an overlap of the threshold itself is kept.
 */
import { areaOf, boxCount, type CornerBoxes } from './boxes';

/** Corners and area of a box that stays. */
const VALUES = 5;

/** Numbers of the boxes that stay, in their order. @param boxes by falling score @param threshold of intersection over union, in [0, 1] */
export function suppress(boxes: CornerBoxes, threshold: number): number[] {
  const stays = suppression(threshold);
  return Array.from({ length: boxCount(boxes) }, (_, i) => i).filter((i) => stays(boxes, i));
}

/** Asked of boxes by falling score, one after the other: whether this one stays beside those that do. */
export function suppression(threshold: number): (boxes: CornerBoxes, i: number) => boolean {
  let [staying, end] = [new Float64Array(16 * VALUES), 0];
  return (boxes, i) => {
    const area = areaOf(boxes, i);
    if (overlapsOne(boxes, i, area, staying.subarray(0, end), threshold)) return false;
    if (end === staying.length) {
      const larger = new Float64Array(2 * end);
      larger.set(staying);
      staying = larger;
    }
    for (let k = 0; k < 4; k++) staying[end++] = boxes[4 * i + k] as number;
    staying[end++] = area;
    return true;
  };
}

/** Whether a box overlaps one of those that stay too much. Written out, without a call a pair: time of decoding goes here. */
function overlapsOne(boxes: CornerBoxes, i: number, area: number, staying: Float64Array, threshold: number): boolean {
  const x1 = boxes[4 * i] as number;
  const y1 = boxes[4 * i + 1] as number;
  const x2 = boxes[4 * i + 2] as number;
  const y2 = boxes[4 * i + 3] as number;
  for (let at = 0; at < staying.length; at += VALUES) {
    const left = staying[at] as number;
    const top = staying[at + 1] as number;
    const right = staying[at + 2] as number;
    const bottom = staying[at + 3] as number;
    if (left >= x2 || right <= x1 || top >= y2 || bottom <= y1) continue;
    const width = Math.min(x2, right) - Math.max(x1, left);
    const height = Math.min(y2, bottom) - Math.max(y1, top);
    const shared = width * height;
    // A quotient, as in `iou`: a product would round an overlap of the threshold itself to either side.
    if (shared / (area + (staying[at + 4] as number) - shared) > threshold) return true;
  }
  return false;
}
