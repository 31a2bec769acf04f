/**
 * Maps from numbers to colours that readers with every kind of colour vision see alike.
 * Cividis, for what goes from little to much: J. R. Nuñez, C. R. Anderton, R. S. Renslow, "Optimizing colormaps with consideration
 * for color vision deficiency", PLoS ONE 13(7), 2018; the 18 stops that Plotly has of it.
 */
import { PALETTE, type Rgb, rgbOf } from './theme';

/** From least to most, equally spaced. */
export const CIVIDIS = [
  ...['#00204c', '#002a66', '#00346e', '#273f6c', '#3c4a6b', '#4c556b', '#5b5f6d', '#686a70', '#757575'],
  ...['#838178', '#928c78', '#a19876', '#b0a572', '#c0b16d', '#d1bf66', '#e1cc5c', '#f3db4f', '#ffe945'],
] as const;

/** Ends of the map for what has a sign: blue below 0, vermilion above; 0 has no colour. */
export const SIGNED = { below: PALETTE[0], above: PALETTE[1] } as const;

/** `share` of `b` over `a`, 0 … 1. */
export function blended(a: Rgb, b: Rgb, share: number): Rgb {
  const mix = (i: 0 | 1 | 2): number => a[i] + share * (b[i] - a[i]);
  return [mix(0), mix(1), mix(2)];
}

/** Colour of a value of Cividis, `from` being its darkest and `to` its lightest; what is outside has the colour of the end. */
export function cividis(value: number, [from, to]: readonly [number, number]): Rgb {
  const place = Math.min(1, Math.max(0, (value - from) / (to - from))) * (CIVIDIS.length - 1);
  const below = Math.min(CIVIDIS.length - 2, Math.floor(place));
  return blended(rgbOf(CIVIDIS[below] as string), rgbOf(CIVIDIS[below + 1] as string), place - below);
}

const INKS = ['#000000', '#ffffff'] as const;

/** Black or white: what has more contrast on a colour; one of them has 4.58 at least. https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
export function inkOn(colour: Rgb): string {
  const [black, white] = INKS;
  return contrast(rgbOf(black), colour) >= contrast(rgbOf(white), colour) ? black : white;
}

/** Of two colours, 1 … 21. */
export function contrast(a: Rgb, b: Rgb): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

function luminance(colour: Rgb): number {
  const linear = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const [r, g, b] = colour.map((value) => linear(value / 255)) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
