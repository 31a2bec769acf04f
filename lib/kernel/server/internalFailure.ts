/** A request that cannot be understood, or a bug of the kernel, as replies with `status: error` tell it. */
import type { CellFailure } from '../messages';

export function internalFailure(error: unknown): CellFailure {
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  return { ename: name, evalue: message, traceback: [`${name}: ${message}`] };
}
