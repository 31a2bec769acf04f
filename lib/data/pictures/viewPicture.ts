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
  const [left, right] = seenPixels(columns);
  const out = new Float32Array(height * width * CHANNELS);
  const row = new Float64Array(Math.max(0, right - left) * CHANNELS);
  for (let r = 0; r < height; r++) {
    const [taps, at] = [rows.counts[r] as number, r * width * CHANNELS];
    if (taps > 0 && right > left) {
      blendRows(picture, left, rows, r, row);
      narrowRow(row, left, columns, out, at);
    }
    for (let c = 0; c < width; c++) if (taps === 0 || columns.counts[c] === 0) setColour(out, at + c * CHANNELS, fill);
  }
  return out;
}

/** Values from 0 to 255 as the nearest bytes. @param out as long as the values */
export function writeBytes(values: Float32Array, out: Uint8Array): void {
  // None is negative: cut to a whole number, a half more is the nearest one.
  for (let i = 0; i < values.length; i++) out[i] = ((values[i] as number) + 0.5) | 0;
}

function setColour(out: Float32Array, at: number, [red, green, blue]: readonly [number, number, number]): void {
  out[at] = red;
  out[at + 1] = green;
  out[at + 2] = blue;
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

/** From which pixel on, and up to which, any is seen; nothing: from behind the last up to the first. */
function seenPixels({ firsts, counts }: Samples): readonly [from: number, to: number] {
  let [from, to] = [Number.POSITIVE_INFINITY, 0];
  for (let c = 0; c < counts.length; c++) {
    const [first, count] = [firsts[c] as number, counts[c] as number];
    if (count === 0) continue;
    from = Math.min(from, first);
    to = Math.max(to, first + count);
  }
  return [from, to];
}

/**
 * The pixels of a new row, still as many as the picture has side by side: with `narrowRow` the inner loop of all reading. Rows first, since
 * they are long, and two at a time, so that a sum is loaded and stored half as often.
 */
function blendRows({ bytes, width }: RgbPicture, left: number, rows: Samples, r: number, sums: Float64Array): void {
  const [stride, count, start] = [width * CHANNELS, rows.counts[r] as number, rows.starts[r] as number];
  for (let k = 0; k < count; k += 2) {
    const isPair = k + 1 < count;
    const one = ((rows.firsts[r] as number) + k) * stride + left * CHANNELS;
    const other = isPair ? one + stride : one;
    const [a, b] = [rows.weights[start + k] as number, isPair ? (rows.weights[start + k + 1] as number) : 0];
    if (k === 0) {
      for (let i = 0; i < sums.length; i++) sums[i] = a * (bytes[one + i] as number) + b * (bytes[other + i] as number);
    } else {
      for (let i = 0; i < sums.length; i++) {
        sums[i] = (sums[i] as number) + (a * (bytes[one + i] as number) + b * (bytes[other + i] as number));
      }
    }
  }
}

/** Brings a row to the new width; its sums are three numbers and no array. @param at where the row begins in `out` */
function narrowRow(row: Float64Array, left: number, columns: Samples, out: Float32Array, at: number): void {
  const { firsts, counts, starts, weights } = columns;
  for (let c = 0, place = at; c < counts.length; c++, place += CHANNELS) {
    let k = starts[c] as number;
    const end = k + (counts[c] as number);
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let from = ((firsts[c] as number) - left) * CHANNELS; k < end; k++, from += CHANNELS) {
      const weight = weights[k] as number;
      red += weight * (row[from] as number);
      green += weight * (row[from + 1] as number);
      blue += weight * (row[from + 2] as number);
    }
    out[place] = red;
    out[place + 1] = green;
    out[place + 2] = blue;
  }
}
