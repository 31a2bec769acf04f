/** Batches of images whose pixels mean nothing: made as training on CIFAR makes them, without end, or drawn once. */
import { batches } from '../data/batches';
import { imageSet } from '../data/images/imageSet';
import type { Batch, ImageSet } from '../data/types';
import type { Objects } from '../detection/detections';
import type { Network } from '../models/types';
import { type Random, random } from '../util/rng';

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

/** The same batch again and again. */
export function* again(batch: Batch): Generator<Batch, never, void> {
  for (;;) yield batch;
}

/** Normal images and uniform labels, as the peer draws them. */
export function randomBatch({ input, classes }: Network, size: number, draws: Random): Batch {
  const [pixels, drawn] = [draws.stream('images'), draws.stream('labels')];
  const [height, width, channels] = input;
  const images = Float32Array.from({ length: size * height * width * channels }, () => pixels.normal());
  const labels = Int32Array.from({ length: size }, () => drawn.below(classes));
  return { images, labels, size, shape: [size, height, width, channels] };
}

/** Objects of an image, as the peer draws them: about BCCD's, which has 13. */
const OBJECTS = 12;
/** Their sides, in units of the image. */
const [SHORTEST, LONGEST] = [0.1, 0.4];

/** Normal images with objects of uniform size, place and class. */
export function randomScenes(network: Network, size: number, draws: Random): Batch {
  const drawn = draws.stream('objects');
  const side = (): number => SHORTEST + (LONGEST - SHORTEST) * drawn.uniform();
  const objects = Array.from({ length: size }, (): Objects => {
    const boxes = new Float64Array(4 * OBJECTS);
    for (let i = 0; i < OBJECTS; i++) {
      const [width, height] = [side(), side()];
      const [x, y] = [(1 - width) * drawn.uniform(), (1 - height) * drawn.uniform()];
      boxes.set([x, y, x + width, y + height], 4 * i);
    }
    return { boxes, classes: Int32Array.from({ length: OBJECTS }, () => drawn.below(network.classes)) };
  });
  return { ...randomBatch(network, size, draws), objects };
}
