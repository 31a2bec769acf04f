/** A command line that can be read but names something that is not there: it ends with exit code 2, as one that cannot be read. */
import { InputError } from '../../util/check';

export class UsageError extends InputError {}

/** Checks something that was typed: what it refuses is a mistake on the command line. */
export function checkTyped<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw error instanceof InputError ? new UsageError(error.message) : error;
  }
}
