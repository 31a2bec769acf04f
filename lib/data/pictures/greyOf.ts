/** Grey of colours, by ITU-R BT.601, as Pillow's `convert('L')` has it. */
import { CHANNELS } from './rgbPicture';

/** 0.299 red + 0.587 green + 0.114 blue. @param values [pixels, 3] @returns [pixels] */
export function greyOf(values: Float32Array): Float32Array {
  return Float32Array.from({ length: values.length / CHANNELS }, (_, i) => {
    const at = CHANNELS * i;
    return 0.299 * (values[at] as number) + 0.587 * (values[at + 1] as number) + 0.114 * (values[at + 2] as number);
  });
}
