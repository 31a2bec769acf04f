/**
 * What can be unfolded, by the number that the front end knows it under (`variablesReference`). Numbers are never given twice: one that
 * belonged to an earlier stop is refused, not mistaken for another.
 */

import type { Runtime } from 'node:inspector';
import { integerIn, refusePhrase } from '../../../util/check';

export type Reference =
  /** Parts of an object; of all that it has where no range is given. */
  | { readonly kind: 'object'; readonly object: Runtime.RemoteObject; readonly range?: readonly [number, number] }
  /** Scopes of a frame that are shown as one, the inner first. */
  | { readonly kind: 'scopes'; readonly objects: readonly Runtime.RemoteObject[]; readonly frame: number }
  /** What the cells declared. */
  | { readonly kind: 'cells' };

export interface VariableReferences {
  add(reference: Reference): number;
  /** Throws for a number that is not, or no longer, given. */
  get(where: string, reference: unknown): Reference;
  clear(): void;
}

export function variableReferences(): VariableReferences {
  const references = new Map<number, Reference>();
  let last = 0;
  return {
    add: (reference) => {
      references.set(++last, reference);
      return last;
    },
    get: (where, reference) => {
      const found = references.get(integerIn(`${where} variablesReference`, reference, 1));
      if (found === undefined) {
        throw refusePhrase(`${where} variablesReference`, 'one of this stop', `${String(reference)}`, 'ask for the scopes again');
      }
      return found;
    },
    clear: () => references.clear(),
  };
}
