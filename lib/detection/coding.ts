/**
 * A box as its offsets from a prior, which is what a network predicts (Girshick et al. 2014, R-CNN, appendix C; SSD, equation 2), in units of
 * the variances that SSD's code divides by:
 *
 *     tx = (gx − px) / pw / 0.1     tw = ln(gw / pw) / 0.2     and so for y and height
 *
 * Decoding keeps tw · 0.2 and th · 0.2 at ln(1000 / 16) at most, as torchvision does: exp of an untrained network's offset may overflow.
 */
import { refusePhrase } from '../util/check';
import { boxAt, boxCount, type CentreBoxes, type CornerBoxes } from './boxes';

/** Of centres and of sizes. */
export type Variances = readonly [centre: number, size: number];

/** SSD's. */
export const VARIANCES: Variances = [0.1, 0.2];

/** No box is decoded to more than 62.5 times its prior's width or height. */
const MOST_LOG = Math.log(1000 / 16);

/** Offsets of one box from one prior, written to `out` at `at`. @throws InputError for a box without width or height: its logarithm is −∞ */
export function encodeBox(
  boxes: CornerBoxes,
  i: number,
  priors: CentreBoxes,
  j: number,
  out: Float32Array,
  [centre, size]: Variances = VARIANCES,
): void {
  const [x1, y1, x2, y2] = boxAt(boxes, i);
  const [cx, cy, width, height] = boxAt(priors, j);
  if (!(x2 > x1 && y2 > y1)) {
    throw refusePhrase(`encodeBox: box ${i}`, 'a width and a height above 0', `corners ${x1}, ${y1}, ${x2}, ${y2}`);
  }
  const at = 4 * j;
  out[at] = ((x1 + x2) / 2 - cx) / width / centre;
  out[at + 1] = ((y1 + y2) / 2 - cy) / height / centre;
  out[at + 2] = Math.log((x2 - x1) / width) / size;
  out[at + 3] = Math.log((y2 - y1) / height) / size;
}

/** The box of offsets from prior `j`, as corners, written to `out` at `at`. @param offsets [priors, 4] */
export function decodeBox(
  offsets: Float32Array,
  priors: CentreBoxes,
  j: number,
  out: Float64Array,
  at: number,
  [centre, size]: Variances = VARIANCES,
): void {
  const from = 4 * j;
  for (const axis of [0, 1]) {
    const [middle, length] = [priors[from + axis] as number, priors[from + axis + 2] as number];
    const centred = middle + (offsets[from + axis] as number) * centre * length;
    const half = (length * Math.exp(Math.min((offsets[from + axis + 2] as number) * size, MOST_LOG))) / 2;
    out[at + axis] = centred - half;
    out[at + axis + 2] = centred + half;
  }
}

/** All boxes of offsets, [priors, 4] as corners. */
export function decodeBoxes(offsets: Float32Array, priors: CentreBoxes, variances: Variances = VARIANCES): CornerBoxes {
  const boxes = new Float64Array(priors.length);
  for (let j = 0; j < boxCount(priors); j++) decodeBox(offsets, priors, j, boxes, 4 * j, variances);
  return boxes;
}
