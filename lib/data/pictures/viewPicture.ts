/** How a picture, or a window of it, is brought to the size that a network takes. */
import { CHANNELS, type RgbPicture } from './rgbPicture';

/** A part of the plane in units of a picture, [0, 1] in both directions; outside of that there is no picture. */
export type Window = readonly [x1: number, y1: number, x2: number, y2: number];

/** All of a picture. */
export const WHOLE: Window = [0, 0, 1, 1];

/** What `viewPicture` makes of a picture. */
export interface PictureView {
  /** Which part of it, or more than all of it; default all. */
  readonly window?: Window;
  /** Left and right exchanged; default false. */
  readonly mirrored?: boolean;
  /** Above and below exchanged; default false. */
  readonly upsideDown?: boolean;
}

/**
 * A window of a picture at another size, whatever the proportions: each value is the mean of the pixels near it, weighted by a triangle
 * as wide as a pixel of either picture (bilinear where it grows, without aliasing where it shrinks). Where a pixel's centre lies
 * outside of the picture it is `fill`.
 * @param fill red, green and blue, from 0 to 255 @returns values from 0 to 255, [height, width, 3]
 */
export function viewPicture(
  picture: RgbPicture,
  [height, width]: readonly [height: number, width: number],
  view: PictureView,
  fill: readonly [number, number, number],
): Float32Array {
  const [x1, y1, x2, y2] = view.window ?? WHOLE;
  const columns = samplesOf(picture.width, width, x1, x2, view.mirrored === true);
  const rows = samplesOf(picture.height, height, y1, y2, view.upsideDown === true);
  const out = new Float32Array(height * width * CHANNELS);
  const sums = new Float64Array(width * CHANNELS);
  const narrow = new Map<number, Float64Array>(); // rows of the picture at the new width, while they are needed
  const spare: Float64Array[] = [];
  const inside = countUp(width).filter((c) => (columns.counts[c] as number) > 0);
  const [left, right] = [CHANNELS * (inside[0] ?? 0), CHANNELS * ((inside.at(-1) ?? -1) + 1)];
  for (let r = 0; r < height; r++) {
    const [first, taps, at] = [rows.firsts[r] as number, rows.counts[r] as number, rows.starts[r] as number];
    spare.push(...forgetRows(narrow, first, taps));
    sums.fill(0);
    for (let k = 0; k < taps; k++) addRow(sums, rows.weights[at + k] as number, narrowed(first + k), left, right);
    out.set(sums, r * width * CHANNELS);
    for (let c = 0; c < width; c++) if (taps === 0 || columns.counts[c] === 0) setColour(out, (r * width + c) * CHANNELS, fill);
  }
  return out;

  function narrowed(y: number): Float64Array {
    const known = narrow.get(y);
    if (known) return known;
    const values = spare.pop() ?? new Float64Array(width * CHANNELS);
    narrowRow(picture, y, columns, values);
    narrow.set(y, values);
    return values;
  }
}

/** Values from 0 to 255 as the nearest bytes. @param out as long as the values */
export function writeBytes(values: Float32Array, out: Uint8Array): void {
  // None is negative: cut to a whole number, a half more is the nearest one.
  for (let i = 0; i < values.length; i++) out[i] = ((values[i] as number) + 0.5) | 0;
}

/** Takes out the rows that this one and, since rows come in order, those after it do not need. */
function forgetRows(narrow: Map<number, Float64Array>, first: number, taps: number): Float64Array[] {
  const old: Float64Array[] = [];
  for (const [y, values] of narrow) {
    if (taps > 0 && y >= first && y < first + taps) continue;
    old.push(values);
    narrow.delete(y);
  }
  return old;
}

const countUp = (length: number): number[] => Array.from({ length }, (_, i) => i);

function setColour(out: Float32Array, at: number, [red, green, blue]: readonly [number, number, number]): void {
  out[at] = red;
  out[at + 1] = green;
  out[at + 2] = blue;
}

/** Between two places: where all columns are outside there is nothing to add. */
function addRow(sums: Float64Array, weight: number, values: Float64Array, from: number, to: number): void {
  for (let i = from; i < to; i++) sums[i] = (sums[i] as number) + weight * (values[i] as number);
}

/** Which pixels along one direction each new one is made of: neighbours, with weights that sum to 1; none where its centre is outside. */
interface Samples {
  /** Of each new pixel the first one. */
  readonly firsts: Int32Array;
  /** How many. */
  readonly counts: Int32Array;
  /** Where its weights begin. */
  readonly starts: Int32Array;
  readonly weights: Float64Array;
}

function samplesOf(from: number, to: number, start: number, end: number, reversed: boolean): Samples {
  const scale = ((end - start) * from) / to;
  const reach = Math.max(1, scale);
  const most = Math.ceil(2 * reach) + 2;
  const [firsts, counts, starts] = [new Int32Array(to), new Int32Array(to), new Int32Array(to)];
  const weights = new Float64Array(to * most);
  for (let i = 0; i < to; i++) {
    const place = reversed ? to - 1 - i : i;
    const centre = start * from + (i + 0.5) * scale;
    starts[place] = i * most;
    if (centre < 0 || centre > from) continue;
    // Pixel p has its centre at p + ½; the nearest one is always there.
    const first = Math.max(0, Math.min(Math.ceil(centre - reach - 0.5), Math.floor(centre)));
    const last = Math.min(from - 1, Math.floor(centre + reach - 0.5));
    const count = Math.max(1, last - first + 1);
    let sum = 0;
    for (let k = 0; k < count; k++) {
      const weight = Math.max(0, reach - Math.abs(first + k + 0.5 - centre));
      weights[i * most + k] = weight;
      sum += weight;
    }
    for (let k = i * most; k < i * most + count; k++) weights[k] = (weights[k] as number) / sum;
    firsts[place] = Math.min(first, from - 1);
    counts[place] = count;
  }
  return { firsts, counts, starts, weights };
}

/** A row of a picture at the new width: the inner loop of all reading, so its sums are three numbers and no array. */
function narrowRow(
  { bytes, width }: RgbPicture,
  y: number,
  { firsts, counts, starts, weights }: Samples,
  values: Float64Array,
): void {
  for (let c = 0; c < counts.length; c++) {
    let k = starts[c] as number;
    const end = k + (counts[c] as number);
    if (k === end) continue;
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let at = (y * width + (firsts[c] as number)) * CHANNELS; k < end; k++, at += CHANNELS) {
      const weight = weights[k] as number;
      red += weight * (bytes[at] as number);
      green += weight * (bytes[at + 1] as number);
      blue += weight * (bytes[at + 2] as number);
    }
    values[c * CHANNELS] = red;
    values[c * CHANNELS + 1] = green;
    values[c * CHANNELS + 2] = blue;
  }
}
