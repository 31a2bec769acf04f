/**
 * An interrupt as an error: thrown by the loops of a cell once `__stop[0]` is set, by a question that is not answered, and by V8
 * where SIGINT ended a synchronous part.
 */

import { types } from 'node:util';

/** The name of the error, in Jupyter's `ename`. */
export const INTERRUPTED = 'Interrupted';

/** Node's code of the error that it throws then. */
const BY_SIGNAL = 'ERR_SCRIPT_EXECUTION_INTERRUPTED';

/** Ends a cell that was asked to stop. */
class Interruption extends Error {
  override readonly name = INTERRUPTED;
}

/** The error that ends an interrupted cell. */
export const interruption = (): Error => new Interruption('the cell was asked to stop');

/** Whether a value is an error; not one that throws when it is asked. */
export function isError(value: unknown): value is Error {
  try {
    return value instanceof Error;
  } catch {
    return false;
  }
}

/** Whether an error is the end of an interrupted cell. */
export function isInterruption(error: unknown): boolean {
  if (!isError(error)) return false;
  return error instanceof Interruption || (types.isNativeError(error) && Reflect.get(error, 'code') === BY_SIGNAL);
}
