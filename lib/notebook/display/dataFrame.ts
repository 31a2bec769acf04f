/**
 * Data frames (danfo.js) for notebooks. Loading danfo takes about a second, so it is done when the first frame is made; a table
 * takes any frame by its shape, wherever it was made.
 */

import type { DataFrame } from 'danfojs-node';
import { objectsIn } from '../../util/check';
import { optionalPackage } from '../../util/package/ownPackage';

/** What a table reads of a data frame. */
export interface FrameLike {
  /** Names of the columns. */
  readonly columns: readonly string[];
  /** Row by row: `[rows, columns]`. */
  readonly values: unknown;
  /** A label for each row. */
  readonly index: readonly (string | number)[];
}

/**
 * A danfo data frame of some rows: for `groupby`, `query`, `merge` and the like.
 * @param rows plain objects with the same keys, which become the columns
 * @param columns names of the columns of a frame without rows; not read where there are rows
 * @throws InputError where danfojs-node is not installed, with the command that installs it
 * @example
 * ```ts
 * import { dataFrame, showTable } from 'iekd';
 *
 * const frame = dataFrame([{ seed: 0, error: 8.75 }, { seed: 1, error: 8.5 }]);
 * showTable(frame.sortValues('error'));
 * ```
 */
export function dataFrame(rows: readonly Readonly<Record<string, unknown>>[], columns: readonly string[] = []): DataFrame {
  objectsIn('dataFrame', 'rows', rows);
  const danfo = optionalPackage(() => require('danfojs-node') as typeof import('danfojs-node'));
  if (rows.length === 0) return new danfo.DataFrame([], { columns: [...columns] });
  return new danfo.DataFrame(rows.map((row) => ({ ...row })));
}

/** Whether something has the shape of a data frame. */
export function isFrame(value: unknown): value is FrameLike {
  if (typeof value !== 'object' || value === null) return false;
  const { columns, values, index } = value as Partial<FrameLike>;
  return Array.isArray(columns) && Array.isArray(values) && Array.isArray(index);
}
