/** How many objects of each class a data set has, by part: what says at once why a class is not learned, or not found. */
import type { Dataset, ObjectSource } from '../types';

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
  return (['train', 'validation', 'test'] as const).flatMap((part) => {
    const rows = data.classNames.map((name) => ({ part, class: name, images: 0, objects: 0, difficult: 0, crowd: 0 }));
    for (const { classes, difficult, crowd } of data[part].objects) {
      for (const [i, ofClass] of classes.entries()) {
        const row = rows[ofClass];
        if (!row) continue;
        row.objects++;
        row.difficult += difficult?.[i] ?? 0;
        row.crowd += crowd?.[i] ?? 0;
      }
      for (const ofClass of new Set(classes)) if (rows[ofClass]) rows[ofClass].images++;
    }
    return data[part].count === 0 ? [] : rows;
  });
}
