/** What has to be the same of two recordings of one computation, so that all that varies between them is in their inputs. */

export interface Signature {
  /** Of each call its name, then what else has to be the same value, or the same object. */
  readonly calls: readonly (readonly unknown[])[];
  /** What JavaScript wrote. */
  readonly constants: readonly unknown[];
}

/** Where two recordings differ; undefined where they do not. */
export function whereDiffers(a: Signature, b: Signature): string | undefined {
  if (a.calls.length !== b.calls.length) return `it has ${a.calls.length} calls of kernels, then ${b.calls.length}`;
  for (const [i, call] of a.calls.entries()) {
    if (!sameValues(call, b.calls[i] ?? [])) return `${call[0]} is called with other numbers from step to step`;
  }
  const same = a.constants.length === b.constants.length && a.constants.every((value, i) => sameValues(value, b.constants[i]));
  return same ? undefined : 'it writes other values from step to step';
}

function sameValues(a: unknown, b: unknown): boolean {
  const [p, q] = [a, b] as [ArrayLike<unknown>, ArrayLike<unknown>];
  return p.length === q.length && Array.prototype.every.call(p, (value, i) => Object.is(value, q[i]));
}
