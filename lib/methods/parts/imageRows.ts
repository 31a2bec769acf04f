/** A table with a row for each training image, by its number: what a method remembers of it from batch to batch. */
import { detached } from '../../engine/detached';
import { statisticsHeld } from '../../engine/fused/movingStatistics';
import { tf } from '../../engine/tf';
import { refuse, refusePhrase } from '../../util/check';
import type { TrainingImages } from '../matcher';

/** The images of a context. @throws InputError where nobody knows them */
export function knownImages(where: string, images: TrainingImages | undefined): TrainingImages {
  if (images) return images;
  throw refusePhrase(where, 'the training images, whose number and classes it needs', 'none', 'give images: data.train to build');
}

/** The numbers of a batch's images. @throws InputError where nobody knows them, or one is not of the set */
export function numbersOf(where: string, numbers: (() => Int32Array) | undefined, { count }: TrainingImages): Int32Array {
  if (!numbers) throw refusePhrase(where, 'a batch that knows the numbers of its images', 'one without', 'batches() gives them');
  const found = numbers();
  const outside = found.find((number) => !(number >= 0 && number < count));
  if (outside !== undefined) throw refuse(where, `numbers of images below ${count}`, outside);
  return found;
}

/** The rows of these images, a constant. @param table [images, values] @returns [batch, values] */
export function imageRows(table: tf.Variable, numbers: Int32Array): tf.Tensor2D {
  return detached(() => tf.tidy(() => tf.gather(table, tf.tensor1d(numbers, 'int32')))) as tf.Tensor2D;
}

/**
 * Puts these rows in the place of those of the images; where statistics are held it does nothing. The table is gathered anew from itself and
 * the rows, which every engine has fast and to the bit; tfjs has no fast scatter.
 */
export function replaceRows(table: tf.Variable, numbers: Int32Array, rows: tf.Tensor2D): void {
  if (statisticsHeld()) return;
  const count = table.shape[0] as number;
  const from = Int32Array.from({ length: count }, (_, i) => i);
  for (const [i, number] of numbers.entries()) from[number] = count + i;
  detached(() => tf.tidy(() => table.assign(tf.gather(tf.concat([table as tf.Tensor, rows]), tf.tensor1d(from, 'int32')))));
}
