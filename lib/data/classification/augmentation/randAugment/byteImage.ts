/** An image at its final size, as RandAugment's operations take and give it. */
export interface ByteImage {
  readonly height: number;
  readonly width: number;
  /** Red, green and blue, [height, width, 3] */
  readonly bytes: Uint8Array;
}

/** Of a pixel, as Pillow's `convert('L')` has it: ITU-R BT.601 in 16 bits, rounded. @param at where the pixel begins */
export const luma = (bytes: Uint8Array, at: number): number =>
  (19_595 * (bytes[at] as number) + 38_470 * (bytes[at + 1] as number) + 7_471 * (bytes[at + 2] as number) + 0x8000) >> 16;
