/**
 * The part of a picture that a training image shows (Szegedy et al. 2015, section 6; torchvision's RandomResizedCrop.get_params): an area of
 * `scale` times the picture's, uniform, and a ratio of width to height of which the logarithm is uniform, ten times at most until it lies within
 * the picture; else the largest centred part with a ratio in the range.
 *   w = round(√(A · s · r)), h = round(√(A · s / r)), left and top uniform over the whole numbers from 0 to W − w and H − h
 * All draws are made whether they are needed or not, so that none after them moves.
 */
import type { RandomStream } from '../../../util/rng';

/** Whole pixels of a picture. */
export interface CropBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Ranges; torchvision's defaults: [0.08, 1] and [3/4, 4/3]. */
export interface CropRange {
  /** Share of the picture's area. */
  readonly scale: readonly [least: number, most: number];
  /** Width to height. */
  readonly ratio: readonly [least: number, most: number];
}

const TRIALS = 10;

/** @param size of the picture @returns within it */
export function drawResizedCrop([height, width]: readonly [number, number], range: CropRange, stream: RandomStream): CropBox {
  const [low, high] = range.ratio.map(Math.log) as [number, number];
  let found: CropBox | undefined;
  for (let trial = 0; trial < TRIALS; trial++) {
    const area = height * width * between(range.scale, stream.uniform());
    const ratio = Math.exp(between([low, high], stream.uniform()));
    const [w, h] = [Math.round(Math.sqrt(area * ratio)), Math.round(Math.sqrt(area / ratio))];
    const [x, y] = [stream.uniform(), stream.uniform()];
    if (found || w < 1 || h < 1 || w > width || h > height) continue;
    found = { left: Math.floor(x * (width - w + 1)), top: Math.floor(y * (height - h + 1)), width: w, height: h };
  }
  return found ?? centredCrop([height, width], range.ratio);
}

/** The largest part in the middle with a ratio in the range. */
function centredCrop([height, width]: readonly [number, number], [least, most]: readonly [number, number]): CropBox {
  const ratio = width / height;
  const w = ratio > most ? Math.max(1, Math.round(height * most)) : width;
  const h = ratio < least ? Math.max(1, Math.round(width / least)) : height;
  return { left: Math.floor((width - w) / 2), top: Math.floor((height - h) / 2), width: w, height: h };
}

const between = ([low, high]: readonly [number, number], at: number): number => low + (high - low) * at;
