/** Batches of an image set: shuffled and varied for training, in order and plain for evaluation. */
import { integerIn, knownKeys, refuse } from '../util/check';
import type { Random } from '../util/rng';
import { writeImages } from './images/augment';
import { normalisationTable } from './images/normalisation';
import type { Augmentation, Batch, ImageSet, Normalisation } from './types';

export interface BatchOptions {
  /** Images a batch; the last one may be smaller. */
  readonly batch: number;
  /** Mean and deviation per channel; a `Dataset` has them. */
  readonly normalisation: Normalisation;
  /** Shuffles, by the stream `shuffle/<epoch>`; without it the images come in order. */
  readonly random?: Random | undefined;
  /** Varies the images of a batch, by the stream `augment/<epoch>/<step>`; needs `random`. Default none. */
  readonly augmentation?: Augmentation | undefined;
  /** Names the streams: another epoch is another order. Default 0. */
  readonly epoch?: number | undefined;
  /** The first step wanted: batches before it are skipped at no cost, the rest are the same. Default 0. */
  readonly from?: number | undefined;
}

const KNOWN = ['batch', 'normalisation', 'random', 'augmentation', 'epoch', 'from'];

/** Batches of an epoch: ⌈count / batch⌉. */
export function stepsPerEpoch(count: number, batch: number): number {
  return Math.ceil(integerIn('stepsPerEpoch: count', count) / integerIn('stepsPerEpoch: batch', batch, 1));
}

/**
 * The batches of one epoch. Each is a function of seed, epoch and step alone, so a resumed run needs no state of the data.
 * Every batch has an array of its own: tfjs keeps the array that a tensor was made of, which therefore must not be written
 * again while the tensor lives (a new one of 128×32×32×3 costs a fraction of a millisecond).
 */
export function batches(set: ImageSet, options: BatchOptions): Generator<Batch, void, void> {
  knownKeys('batches', options, KNOWN);
  const { normalisation, random, augmentation, epoch = 0, from = 0 } = options;
  const batch = integerIn('batches: batch', options.batch, 1);
  integerIn('batches: epoch', epoch);
  integerIn('batches: from', from, 0, stepsPerEpoch(set.count, batch));
  const table = normalisationTable(normalisation, set.channels);
  if (augmentation) {
    if (!random) throw refuse('batches', 'random where augmentation is given', undefined);
    integerIn('batches: augmentation.pad', augmentation.pad, 0, Math.min(set.height, set.width) - 1);
  }
  return generate(set, { batch, table, random, augmentation, epoch, from });
}

interface Plan {
  readonly batch: number;
  readonly table: Float32Array;
  readonly random: Random | undefined;
  readonly augmentation: Augmentation | undefined;
  readonly epoch: number;
  readonly from: number;
}

function* generate(set: ImageSet, plan: Plan): Generator<Batch, void, void> {
  const { batch, table, random, augmentation, epoch, from } = plan;
  const order = random?.stream(`shuffle/${epoch}`).permutation(set.count) ?? Uint32Array.from(set.labels, (_, i) => i);
  for (let step = from; step * batch < set.count; step++) {
    const indices = order.subarray(step * batch, (step + 1) * batch);
    const images = new Float32Array(indices.length * set.height * set.width * set.channels);
    const stream = random?.stream(`augment/${epoch}/${step}`);
    writeImages(set, indices, table, images, augmentation && stream && { augmentation, stream });
    const labels = Int32Array.from(indices, (i) => set.labels[i] as number);
    yield { images, labels, size: indices.length, shape: [indices.length, set.height, set.width, set.channels] };
  }
}
