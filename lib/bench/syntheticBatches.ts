/** Batches without end, made as training on CIFAR makes them, of an image set whose pixels mean nothing. */
import { batches } from '../data/batches';
import { imageSet } from '../data/images/imageSet';
import type { Batch, ImageSet } from '../data/types';
import { random } from '../util/rng';

/** More bytes than the processor's caches hold, so that images come from memory as those of a data set do. */
const IMAGES = 20_000;
const SHAPE = { height: 32, width: 32, channels: 3 } as const;
const NORMALISATION = { mean: [0.49, 0.48, 0.45], std: [0.25, 0.24, 0.26] };
const AUGMENTATION = { pad: 4, flip: true } as const;

/** @param augmented shuffled and varied, as for training; else in order and plain, as for evaluation */
export function* endlessBatches(batch: number, augmented: boolean): Generator<Batch, never, void> {
  const set = madeUpImages(Math.max(IMAGES, batch));
  const training = augmented ? { random: random(0), augmentation: AUGMENTATION } : {};
  for (let epoch = 0; ; epoch++) {
    for (const one of batches(set, { batch, normalisation: NORMALISATION, epoch, ...training })) {
      if (one.size === batch) yield one; // the last one of an epoch may be smaller, which would be another step
    }
  }
}

function madeUpImages(count: number): ImageSet {
  const bytes = new Uint8Array(count * SHAPE.height * SHAPE.width * SHAPE.channels);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 31) ^ (i >> 9);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 10);
  return imageSet('bench', bytes, labels, SHAPE);
}
