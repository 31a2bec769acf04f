/** What has to be the same of two recordings of one computation, so that all that varies between them is in their inputs. */
import type { Recording } from './recording';

export interface Signature {
  /** Of each call: its kernel, numbers, and the kinds and lengths of arrays. */
  readonly calls: readonly (readonly (string | number)[])[];
  /** What JavaScript wrote. */
  readonly constants: readonly unknown[];
}

export function signatureOf(recording: Recording): Signature {
  const calls = recording.calls.map(([name, ...values]) => [
    name,
    ...values.map((value) =>
      typeof value === 'number' ? value : value === undefined ? '' : `${value.constructor.name} ${value.length}`,
    ),
  ]);
  return { calls, constants: recording.constants() };
}

/** Where two recordings differ; undefined where they do not. */
export function whereDiffers(a: Signature, b: Signature): string | undefined {
  if (a.calls.length !== b.calls.length) return `it has ${a.calls.length} calls of kernels, then ${b.calls.length}`;
  for (const [i, call] of a.calls.entries()) {
    const other = b.calls[i] ?? [];
    if (call.length !== other.length || call.some((value, j) => !Object.is(value, other[j])))
      return `${call[0]} is called with other numbers from step to step`;
  }
  if (a.constants.length !== b.constants.length || a.constants.some((value, i) => !sameValues(value, b.constants[i])))
    return 'it writes other values from step to step';
  return undefined;
}

function sameValues(a: unknown, b: unknown): boolean {
  const [p, q] = [a, b] as [ArrayLike<unknown>, ArrayLike<unknown>];
  return p.length === q.length && Array.prototype.every.call(p, (value, i) => Object.is(value, q[i]));
}
