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
  const inside = columns.flatMap((column, c) => (column ? [c] : []));
  const [left, right] = [CHANNELS * (inside[0] ?? 0), CHANNELS * ((inside.at(-1) ?? -1) + 1)];
  for (const [r, row] of rows.entries()) {
    spare.push(...forgetRows(narrow, row));
    sums.fill(0);
    if (row)
      for (let k = 0; k < row.weights.length; k++) addRow(sums, row.weights[k] as number, narrowed(row.first + k), left, right);
    out.set(sums, r * width * CHANNELS);
    for (let c = 0; c < width; c++) if (!row || !columns[c]) setColour(out, (r * width + c) * CHANNELS, fill);
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
function forgetRows(narrow: Map<number, Float64Array>, row: Sample | undefined): Float64Array[] {
  const old = [...narrow].filter(([y]) => !row || y < row.first || y >= row.first + row.weights.length);
  for (const [y] of old) narrow.delete(y);
  return old.map(([, values]) => values);
}

function setColour(out: Float32Array, at: number, [red, green, blue]: readonly [number, number, number]): void {
  out[at] = red;
  out[at + 1] = green;
  out[at + 2] = blue;
}

/** Between two places: where all columns are outside there is nothing to add. */
function addRow(sums: Float64Array, weight: number, values: Float64Array, from: number, to: number): void {
  for (let i = from; i < to; i++) sums[i] = (sums[i] as number) + weight * (values[i] as number);
}

/** Neighbouring pixels and their weights, which sum to 1. */
interface Sample {
  readonly first: number;
  readonly weights: Float64Array;
}

/** Which pixels along one direction each new one is made of; undefined where its centre is outside. */
function samplesOf(from: number, to: number, start: number, end: number, reversed: boolean): (Sample | undefined)[] {
  const scale = ((end - start) * from) / to;
  const reach = Math.max(1, scale);
  const samples = Array.from({ length: to }, (_, i): Sample | undefined => {
    const centre = start * from + (i + 0.5) * scale;
    if (centre < 0 || centre > from) return undefined;
    // Pixel p has its centre at p + ½; the nearest one is always there.
    const first = Math.max(0, Math.min(Math.ceil(centre - reach - 0.5), Math.floor(centre)));
    const last = Math.min(from - 1, Math.floor(centre + reach - 0.5));
    const weights = Float64Array.from({ length: Math.max(1, last - first + 1) }, (_, k) =>
      Math.max(0, reach - Math.abs(first + k + 0.5 - centre)),
    );
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return { first: Math.min(first, from - 1), weights: weights.map((weight) => weight / sum) };
  });
  return reversed ? samples.reverse() : samples;
}

/** A row of a picture at the new width: the inner loop of all reading, so its sums are three numbers and no array. */
function narrowRow(
  { bytes, width }: RgbPicture,
  y: number,
  columns: readonly (Sample | undefined)[],
  values: Float64Array,
): void {
  for (let c = 0; c < columns.length; c++) {
    const column = columns[c];
    if (!column) continue;
    const { first, weights } = column;
    let [red, green, blue] = [0, 0, 0];
    let at = (y * width + first) * CHANNELS;
    for (let k = 0; k < weights.length; k++, at += CHANNELS) {
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
