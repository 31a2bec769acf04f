/**
 * torchvision's ColorJitter: brightness, contrast, saturation and hue, each by a factor of its own, one after the other in an order drawn anew
 * for every image. With grey = 0.2989 R + 0.587 G + 0.114 B of each pixel and f the factor,
 *   brightness  x ← f · x                contrast  x ← f · x + (1 − f) · mean(grey)
 *   saturation  x ← f · x + (1 − f) · grey     hue  a turn of f whole circles in HSV
 * cut to 0 … 255 after each. f is uniform over [max(0, 1 − b), 1 + b], of the hue over [−b, b].
 * Deviation: on floating-point values after the image was brought to its size, where torchvision's usual order of transforms rounds to bytes.
 */
import type { RandomStream } from '../../../util/rng';
import { changeColours, NO_CHANGE } from '../../detection/augmentation/colour';

/** How far each goes; 0 leaves it. */
export interface JitterRange {
  readonly brightness: number;
  readonly contrast: number;
  readonly saturation: number;
  /** In whole turns, at most ½. */
  readonly hue: number;
}

/** What is done to an image, in its order. */
export type ColourJitter = readonly { readonly change: keyof JitterRange; readonly factor: number }[];

const CHANGES = ['brightness', 'contrast', 'saturation', 'hue'] as const;

/** Draws the order, then the factors of all four, whether they are used or not. */
export function drawJitter(range: JitterRange, stream: RandomStream): ColourJitter {
  const order = stream.permutation(CHANGES.length);
  const factors = CHANGES.map((change) => {
    const reach = range[change];
    const [low, high] = change === 'hue' ? [-reach, reach] : [Math.max(0, 1 - reach), 1 + reach];
    return low + (high - low) * stream.uniform();
  });
  return Array.from(order, (i) => ({ change: CHANGES[i] as keyof JitterRange, factor: factors[i] as number })).filter(
    ({ change }) => range[change] > 0,
  );
}

/** Changes red, green and blue values from 0 to 255, [pixels, 3], in place. */
export function jitterColours(values: Float32Array, jitter: ColourJitter): void {
  for (const { change, factor } of jitter) {
    if (change === 'hue') changeColours(values, { ...NO_CHANGE, hue: 360 * factor });
    else if (change === 'brightness') blend(values, factor, () => 0);
    else if (change === 'saturation') blend(values, factor, (at) => grey(values, at));
    else {
      const mean = meanGrey(values);
      blend(values, factor, () => mean);
    }
  }
}

/** f · x + (1 − f) · other, within 0 … 255. @param other of the pixel that begins there */
function blend(values: Float32Array, factor: number, other: (at: number) => number): void {
  for (let at = 0; at < values.length; at += 3) {
    const rest = (1 - factor) * other(at);
    for (let c = at; c < at + 3; c++) values[c] = Math.min(Math.max(factor * (values[c] as number) + rest, 0), 255);
  }
}

const grey = (values: Float32Array, at: number): number =>
  0.2989 * (values[at] as number) + 0.587 * (values[at + 1] as number) + 0.114 * (values[at + 2] as number);

function meanGrey(values: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < values.length; at += 3) sum += grey(values, at);
  return (3 * sum) / values.length;
}
