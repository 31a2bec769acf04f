/**
 * Crop, flip and normalisation of training images in one pass: each output value is read from where crop and flip put it and
 * looked up in a table. The variation is that of CIFAR training (He et al. 2016, section 4.2), padding by reflection.
 */
import type { RandomStream } from '../../util/rng';
import type { Augmentation, ImageSet } from '../types';

/** What varies the images, and by which draws. */
export interface AugmentDraws {
  readonly augmentation: Augmentation;
  readonly stream: RandomStream;
}

/**
 * Writes the images with numbers `indices`, normalised by `table` (see `normalisationTable`), into `out`
 * [indices.length, height, width, channels]. With `draws`, three draws an image: row shift, column shift, flip.
 * The caller has checked lengths, indices and pad.
 */
export function writeImages(
  set: ImageSet,
  indices: Uint32Array,
  table: Float32Array,
  out: Float32Array,
  draws?: AugmentDraws,
): void {
  const { height, width, channels } = set;
  const size = height * width * channels;
  const rows = new Int32Array(height);
  const columns = new Int32Array(width);
  fillOffsets(rows, 0, width * channels, false);
  fillOffsets(columns, 0, channels, false);
  for (let i = 0; i < indices.length; i++) {
    if (draws) {
      const { augmentation, stream } = draws;
      const range = 2 * augmentation.pad + 1;
      fillOffsets(rows, stream.below(range) - augmentation.pad, width * channels, false);
      fillOffsets(columns, stream.below(range) - augmentation.pad, channels, augmentation.flip && stream.uint32() >= 2 ** 31);
    }
    copyImage(set.images, (indices[i] as number) * size, rows, columns, channels, table, out, i * size);
  }
}

/** Byte offset of the source of each row (or column): shifted, reflected at the border without repeating it, mirrored if `flip`. */
function fillOffsets(offsets: Int32Array, shift: number, stride: number, flip: boolean): void {
  const last = offsets.length - 1;
  for (let i = 0; i <= last; i++) {
    const at = Math.abs((flip ? last - i : i) + shift);
    offsets[i] = (at > last ? 2 * last - at : at) * stride;
  }
}

function copyImage(
  bytes: Uint8Array,
  base: number,
  rows: Int32Array,
  columns: Int32Array,
  channels: number,
  table: Float32Array,
  out: Float32Array,
  start: number,
): void {
  let at = start;
  for (let y = 0; y < rows.length; y++) {
    const row = base + (rows[y] as number);
    for (let x = 0; x < columns.length; x++) {
      const pixel = row + (columns[x] as number);
      for (let c = 0; c < channels; c++) out[at++] = table[(c << 8) | (bytes[pixel + c] as number)] as number;
    }
  }
}
