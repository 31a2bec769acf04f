/** How many objects of each class a data set has, by part: what says at once why a class is not learned, or not found. */
import type { Objects } from '../../detection/detections';
import { objectIn, refusePhrase } from '../../util/check';
import { hasObjects } from '../images/objectSource';
import type { Dataset, ObjectSource } from '../types';

const PARTS = ['train', 'validation', 'test'] as const;

/** Of one class in one part. */
export interface ObjectCount {
  readonly part: 'train' | 'validation' | 'test';
  readonly class: string;
  /** Images with at least one of them. */
  readonly images: number;
  readonly objects: number;
  /** Of these, marked so. */
  readonly difficult: number;
  readonly crowd: number;
}

/**
 * Counts from annotations; no picture is read. Boxes that were cut or dropped are in the data set's `split`.
 * @throws InputError for a data set whose images have no objects
 * @example
 * ```ts
 * import { loadDataset, objectCounts } from 'iekd';
 *
 * const data = await loadDataset('voc:data/samples/bccd', { pixels: 160 });
 * console.log(data.split);
 * console.table(objectCounts(data)); // a row for each class of each part
 * ```
 */
export function objectCounts(data: Dataset<ObjectSource>): ObjectCount[] {
  objectIn('objectCounts', 'a data set', data, ['classNames', ...PARTS]);
  return PARTS.flatMap((part) => {
    if (!hasObjects(data[part])) throw refusePhrase(`objectCounts: ${part}`, 'images with objects', 'images with labels');
    const counts = countsOf(data[part].objects, data.classNames.length);
    return data[part].count === 0 ? [] : counts.map((row, c) => ({ part, class: data.classNames[c] as string, ...row }));
  });
}

function countsOf(images: readonly Objects[], classCount: number): Omit<ObjectCount, 'part' | 'class'>[] {
  const rows = Array.from({ length: classCount }, () => ({ images: 0, objects: 0, difficult: 0, crowd: 0 }));
  for (const { classes, difficult, crowd } of images) {
    for (const [i, ofClass] of classes.entries()) {
      const row = rows[ofClass];
      if (!row) continue;
      row.objects++;
      row.difficult += difficult?.[i] ?? 0;
      row.crowd += crowd?.[i] ?? 0;
    }
    for (const ofClass of new Set(classes)) if (rows[ofClass]) rows[ofClass].images++;
  }
  return rows;
}
