/** Batches of images: shuffled and varied for training, in order and plain for evaluation. */

import type { Objects } from '../detection/detections';
import { integerIn, knownKeys, refuse } from '../util/check';
import type { Random } from '../util/rng';
import { writeImages } from './images/augment';
import { imagesIn } from './images/checkImages';
import { isInMemory, readSource } from './images/imageSource';
import { normalisationTable } from './images/normalisation';
import { hasObjects, readObjectsOf } from './images/objectSource';
import type { Augmentation, Batch, ImageSet, ImageSource, Images, Normalisation } from './types';

export interface BatchOptions {
  /** Images a batch; the last one may be smaller. */
  readonly batch: number;
  /** Mean and deviation per channel; a `Dataset` has them. */
  readonly normalisation: Normalisation;
  /** Shuffles, by the stream `shuffle/<epoch>`; without it the images come in order. */
  readonly random?: Random | undefined;
  /**
   * Varies the images of a batch, by the stream `augment/<epoch>/<step>`; needs `random`. Images with objects, and those of a source that
   * varies its images itself (`readVaried`), vary as their source says, each by its own stream `augment/<epoch>/image/<number>`. Default none.
   */
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
 * The batches of one epoch. Each is a function of seed, epoch and step alone, so a resumed run needs no state of the data, and it
 * makes no difference in which order a source's reads come to their end.
 * Every batch has an array of its own: tfjs keeps the array that a tensor was made of, which therefore must not be written
 * again while the tensor lives (a new one of 128×32×32×3 costs a fraction of a millisecond).
 *
 * Batches of a set in memory are there at once. Those of a source are awaited; while one is used, the next is read, or as many as the source
 * says (`ahead`); `for await` takes either.
 */
export function batches(set: ImageSet, options: BatchOptions): Generator<Batch, void, void>;
export function batches(images: Images, options: BatchOptions): Generator<Batch, void, void> | AsyncGenerator<Batch, void, void>;
export function batches(images: Images, options: BatchOptions): Generator<Batch, void, void> | AsyncGenerator<Batch, void, void> {
  knownKeys('batches', options, KNOWN);
  const { normalisation, random, augmentation, epoch = 0, from = 0 } = options;
  const batch = integerIn('batches: batch', options.batch, 1);
  imagesIn('batches', images);
  if (random !== undefined && typeof random?.stream !== 'function') throw refuse('batches: random', 'random(seed)', random);
  integerIn('batches: epoch', epoch);
  integerIn('batches: from', from, 0, stepsPerEpoch(images.count, batch));
  const table = normalisationTable(normalisation, images.channels);
  if (augmentation) {
    if (!random) throw refuse('batches', 'random where augmentation is given', undefined);
    integerIn('batches: augmentation.pad', augmentation.pad, 0, Math.min(images.height, images.width) - 1);
  }
  const plan = { batch, table, random, augmentation, epoch, from };
  return isInMemory(images) ? fromMemory(images, plan) : fromSource(images, plan);
}

interface Plan {
  readonly batch: number;
  readonly table: Float32Array;
  readonly random: Random | undefined;
  readonly augmentation: Augmentation | undefined;
  readonly epoch: number;
  readonly from: number;
}

function* fromMemory(set: ImageSet, plan: Plan): Generator<Batch, void, void> {
  const order = orderOf(set.count, plan);
  for (let step = plan.from; step * plan.batch < set.count; step++) {
    const numbers = numbersAt(order, step, plan);
    yield batchOf(set, { numbers, indices: numbers }, step, plan);
  }
}

/** Reads as far ahead as the source says. A failed read is thrown where its batch was awaited; those under way are awaited before the end. */
async function* fromSource(source: ImageSource, plan: Plan): AsyncGenerator<Batch, void, void> {
  const order = orderOf(source.count, plan);
  const steps = stepsPerEpoch(source.count, plan.batch);
  const read = (step: number): Promise<ReadStep> | undefined => {
    if (step >= steps) return undefined;
    const images = readStep(source, numbersAt(order, step, plan), plan);
    images.catch(() => undefined); // it is looked at when its turn comes, and no unhandled rejection until then
    return images;
  };
  const ahead = integerIn('ImageSource.ahead', source.ahead ?? 1, 1, MOST_AHEAD);
  const next = Array.from({ length: ahead }, (_, i) => read(plan.from + i));
  try {
    for (let step = plan.from; step < steps; step++) {
      const { set, objects } = (await next[0]) as ReadStep;
      const numbers = numbersAt(order, step, plan);
      next.shift();
      next.push(read(step + ahead));
      const varied = objects !== undefined || source.readVaried !== undefined;
      const batch = batchOf(
        set,
        { numbers, indices: countUp(set.count) },
        step,
        varied ? { ...plan, augmentation: undefined } : plan,
      );
      yield objects ? { ...batch, objects } : batch;
    }
  } finally {
    await Promise.allSettled(next);
  }
}

/** Each is a batch in memory. */
const MOST_AHEAD = 64;

/** What is read of a source for one step. */
interface ReadStep {
  readonly set: ImageSet;
  /** Varied with their images already. */
  readonly objects?: readonly Objects[];
}

async function readStep(source: ImageSource, indices: Uint32Array, { random, augmentation, epoch }: Plan): Promise<ReadStep> {
  const streamOf = augmentation && random && ((index: number) => random.stream(`augment/${epoch}/image/${index}`));
  return hasObjects(source) ? readObjectsOf(source, indices, streamOf) : { set: await readSource(source, indices, streamOf) };
}

const countUp = (length: number): Uint32Array => Uint32Array.from({ length }, (_, i) => i);

const orderOf = (count: number, { random, epoch }: Plan): Uint32Array =>
  random?.stream(`shuffle/${epoch}`).permutation(count) ?? countUp(count);

const numbersAt = (order: Uint32Array, step: number, { batch }: Plan): Uint32Array =>
  order.subarray(step * batch, (step + 1) * batch);

/** Images of a set that was read, and where they are in the set that is trained on. */
interface Chosen {
  readonly indices: Uint32Array;
  readonly numbers: Uint32Array;
}

/** The images chosen, varied by the draws of the step. */
function batchOf(set: ImageSet, { indices, numbers }: Chosen, step: number, { table, random, augmentation, epoch }: Plan): Batch {
  const images = new Float32Array(indices.length * set.height * set.width * set.channels);
  const stream = random?.stream(`augment/${epoch}/${step}`);
  writeImages(set, indices, table, images, augmentation && stream && { augmentation, stream });
  const labels = Int32Array.from(indices, (i) => set.labels[i] as number);
  const shape = [indices.length, set.height, set.width, set.channels] as const;
  return { images, labels, numbers: Int32Array.from(numbers), size: indices.length, shape };
}
