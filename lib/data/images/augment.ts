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
 * [indices.length, height, width, channels]. With `draws`, the draws of an image are row shift, column shift and, where
 * images are flipped, flip. The caller has checked lengths, indices and pad.
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
  const source: Offsets = { rows: new Int32Array(height), columns: new Int32Array(width) };
  fillOffsets(source.rows, 0, width * channels, false);
  fillOffsets(source.columns, 0, channels, false);
  for (let i = 0; i < indices.length; i++) {
    if (draws) {
      const { augmentation, stream } = draws;
      const range = 2 * augmentation.pad + 1;
      fillOffsets(source.rows, stream.below(range) - augmentation.pad, width * channels, false);
      const shift = stream.below(range) - augmentation.pad;
      fillOffsets(source.columns, shift, channels, augmentation.flip && stream.uint32() >= 2 ** 31);
    }
    copyImage(set, indices[i] as number, source, table, out.subarray(i * size, (i + 1) * size));
  }
}

/** Where the rows and columns of an output image are read from, in bytes from the image's start. */
interface Offsets {
  readonly rows: Int32Array;
  readonly columns: Int32Array;
}

/** Byte offset of the source of each row (or column): shifted, reflected at the border without repeating it, mirrored if `flip`. */
function fillOffsets(offsets: Int32Array, shift: number, stride: number, flip: boolean): void {
  const last = offsets.length - 1;
  for (let i = 0; i <= last; i++) {
    const at = Math.abs((flip ? last - i : i) + shift);
    offsets[i] = (at > last ? 2 * last - at : at) * stride;
  }
}

function copyImage(set: ImageSet, index: number, { rows, columns }: Offsets, table: Float32Array, out: Float32Array): void {
  const { images, channels } = set;
  const base = index * set.height * set.width * channels;
  let at = 0;
  for (let y = 0; y < rows.length; y++) {
    const row = base + (rows[y] as number);
    for (let x = 0; x < columns.length; x++) {
      const pixel = row + (columns[x] as number);
      for (let c = 0; c < channels; c++) out[at++] = table[(c << 8) | (images[pixel + c] as number)] as number;
    }
  }
}
