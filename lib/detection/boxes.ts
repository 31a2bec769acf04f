/**
 * Boxes and their overlap. Rows of four numbers in one array: corners [x1, y1, x2, y2] with x1 ≤ x2 and y1 ≤ y2, or the centre form
 * [cx, cy, width, height]. Coordinates are real numbers on the image's edges, in any unit: a box of n pixels is n wide, not n + 1.
 */
import { refusePhrase } from '../util/check';

/** Corners, [boxes, 4]: x1, y1, x2, y2. */
export type CornerBoxes = Float64Array;
/** Centre form, [boxes, 4]: cx, cy, width, height. */
export type CentreBoxes = Float64Array;

/** Boxes of an array of rows. @throws InputError for rows that have not four numbers */
export function boxRows(rows: readonly (readonly number[])[]): Float64Array {
  const bad = rows.findIndex((row) => row.length !== 4);
  if (bad >= 0) throw refusePhrase(`boxRows: row ${bad}`, 'four numbers', `${rows[bad]?.length}`);
  return Float64Array.from(rows.flat());
}

/** Number of boxes. */
export const boxCount = (boxes: Float64Array): number => boxes.length / 4;

/** One box as a row. */
export const boxAt = (boxes: Float64Array, i: number): [number, number, number, number] => [
  boxes[4 * i] as number,
  boxes[4 * i + 1] as number,
  boxes[4 * i + 2] as number,
  boxes[4 * i + 3] as number,
];

/** (cx, cy, w, h) → (cx − w/2, cy − h/2, cx + w/2, cy + h/2) */
export function toCorners(boxes: CentreBoxes): CornerBoxes {
  return mapBoxes(boxes, (cx, cy, w, h) => [cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2]);
}

/** (x1, y1, x2, y2) → ((x1 + x2)/2, (y1 + y2)/2, x2 − x1, y2 − y1) */
export function toCentres(boxes: CornerBoxes): CentreBoxes {
  return mapBoxes(boxes, (x1, y1, x2, y2) => [(x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1]);
}

/** Corners cut off outside [0, width] × [0, height]; a box that lies outside has no area then. */
export function clipBoxes(boxes: CornerBoxes, width = 1, height = 1): CornerBoxes {
  const within = (value: number, most: number): number => Math.min(Math.max(value, 0), most);
  return mapBoxes(boxes, (x1, y1, x2, y2) => [within(x1, width), within(y1, height), within(x2, width), within(y2, height)]);
}

/** A function of each box. */
export function mapBoxes(
  boxes: Float64Array,
  f: (a: number, b: number, c: number, d: number) => readonly [number, number, number, number],
): Float64Array {
  const result = new Float64Array(boxes.length);
  for (let i = 0; i < boxCount(boxes); i++) result.set(f(...boxAt(boxes, i)), 4 * i);
  return result;
}

/** The chosen boxes, in this order, copied. */
export function selectBoxes(boxes: Float64Array, indices: ArrayLike<number>): Float64Array {
  const result = new Float64Array(4 * indices.length);
  for (let i = 0; i < indices.length; i++) result.set(boxAt(boxes, indices[i] as number), 4 * i);
  return result;
}

/** Width · height; 0 where a corner is on the wrong side of the other. @param edge added to either side: 1 where corners are pixels */
export function areaOf(boxes: CornerBoxes, i: number, edge = 0): number {
  const at = 4 * i;
  const width = (boxes[at + 2] as number) - (boxes[at] as number) + edge;
  const height = (boxes[at + 3] as number) - (boxes[at + 1] as number) + edge;
  return Math.max(0, width) * Math.max(0, height);
}

/** Area of what two boxes share. @param edge as in `areaOf` */
export function intersection(a: CornerBoxes, i: number, b: CornerBoxes, j: number, edge = 0): number {
  const [p, q] = [4 * i, 4 * j];
  const width = Math.min(a[p + 2] as number, b[q + 2] as number) - Math.max(a[p] as number, b[q] as number) + edge;
  if (width <= 0) return 0;
  const height = Math.min(a[p + 3] as number, b[q + 3] as number) - Math.max(a[p + 1] as number, b[q + 1] as number) + edge;
  return height <= 0 ? 0 : width * height;
}

/** Intersection over union, in [0, 1]; 0 where both have no area. @param edge as in `areaOf` */
export function iou(a: CornerBoxes, i: number, b: CornerBoxes, j: number, edge = 0): number {
  const shared = intersection(a, i, b, j, edge);
  return shared === 0 ? 0 : shared / (areaOf(a, i, edge) + areaOf(b, j, edge) - shared);
}

/** Intersection over union of every a with every b, [a, b] row by row: `iou` of each pair, to the bit. */
export function ious(a: CornerBoxes, b: CornerBoxes): Float64Array {
  const [rows, columns] = [boxCount(a), boxCount(b)];
  const result = new Float64Array(rows * columns);
  const areas = new Float64Array(columns);
  for (let j = 0; j < columns; j++) areas[j] = areaOf(b, j);
  for (let i = 0; i < rows; i++) writeIous(a, i, b, areas, result.subarray(i * columns, (i + 1) * columns));
  return result;
}

/** One row of `ious`. Written out, without a call a pair: a training step has half a million of them. @param areas of b */
function writeIous(a: CornerBoxes, i: number, b: CornerBoxes, areas: Float64Array, out: Float64Array): void {
  const [x1, y1, x2, y2] = boxAt(a, i);
  const area = areaOf(a, i);
  for (let j = 0, at = 0; j < out.length; j++, at += 4) {
    const top = b[at + 1] as number;
    const bottom = b[at + 3] as number;
    if (top >= y2 || bottom <= y1) continue; // first: priors lie row by row, and so long runs of them end here
    const left = b[at] as number;
    const right = b[at + 2] as number;
    if (left >= x2 || right <= x1) continue;
    const shared = (Math.min(x2, right) - Math.max(x1, left)) * (Math.min(y2, bottom) - Math.max(y1, top));
    if (shared > 0) out[j] = shared / (area + (areas[j] as number) - shared);
  }
}
