/**
 * The picture of a tensor: an image `[height, width, channels]`, several `[count, height, width, channels]`, or a map
 * `[height, width]`. Values of images from 0 to 1, or whole ones up to 255, are brightnesses as they are; others, and those of maps, are
 * scaled from the smallest, black, to the largest, white.
 */
import { encodePng } from './png';

export interface TensorPicture {
  readonly png: Uint8Array;
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  /** The smallest value, and the largest. */
  readonly from: number;
  readonly to: number;
}

/** Sides of an image, in values. */
const SMALLEST = 8;
const LARGEST = 1024;
/** Of a batch so many are shown, side by side. */
const MOST_IMAGES = 16;
/** Smaller images get larger pixels. */
const WANTED_SIDE = 112;
const GAP = 4;

/** How images lie in the tensor. */
interface Layout {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Undefined where it holds none. @param values read only where the shape is that of a picture */
export function tensorPicture(
  shape: readonly number[],
  values: () => ArrayLike<number>,
  whole: boolean,
): TensorPicture | undefined {
  const layout = layoutOf(shape);
  if (!layout) return undefined;
  const read = values();
  const [from, to] = range(read);
  if (!Number.isFinite(from) || !Number.isFinite(to)) return undefined;
  const asTheyAre = shape.length > 2 && from >= 0 && to <= (whole ? 255 : 1);
  const [black, white] = asTheyAre ? [0, whole ? 255 : 1] : [from, to];
  const scale = white > black ? 255 / (white - black) : 0;
  return {
    ...sideBySide(
      Uint8ClampedArray.from(read, (value) => scale * (value - black)),
      layout,
    ),
    from,
    to,
  };
}

function layoutOf(shape: readonly number[]): Layout | undefined {
  const [channels = 0, width = 0, height = 0, count = 1, ...more] = [...shape, ...(shape.length === 2 ? [1] : [])].reverse();
  const isImage = [width, height].every((side) => side >= SMALLEST && side <= LARGEST) && [1, 3, 4].includes(channels);
  return isImage && count > 0 && more.length === 0 ? { count, height, width, channels } : undefined;
}

/** NaN among them makes both NaN. */
function range(values: ArrayLike<number>): readonly [number, number] {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    from = Math.min(from, values[i] as number);
    to = Math.max(to, values[i] as number);
  }
  return [from, to];
}

function sideBySide(bytes: Uint8ClampedArray, { count, height, width, channels }: Layout): Omit<TensorPicture, 'from' | 'to'> {
  const images = Math.min(count, MOST_IMAGES);
  const scale = Math.max(1, Math.floor(WANTED_SIDE / Math.max(width, height)));
  const [wide, high] = [width * scale, height * scale];
  const row = images * wide + (images - 1) * GAP;
  const pixels = new Uint8Array(row * high * channels).fill(255);
  for (let y = 0; y < high; y++) {
    for (let x = 0; x < images * wide; x++) {
      const image = Math.floor(x / wide);
      const from = ((image * height + Math.floor(y / scale)) * width + Math.floor((x % wide) / scale)) * channels;
      pixels.set(bytes.subarray(from, from + channels), (y * row + x + image * GAP) * channels);
    }
  }
  return { png: encodePng(pixels, high, row, channels), width: row, height: high };
}
