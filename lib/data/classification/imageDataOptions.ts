/** What a data set of pictures with a class each is told, as plain data: it can stand in a configuration of a run. */
import type { ImageAugmentation } from './augmentation/imageAugmentation';

/** How pictures become the images of a data set (`folder:PATH`): what decides the pixels that a network sees. */
export interface ImageDataOptions {
  /** Height and width of the images, or one number for both. Default 64. */
  readonly pixels?: number | readonly [height: number, width: number] | undefined;
  /** Where images do not vary, a picture is brought to a size whose shorter side is this, and its middle is taken; default `pixels` · 256 / 224, rounded. */
  readonly resize?: number | undefined;
  /**
   * Pictures whose shorter side is more than so many times `resize` are brought to that first, once, and kept in the cache as bytes (2: a crop
   * of a quarter of the area is not magnified). Saves decoding; changes pixels, so it is part of the fingerprint. Default none.
   */
  readonly shrink?: number | undefined;
  /** 3 (the default), or 1 for grey: 0.299 red + 0.587 green + 0.114 blue. */
  readonly channels?: 1 | 3 | undefined;
  /** Of a table: names of the classes in the order of their numbers; default those that its rows have. */
  readonly classNames?: readonly string[] | undefined;
  /** Of files that are in no part, the share of each class that is tested on; default 0.2. */
  readonly testShare?: number | undefined;
  /** Mean and deviation of each channel; `imagenet`: ImageNet's. Default those of a sample of 1,000 training images, drawn by `seed`. */
  readonly normalisation?: 'imagenet' | { readonly mean: readonly number[]; readonly std: readonly number[] } | undefined;
  /** How training images vary; default a random resized crop and mirroring. */
  readonly augmentation?: ImageAugmentation | undefined;
}

/** Their names. */
export const IMAGE_OPTIONS: readonly (keyof ImageDataOptions)[] = [
  ...(['pixels', 'resize', 'shrink', 'channels', 'testShare', 'normalisation', 'augmentation'] as const),
];

const PIXELS = 64;
/** Of the image, as ImageNet's pictures are brought to 256 pixels for 224. */
const RESIZE = 256 / 224;

/** [height, width] of the images, and the least size of the picture that their middle is taken of. */
export function imageSizes({ pixels = PIXELS, resize }: ImageDataOptions): {
  readonly pixels: readonly [height: number, width: number];
  readonly resize: readonly [height: number, width: number];
} {
  const [height, width] = typeof pixels === 'number' ? [pixels, pixels] : pixels;
  const shorter = Math.min(height, width);
  const side = resize ?? Math.round(shorter * RESIZE);
  const scaled = (one: number): number => (one === shorter ? side : Math.round((one * side) / shorter));
  return { pixels: [height, width], resize: [scaled(height), scaled(width)] };
}
