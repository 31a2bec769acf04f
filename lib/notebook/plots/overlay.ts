/**
 * Maps of signed relevance over images: blue against, vermilion for, nothing at 0; the more, the less the image shows through. The
 * image below is grey and pale, so that every colour is the map's.
 */
import { positive, refuse } from '../../util/check';
import { escapeHtml } from '../display/display';
import { textWidth } from '../render/raster';
import { blended, SIGNED } from './colourMap';
import { INK, rgbOf } from './theme';

/** A map over an image of as many pixels. */
export interface Overlay {
  /** `[height, width]`, row by row; of either sign. */
  readonly values: Float32Array | readonly number[];
  /** Magnitude that has the full colour. Default: the largest of all maps of the grid, so that they can be compared. */
  readonly range?: number;
}

/** Of the colour at full range. */
const OPACITY = 0.9;
/** What black becomes below a map, 0 … 255; white stays white. */
const PALEST_BLACK = 140;

/** Weights of red, green and blue in grey. https://www.itu.int/rec/R-REC-BT.601 */
const GREY = [0.299, 0.587, 0.114] as const;

/** Pixels of the image with its map over them: RGB. @param pixels [height, width, channels], bytes */
export function overlaid(pixels: ArrayLike<number>, channels: number, { values }: Overlay, range: number): Uint8ClampedArray {
  const ends = { below: rgbOf(SIGNED.below), above: rgbOf(SIGNED.above) };
  const result = new Uint8ClampedArray(3 * values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    const grey = PALEST_BLACK + (greyOf(pixels, i * channels, channels) * (255 - PALEST_BLACK)) / 255;
    const share = OPACITY * Math.min(1, Math.abs(value) / range);
    result.set(blended([grey, grey, grey], value < 0 ? ends.below : ends.above, share), 3 * i);
  }
  return result;
}

function greyOf(pixels: ArrayLike<number>, at: number, channels: number): number {
  if (channels === 1) return pixels[at] as number;
  return GREY.reduce((sum, weight, i) => sum + weight * (pixels[at + i] as number), 0);
}

/** The range of maps that do not say one: the largest magnitude of all; 1 where all are 0. */
export function commonRange(overlays: readonly Overlay[]): number {
  let most = 0;
  for (const { values } of overlays) for (const value of values) most = Math.max(most, Math.abs(value));
  return most || 1;
}

/** In pixels. */
export const LEGEND_HEIGHT = 30;
const BAR = { width: 132, height: 11, gap: 8 } as const;
const SIZE = 12;

/** The scale of colours, from left to right, and its width. */
export interface Legend {
  readonly width: number;
  svg(x: number, y: number): string;
}

/** `−0.03 [blue, white, vermilion] +0.03  relevance`; maps with ranges of their own are said to have them. */
export function overlayLegend(ranges: readonly number[], title = ''): Legend {
  const [first = 1, ...others] = new Set(ranges);
  const end = others.length === 0 ? String(Number(first.toPrecision(2))) : 'range';
  const [low, high] = [`−${end}`, `+${end}`];
  const words = [title, ...(others.length === 0 ? [] : ['each map has a range of its own'])].filter(Boolean).join('; ');
  const start = textWidth(low, SIZE) + BAR.gap;
  const after = start + BAR.width + BAR.gap;
  const wordsAt = after + textWidth(high, SIZE) + 2 * BAR.gap;
  const label = (x: number, y: number, text: string): string =>
    `<text x="${x}" y="${y}" font-size="${SIZE}" fill="${INK.muted}">${escapeHtml(text)}</text>`;
  return {
    width: Math.ceil(wordsAt + textWidth(words, SIZE)),
    svg: (x, y) =>
      [
        label(x, y + BAR.height - 1, low),
        `<defs><linearGradient id="signed">${stops()}</linearGradient></defs>`,
        `<rect x="${x + start}" y="${y}" width="${BAR.width}" height="${BAR.height}" fill="url(#signed)" stroke="${INK.axis}" stroke-width=".5"/>`,
        label(x + after, y + BAR.height - 1, high),
        label(x + wordsAt, y + BAR.height - 1, words),
      ].join(''),
  };
}

function stops(): string {
  const end = (colour: string): string => `rgb(${blended(rgbOf(INK.paper), rgbOf(colour), OPACITY).map(Math.round).join()})`;
  const colours = [end(SIGNED.below), INK.paper, end(SIGNED.above)];
  return colours.map((colour, i) => `<stop offset="${i / 2}" stop-color="${colour}"/>`).join('');
}

/** @throws InputError for another number of values than pixels, for values that are not finite, for a range that is not above 0 */
export function checkOverlay({ values, range }: Overlay, height: number, width: number): void {
  const where = 'showImages: overlay';
  if (values.length !== height * width) throw refuse(where, `${height * width} values for [${height}, ${width}]`, values.length);
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw refuse(`${where}: value ${bad}`, 'a finite number', values[bad]);
  if (range !== undefined) positive(`${where}: range`, range);
}
