/**
 * RandAugment (Cubuk et al. 2020, arXiv 1909.13719, section 3): so many operations, each drawn from fourteen with the same probability, all of one
 * magnitude. Operations, their ranges and the 31 steps are torchvision's (`RandAugment(num_ops=2, magnitude=9)`, transforms/autoaugment.py), the
 * nearest pixel where an image is moved, black where none is; on bytes, after crop and mirror.
 * Deviation: draws are those of the image's own stream, so the same for any number of threads, and not torch's.
 */
import type { RandomStream } from '../../../../util/rng';
import { roundHalfEven } from '../roundHalfEven';
import { rotate, shearX, shearY, transformed, translateX, translateY } from './affine';
import type { ByteImage } from './byteImage';
import { brightness, colour, contrast, sharpness } from './enhance';
import { autoContrast, equalize, posterize, solarize } from './tones';

/** How many operations, and how far they go. */
export interface RandAugmentOptions {
  /** One after the other; default 2. */
  readonly operations: number;
  /** A step from 0 to 30; default 9. */
  readonly magnitude: number;
}

export const RAND_AUGMENT: RandAugmentOptions = { operations: 2, magnitude: 9 };
/** Steps of the magnitude, from 0. */
export const LAST_STEP = 30;

/** What is done to an image, in its order. @param share of the whole range, below 0 the other way */
export type Operations = readonly { readonly name: OperationName; readonly share: number }[];

type Operation = (image: ByteImage, share: number) => Uint8Array;

/** The operations. */
export const OPERATION_NAMES = [
  ...(['identity', 'shearX', 'shearY', 'translateX', 'translateY', 'rotate', 'brightness'] as const),
  ...(['colour', 'contrast', 'sharpness', 'posterize', 'solarize', 'autoContrast', 'equalize'] as const),
] as const;
/** The name of an operation. */
export type OperationName = (typeof OPERATION_NAMES)[number];

const OPERATIONS: Readonly<Record<OperationName, Operation>> = {
  identity: ({ bytes }) => bytes,
  shearX: (image, share) => transformed(image, shearX(0.3 * share)),
  shearY: (image, share) => transformed(image, shearY(0.3 * share)),
  translateX: (image, share) => transformed(image, translateX((150 / 331) * image.width * share)),
  translateY: (image, share) => transformed(image, translateY((150 / 331) * image.height * share)),
  rotate: (image, share) => transformed(image, rotate(30 * share, image)),
  brightness: (image, share) => brightness(image, 1 + 0.9 * share),
  colour: (image, share) => colour(image, 1 + 0.9 * share),
  contrast: (image, share) => contrast(image, 1 + 0.9 * share),
  sharpness: (image, share) => sharpness(image, 1 + 0.9 * share),
  posterize: (image, share) => posterize(image, 8 - roundHalfEven(4 * share)),
  solarize: (image, share) => solarize(image, 255 * (1 - share)),
  autoContrast: (image) => autoContrast(image),
  equalize: (image) => equalize(image),
};

/** Those that go one way only. */
const UNSIGNED: readonly OperationName[] = ['posterize', 'solarize'];

/** Of each operation draws which, then its sign, whether it has one or not. */
export function drawOperations({ operations, magnitude }: RandAugmentOptions, stream: RandomStream): Operations {
  return Array.from({ length: operations }, () => {
    const name = OPERATION_NAMES[stream.below(OPERATION_NAMES.length)] as OperationName;
    const isOtherWay = stream.below(2) === 1 && !UNSIGNED.includes(name);
    return { name, share: ((isOtherWay ? -1 : 1) * magnitude) / LAST_STEP };
  });
}

/** The bytes of the image after all of them. */
export function randAugmented(image: ByteImage, operations: Operations): Uint8Array {
  let { bytes } = image;
  for (const { name, share } of operations) bytes = OPERATIONS[name]({ ...image, bytes }, share);
  return bytes;
}
