/**
 * Batches whose images are mixed of two. mixup (Zhang et al. 2018, https://arxiv.org/abs/1710.09412): λ · a + (1 − λ) · b of each pixel.
 * CutMix (Yun et al. 2019, https://arxiv.org/abs/1905.04899): a box of b in a, and λ the share of the image that is still a's. Either way the
 * target is λ · a's label + (1 − λ) · b's. As in the code of both papers λ and box are those of a whole batch, and b is the batch itself in
 * another order. Pixels are mixed after augmentation and normalisation, which for both comes to the same as before it.
 */
import type { Batch } from '../../data/types';
import { refusePhrase } from '../../util/check';
import type { RandomStream } from '../../util/rng';
import { betaDraw } from './betaDraw';
import type { ClassificationOptions } from './classificationOptions';

type MixOptions = Pick<Required<ClassificationOptions>, 'mixup' | 'cutmix' | 'mixProbability'>;

/**
 * The batch, mixed as the options say; itself where it is not drawn to be. Draws: whether it is mixed (where `mixProbability` is below 1), by
 * which of the two (where both are on), λ, the other order, the box's centre.
 */
export function mixBatch(batch: Batch, { mixup, cutmix, mixProbability }: MixOptions, stream: RandomStream): Batch {
  if (batch.objects) throw refusePhrase('classification', 'images with one label each to mix', 'images with objects');
  if (mixProbability < 1 && stream.uniform() >= mixProbability) return batch;
  const cuts = mixup > 0 && cutmix > 0 ? stream.uint32() >= 2 ** 31 : cutmix > 0;
  const share = betaDraw(cuts ? cutmix : mixup, stream);
  const order = stream.permutation(batch.size);
  return cuts ? cutMixed(batch, order, cutBox(batch.shape, share, stream)) : mixedUp(batch, order, share);
}

/** λ · image + (1 − λ) · the image at the same place of `order`. */
export function mixedUp(batch: Batch, order: Uint32Array, share: number): Batch {
  const { images, labels, size } = batch;
  const length = images.length / size;
  const mixed = new Float32Array(images.length);
  for (let i = 0; i < size; i++) {
    const [own, other] = [i * length, (order[i] as number) * length];
    for (let k = 0; k < length; k++) {
      mixed[own + k] = share * (images[own + k] as number) + (1 - share) * (images[other + k] as number);
    }
  }
  return { ...batch, images: mixed, partners: { labels: inOrder(labels, order), share } };
}

/** Rows from `top` and columns from `left`, those at `bottom` and `right` not among them. */
export interface CutBox {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** Yun et al. 2019, equation 2: sides of √(1 − λ) of the image's around a centre drawn from its pixels, clipped to the image. */
export function cutBox([, height, width]: Batch['shape'], share: number, stream: RandomStream): CutBox {
  const side = Math.sqrt(1 - share);
  const ends = (length: number): readonly [number, number] => {
    const [cut, centre] = [Math.floor(side * length), stream.below(length)];
    const [first, last] = [centre - Math.floor(cut / 2), centre + Math.floor(cut / 2)];
    return [Math.max(0, first), Math.min(length, last)];
  };
  const [[left, right], [top, bottom]] = [ends(width), ends(height)];
  return { top, bottom, left, right };
}

/** The box of each image comes from the image at the same place of `order`; λ is what is left of its own. */
export function cutMixed(batch: Batch, order: Uint32Array, { top, bottom, left, right }: CutBox): Batch {
  const { images, labels, size, shape } = batch;
  const [, height, width, channels] = shape;
  const row = width * channels;
  const mixed = images.slice();
  for (let i = 0; i < size; i++) {
    for (let y = top; y < bottom; y++) {
      const from = ((order[i] as number) * height + y) * row;
      mixed.set(images.subarray(from + left * channels, from + right * channels), (i * height + y) * row + left * channels);
    }
  }
  const share = 1 - ((bottom - top) * (right - left)) / (height * width);
  return { ...batch, images: mixed, partners: { labels: inOrder(labels, order), share } };
}

const inOrder = (labels: Int32Array, order: Uint32Array): Int32Array => Int32Array.from(order, (i) => labels[i] as number);
