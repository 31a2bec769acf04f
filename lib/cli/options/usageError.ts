/** A command line that can be read but names something that is not there: it ends with exit code 2, as one that cannot be read. */
import { InputError } from '../../util/check';
import { inTypedWords, inWords } from '../output/words';

export class UsageError extends InputError {}

/**
 * Checks something that was typed: what it refuses is a mistake on the command line, told in its words.
 * @param fromFile whether entries may be those of a file, which keep their names
 */
export function checkTyped<T>(check: () => T, fromFile = false): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new UsageError((fromFile ? inWords : inTypedWords)(error.message), { cause: error });
  }
}
