/** One image as somebody has it: a tensor, nested lists, a flat array, a decoded picture. */
import { tf } from '../../engine/tf';
import { isObject, refuse, refusePhrase } from '../../util/check';

/** [height, width, channels] */
export type PixelShape = readonly [height: number, width: number, channels: number];

/**
 * An image: float32 or int32 tensor [height, width, channels] or [height, width]; nested lists of the same shapes; a flat array, whose shape is
 * given beside it; a decoded picture (`readPicture`).
 */
export type OwnImage =
  | tf.Tensor
  | readonly (readonly (readonly number[])[])[]
  | readonly (readonly number[])[]
  | Uint8Array
  | Uint8ClampedArray
  | Float32Array
  | Float64Array
  | { readonly height: number; readonly width: number; readonly bytes: Uint8Array };

/** The numbers of an image, row by row, and how large it is. */
export interface PixelValues {
  readonly shape: PixelShape;
  readonly values: ArrayLike<number>;
  /** Whole numbers from 0 to 255 by their type; others are looked at. */
  readonly areBytes: boolean;
}

const WHAT = 'an image: a tensor [height, width, channels], nested lists, or a flat array with shape';

/** @param given shape of flat arrays @throws InputError naming `where` for what is no image, ragged lists, and a flat array of another length */
export async function pixelValues(where: string, image: unknown, given?: PixelShape): Promise<PixelValues> {
  if (image instanceof tf.Tensor) return tensorValues(where, image);
  if (isFlat(image)) return flatValues(where, image, given);
  if (Array.isArray(image)) return nestedValues(where, image);
  const { height, width, bytes } = isObject(image) ? image : {};
  if (typeof height === 'number' && typeof width === 'number' && bytes instanceof Uint8Array) {
    return flatValues(where, bytes, [height, width, bytes.length / (height * width)]);
  }
  throw refuse(where, WHAT, image);
}

async function tensorValues(where: string, tensor: tf.Tensor): Promise<PixelValues> {
  if (tensor.isDisposed) throw refusePhrase(where, 'a tensor', 'one that was disposed of');
  if (tensor.rank !== 3 && tensor.rank !== 2) throw refuse(where, 'a tensor [height, width, channels]', tensor.shape);
  const [height = 0, width = 0, channels = 1] = tensor.shape;
  return { shape: [height, width, channels], values: await tensor.data<'float32'>(), areBytes: false };
}

/** Numbers of one image, or of all, one after the other. */
export type FlatPixels = Uint8Array | Uint8ClampedArray | Float32Array | Float64Array;

/** Whether numbers lie one after the other. */
export function isFlat(value: unknown): value is FlatPixels {
  const isByte = value instanceof Uint8Array || value instanceof Uint8ClampedArray;
  return isByte || value instanceof Float32Array || value instanceof Float64Array;
}

function flatValues(where: string, values: FlatPixels, shape: PixelShape | undefined): PixelValues {
  if (!shape) throw refusePhrase(where, 'the shape of flat images', 'none', 'shape: [height, width, channels] says it');
  const [height, width, channels] = shape;
  if (values.length !== height * width * channels) {
    throw refusePhrase(where, `${height * width * channels} numbers of ${height}×${width}×${channels}`, String(values.length));
  }
  return { shape, values, areBytes: values instanceof Uint8Array || values instanceof Uint8ClampedArray };
}

/** Lists of rows of pixels; a pixel is a number, or a list of one a channel. */
function nestedValues(where: string, rows: readonly unknown[]): PixelValues {
  const width = lengthOf(where, rows[0]);
  const first: unknown = (rows[0] as readonly unknown[])[0];
  const channels = Array.isArray(first) ? first.length : 1;
  if (Array.isArray(first) && Array.isArray(first[0])) {
    throw refusePhrase(where, WHAT, 'lists in lists in lists in lists', 'images are given one by one, or as images with labels');
  }
  const values = new Float64Array(rows.length * width * channels);
  let at = 0;
  const write = (place: string, pixel: unknown): void => {
    const list: readonly unknown[] = Array.isArray(pixel) ? pixel : [pixel];
    if (list.length !== channels) throw ragged(place, channels, list);
    for (const value of list) values[at++] = typeof value === 'number' ? value : Number.NaN;
  };
  for (const [y, row] of rows.entries()) {
    if (lengthOf(where, row) !== width) throw ragged(`${where}: row ${y}`, width, row);
    for (const pixel of row as readonly unknown[]) write(`${where}: row ${y}: a pixel`, pixel);
  }
  return { shape: [rows.length, width, channels], values, areBytes: false };
}

function lengthOf(where: string, row: unknown): number {
  if (!Array.isArray(row)) throw refuse(where, WHAT, row);
  return row.length;
}

const ragged = (where: string, length: number, list: unknown): Error =>
  refusePhrase(where, `${length} numbers, as in the first`, String(Array.isArray(list) ? list.length : list));
