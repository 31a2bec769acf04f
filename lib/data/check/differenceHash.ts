/**
 * What a picture looks like in 64 bits: the difference hash (dHash; N. Krawetz 2013, "Kind of Like That",
 * https://www.hackerfactor.com/blog/index.php?/archives/529-Kind-of-Like-That.html). In 9 × 8 cells of mean grey a bit says whether a cell is darker
 * than the one to its right. Pictures that were resized or compressed again differ in few bits. Deviation: cells are means, where the original resizes.
 * Small and even pictures of one kind share bits, too: the grey of the cells tells them apart.
 */
import type { RgbPicture } from '../pictures/rgbPicture';

const [ROWS, COLUMNS] = [8, 9];
/** Of a hash. */
export const CELLS = ROWS * COLUMNS;

/** Two words of 32 bits. */
export type DifferenceHash = readonly [high: number, low: number];

/** Sums over the pixels of a picture in [0, 1]: by channel, of values and of their squares; and what it looks like, where it has a pixel for each cell. */
export interface PixelSums {
  readonly means: readonly number[];
  readonly squares: readonly number[];
  readonly look?: Look;
}

/** What a picture looks like. */
export interface Look {
  readonly hash: DifferenceHash;
  /** Grey of the cells, row by row, from 0 to 255. */
  readonly cells: Uint8Array;
}

/** In one pass. */
export function pixelSums({ height, width, bytes }: RgbPicture): PixelSums {
  const [sums, squares] = [new Float64Array(3), new Float64Array(3)];
  const [grey, pixels] = [new Float64Array(CELLS), new Float64Array(CELLS)];
  const columnOf = Uint8Array.from({ length: width }, (_, x) => Math.floor((x * COLUMNS) / width));
  for (let y = 0, at = 0; y < height; y++) {
    const row = Math.floor((y * ROWS) / height) * COLUMNS;
    for (let x = 0; x < width; x++) {
      let light = 0;
      for (let c = 0; c < 3; c++) {
        const value = bytes[at++] as number;
        sums[c] = (sums[c] as number) + value;
        squares[c] = (squares[c] as number) + value * value;
        light += value;
      }
      const cell = row + (columnOf[x] as number);
      grey[cell] = (grey[cell] as number) + light;
      pixels[cell] = (pixels[cell] as number) + 1;
    }
  }
  const count = height * width;
  const greys = grey.map((sum, i) => sum / (3 * (pixels[i] as number)));
  const look = { hash: bitsOf(greys), cells: Uint8Array.from(greys, Math.round) };
  return {
    means: Array.from(sums, (s) => s / (255 * count)),
    squares: Array.from(squares, (s) => s / (255 ** 2 * count)),
    ...(height >= ROWS && width >= COLUMNS ? { look } : {}),
  };
}

function bitsOf(cells: Float64Array): DifferenceHash {
  const words: [number, number] = [0, 0];
  for (let bit = 0; bit < 64; bit++) {
    const at = Math.floor(bit / 8) * COLUMNS + (bit % 8);
    if ((cells[at] as number) < (cells[at + 1] as number)) words[bit >> 5] = (words[bit >> 5] as number) | (1 << (bit & 31));
  }
  return [words[0] >>> 0, words[1] >>> 0];
}

/** How many bits of two words of 32 differ. */
export function differingBits(a: number, b: number): number {
  let x = a ^ b;
  x -= (x >>> 1) & 0x55555555;
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
