/** The dtypes of safetensors files that are read and written, as a table. */
import { refuse, refusePhrase } from '../util/check';

/** A tensor's values in memory; the type of the array says in which dtype they are written. */
export interface StoredTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

/** How values of one dtype are read and written. */
export interface Dtype {
  readonly bytes: number;
  /** The values in a buffer of whole values, which may be kept. */
  read(buffer: ArrayBuffer): StoredTensor['data'];
  /** Whether arrays of this type are written in this dtype; of each type of array in one at most. */
  writes(data: StoredTensor['data']): boolean;
}

/** By the name that files have for it. A dtype that is only read (F16, BF16) is a row that widens and writes nothing. */
const DTYPES: Readonly<Record<string, Dtype>> = {
  F32: { bytes: 4, read: (buffer) => new Float32Array(buffer), writes: (data) => data instanceof Float32Array },
  I32: { bytes: 4, read: (buffer) => new Int32Array(buffer), writes: (data) => data instanceof Int32Array },
};

const KNOWN = Object.keys(DTYPES).join(' or ');

/** A dtype by the name that a file gives. @throws InputError for one that is not in the table */
export function dtypeNamed(where: string, name: unknown): Dtype {
  const known = typeof name === 'string' && Object.hasOwn(DTYPES, name) ? DTYPES[name] : undefined;
  if (!known) throw refuse(where, KNOWN, name);
  return known;
}

/** The dtype in which an array is written. @throws InputError for arrays of a type that no dtype writes */
export function dtypeOf(where: string, data: StoredTensor['data']): string {
  const found = Object.entries(DTYPES).find(([, { writes }]) => writes(data));
  if (!found) throw refusePhrase(where, `values of ${KNOWN}`, data.constructor.name);
  return found[0];
}
