/** How training images of pictures vary, as data: crop, mirror, colours; and how a picture is seen where it does not vary. */
import type { RandomStream } from '../../../util/rng';
import type { PictureView, Window } from '../../pictures/viewPicture';
import { type ColourJitter, drawJitter, type JitterRange } from './colourJitter';
import { drawOperations, type Operations, RAND_AUGMENT, type RandAugmentOptions } from './randAugment/randAugment';
import { type CropBox, type CropRange, drawResizedCrop } from './randomResizedCrop';
import { roundHalfEven } from './roundHalfEven';

/** Every part may be left out, and has then its default. */
export interface ImageAugmentation {
  /** `false`: the image of evaluation. Default torchvision's: 0.08 to 1 of the area, ratios of 3/4 to 4/3. */
  readonly crop?: Partial<CropRange> | false | undefined;
  /** Left and right exchanged in half of the cases; `both` also above and below, in half of them. Default `horizontal`. */
  readonly mirror?: 'none' | 'horizontal' | 'both' | undefined;
  /** torchvision's ColorJitter; parts left out are 0. Default none. */
  readonly colours?: Partial<JitterRange> | undefined;
  /** RandAugment before `colours`, on the image at its size; `{}`: two operations of magnitude 9 of 30. Default none. */
  readonly randAugment?: Partial<RandAugmentOptions> | undefined;
}

/** With all defaults. */
export interface FullAugmentation {
  readonly crop: CropRange | false;
  readonly mirror: 'none' | 'horizontal' | 'both';
  readonly colours: JitterRange;
  readonly randAugment?: RandAugmentOptions;
}

const CROP: CropRange = { scale: [0.08, 1], ratio: [3 / 4, 4 / 3] };
const NO_COLOURS: JitterRange = { brightness: 0, contrast: 0, saturation: 0, hue: 0 };

/** The defaults filled in. */
export function fullAugmentation({
  crop,
  mirror = 'horizontal',
  colours,
  randAugment,
}: ImageAugmentation = {}): FullAugmentation {
  const full = { crop: crop === false ? (false as const) : { ...CROP, ...crop }, mirror, colours: { ...NO_COLOURS, ...colours } };
  return randAugment ? { ...full, randAugment: { ...RAND_AUGMENT, ...randAugment } } : full;
}

/** What of a picture is seen, and in which colours. */
export interface ImageVariation {
  readonly view: PictureView & { readonly window: Window };
  readonly jitter: ColourJitter;
  /** Before the jitter. */
  readonly operations: Operations;
}

/** Draws crop, mirrors, colours and operations, in this order. @param size [height, width] of the picture @param plain how it is seen without a crop */
export function drawImageVariation(
  size: readonly [height: number, width: number],
  plain: Window,
  { crop, mirror, colours, randAugment }: FullAugmentation,
  stream: RandomStream,
): ImageVariation {
  const window = crop ? windowOf(drawResizedCrop(size, crop, stream), size) : plain;
  const [mirrored, upsideDown] = [stream.uniform() < 0.5 && mirror !== 'none', stream.uniform() < 0.5 && mirror === 'both'];
  const jitter = drawJitter(colours, stream);
  return { view: { window, mirrored, upsideDown }, jitter, operations: randAugment ? drawOperations(randAugment, stream) : [] };
}

/**
 * The window of evaluation (torchvision's Resize and CenterCrop): the picture at a size that covers `resize`, shorter side for shorter side,
 * the other side cut to whole pixels, and of that the middle: top = round((H − h) / 2), halves to the even number as Python rounds.
 * @param size [height, width] of the picture @param pixels of the image @param resize [height, width], nowhere smaller
 */
export function centreWindow(
  [height, width]: readonly [number, number],
  pixels: readonly [number, number],
  resize: readonly [number, number],
): Window {
  const [byHeight, byWidth] = [resize[0] / height, resize[1] / width];
  // The side that decides is met exactly, the other is Python's int(…) of a longer one.
  const [h, w] =
    byHeight >= byWidth
      ? [resize[0], Math.floor((resize[0] * width) / height)]
      : [Math.floor((resize[1] * height) / width), resize[1]];
  const [top, left] = [roundHalfEven((h - pixels[0]) / 2), roundHalfEven((w - pixels[1]) / 2)];
  return [left / w, top / h, (left + pixels[1]) / w, (top + pixels[0]) / h];
}

const windowOf = ({ left, top, width, height }: CropBox, [h, w]: readonly [number, number]): Window => [
  left / w,
  top / h,
  (left + width) / w,
  (top + height) / h,
];
