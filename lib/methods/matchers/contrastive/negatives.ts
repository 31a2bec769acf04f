/**
 * Negatives of contrastive losses: for each image of a batch, training images of other classes, drawn without replacement as in the authors'
 * code of CRD (Tian et al. 2020).
 */
import { refuse } from '../../../util/check';
import type { RandomStream } from '../../../util/rng';
import type { TrainingImages } from '../../matcher';

/** The numbers of all images ordered by class, and where each class ends and how large it is. */
export interface ClassOrder {
  readonly order: Uint32Array;
  readonly ends: readonly number[];
  readonly sizes: readonly number[];
}

/** @throws InputError for images that are all of one class */
export function classOrder(where: string, { count, labels }: TrainingImages): ClassOrder {
  const order = Uint32Array.from({ length: count }, (_, i) => i).sort(
    (a, b) => (labels[a] as number) - (labels[b] as number) || a - b,
  );
  const sizes: number[] = [];
  for (const i of order) sizes[labels[i] as number] = (sizes[labels[i] as number] ?? 0) + 1;
  const all = Array.from(sizes, (size = 0) => size);
  let end = 0;
  const ends = all.map((size) => {
    end += size;
    return end;
  });
  const classes = all.filter((size) => size > 0).length;
  if (classes < 2) throw refuse(where, 'training images of at least two classes', classes);
  return { order, ends, sizes: all };
}

/** How many are drawn: at most `most`, and at most half of the images of other classes, so that drawing another one soon succeeds. */
export function negativesOf({ order, sizes }: ClassOrder, most: number): number {
  return Math.max(1, Math.min(most, Math.floor((order.length - Math.max(...sizes)) / 2)));
}

/**
 * How often each training image is a candidate of each image of the batch: 1 for itself and for the `drawn` negatives.
 * @param stream absent: the first negatives after an image's own class, nothing is drawn @returns [batch, images]
 */
export function candidateCounts(
  numbers: Int32Array,
  labels: TrainingImages['labels'],
  { order, ends, sizes }: ClassOrder,
  { drawn, stream }: { readonly drawn: number; readonly stream?: RandomStream | undefined },
): Float32Array {
  const count = order.length;
  const counts = new Float32Array(numbers.length * count);
  for (const [i, number] of numbers.entries()) {
    const label = labels[number] as number;
    const [end, others, row] = [ends[label] as number, count - (sizes[label] as number), i * count];
    counts[row + number] = 1;
    for (let found = 0; found < drawn; ) {
      // A product in the place of `below`, which divides twice: more likely by others / 2³² at most.
      const at = end + (stream ? Math.floor(stream.uniform() * others) : found);
      const place = row + (order[at < count ? at : at - count] as number);
      if (counts[place] === 1) continue;
      counts[place] = 1;
      found++;
    }
  }
  return counts;
}
