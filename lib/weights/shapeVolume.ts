/** The shape of a tensor that a file declares, checked before anything is allocated. */
import { refuse } from '../util/check';

/** Number of values of a shape: 1 for a scalar's []. @param bytes of a value @throws InputError for what is no shape, and one beyond memory */
export function shapeVolume(where: string, shape: unknown, bytes: number): number {
  const valid = Array.isArray(shape) && shape.length <= 8 && shape.every((n) => Number.isSafeInteger(n) && n >= 0);
  if (!valid) throw refuse(`${where}: shape`, 'up to 8 sizes, each a whole number', shape);
  const values = (shape as number[]).reduce((product, n) => product * n, 1);
  if (!(bytes * values <= Number.MAX_SAFE_INTEGER)) throw refuse(`${where}: shape`, 'a size that memory can hold', shape);
  return values;
}
