/**
 * SSD's photometric variation (Liu et al. 2016, section 2.2, after Howard 2013; weiliu89/caffe branch ssd, im_transforms.cpp): brightness,
 * contrast, saturation and hue, each in half of the cases; contrast before or after the other two by a coin. Channels are not exchanged,
 * as for VOC there.
 * Deviation: on floating-point values, which are cut to 0 … 255 after each change, after the picture was brought to its size.
 */
import type { RandomStream } from '../../../util/rng';

/** What is done to the colours of a picture; `NO_CHANGE` leaves them as they are. */
export interface ColourChange {
  /** Added to each value, of 255. */
  readonly brightness: number;
  /** Factor of each value. */
  readonly contrast: number;
  /** Factor of the saturation. */
  readonly saturation: number;
  /** Added to the hue, in degrees. */
  readonly hue: number;
  /** Contrast after saturation and hue, rather than before. */
  readonly contrastLast: boolean;
}

export const NO_CHANGE: ColourChange = { brightness: 0, contrast: 1, saturation: 1, hue: 0, contrastLast: false };

/** How far each goes; SSD's: brightness 32, contrast and saturation 0.5 (from 0.5 to 1.5), hue 36 degrees. */
export interface ColourRange {
  readonly brightness: number;
  readonly contrast: number;
  readonly saturation: number;
  readonly hue: number;
}

export const SSD_COLOURS: ColourRange = { brightness: 32, contrast: 0.5, saturation: 0.5, hue: 36 };

/** Draws a change: nine draws, whatever they are. */
export function drawColour(range: ColourRange, stream: RandomStream): ColourChange {
  const within = (reach: number): number => {
    const [happens, by] = [stream.uniform() < 0.5, stream.uniform()];
    return happens ? reach * (2 * by - 1) : 0;
  };
  return {
    brightness: within(range.brightness),
    contrast: 1 + within(range.contrast),
    saturation: 1 + within(range.saturation),
    hue: within(range.hue),
    contrastLast: stream.uniform() < 0.5,
  };
}

/** Changes the colours of red, green and blue values from 0 to 255, [pixels, 3], in place. */
export function changeColours(values: Float32Array, change: ColourChange): void {
  const { brightness, contrast, saturation, hue, contrastLast } = change;
  if (brightness !== 0) shift(values, 1, brightness);
  if (contrast !== 1 && !contrastLast) shift(values, contrast, 0);
  if (saturation !== 1 || hue !== 0) {
    for (let at = 0; at < values.length; at += 3) changePixel(values, at, saturation, hue);
  }
  if (contrast !== 1 && contrastLast) shift(values, contrast, 0);
}

/** factor · value + summand, within 0 … 255 */
function shift(values: Float32Array, factor: number, summand: number): void {
  for (let i = 0; i < values.length; i++) values[i] = Math.min(Math.max(factor * (values[i] as number) + summand, 0), 255);
}

/**
 * Saturation and hue of one pixel, in the hexcone model (Smith 1978): value is the largest channel, chroma the span of the channels,
 * saturation chroma / value, hue the place on the circle red, yellow, green, cyan, blue, magenta.
 */
function changePixel(values: Float32Array, at: number, saturation: number, hue: number): void {
  const [r, g, b] = [values[at] as number, values[at + 1] as number, values[at + 2] as number];
  const value = Math.max(r, g, b);
  const chroma = value - Math.min(r, g, b);
  if (chroma === 0) return; // grey has neither
  const turn = hue / 60 + 6;
  const sixth = (value === r ? (g - b) / chroma + 6 : value === g ? (b - r) / chroma + 2 : (r - g) / chroma + 4) + turn;
  const changed = Math.min(chroma * saturation, value);
  values[at] = value - changed * rampAt(5 + sixth);
  values[at + 1] = value - changed * rampAt(3 + sixth);
  values[at + 2] = value - changed * rampAt(1 + sixth);
}

/** How far a channel is below the largest, of the chroma: 0 to 1 to 0 over four sixths of the circle, 0 over the other two. */
function rampAt(sixths: number): number {
  const k = sixths - 6 * Math.floor(sixths / 6); // the remainder of numbers with fractions is a function call
  return Math.max(0, Math.min(k, 4 - k, 1));
}
