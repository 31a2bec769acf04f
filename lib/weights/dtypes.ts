/** The dtypes of tensors in files, as a table: those of safetensors, by its names; files of PyTorch have the same ones. */
import { refuse, refusePhrase } from '../util/check';

/** Values as they lie in memory: whole numbers and float64 stay what they are, smaller floats are widened to float32. */
export type TensorValues =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** A tensor's values in memory; the type of the array says in which dtype they are written. */
export interface StoredTensor {
  readonly shape: readonly number[];
  readonly data: TensorValues;
  /** In the file, where values were widened: `F16`, `BF16`, `F8_E4M3`, `BOOL`. */
  readonly dtype?: string;
}

/** How values of one dtype are read and written. */
export interface Dtype {
  /** Of a value. */
  readonly bytes: number;
  /** The values of these bytes, little-endian. They may be the bytes themselves, which are then not to be written. */
  read(bytes: Uint8Array): TensorValues;
  /** The type of array that is written in this dtype; absent: it is read only. */
  readonly of?: abstract new (
    ...values: never[]
  ) => TensorValues;
}

/** By the name that files have for it. Where several are read into one type of array, the one that is written has it as `of`. */
const DTYPES: Readonly<Record<string, Dtype>> = {
  F32: { bytes: 4, read: (bytes) => over(Float32Array, bytes), of: Float32Array },
  I32: { bytes: 4, read: (bytes) => over(Int32Array, bytes), of: Int32Array },
  F64: { bytes: 8, read: (bytes) => over(Float64Array, bytes), of: Float64Array },
  F16: { bytes: 2, read: (bytes) => widened(over(Uint16Array, bytes), half) },
  BF16: { bytes: 2, read: (bytes) => shiftedBfloat(over(Uint16Array, bytes)) },
  F8_E4M3: { bytes: 1, read: (bytes) => widened(bytes, e4m3) },
  F8_E5M2: { bytes: 1, read: (bytes) => widened(bytes, (bits) => half(bits << 8)) },
  I8: { bytes: 1, read: (bytes) => over(Int8Array, bytes), of: Int8Array },
  U8: { bytes: 1, read: (bytes) => over(Uint8Array, bytes), of: Uint8Array },
  BOOL: { bytes: 1, read: (bytes) => over(Uint8Array, bytes) },
  I16: { bytes: 2, read: (bytes) => over(Int16Array, bytes), of: Int16Array },
  U16: { bytes: 2, read: (bytes) => over(Uint16Array, bytes), of: Uint16Array },
  U32: { bytes: 4, read: (bytes) => over(Uint32Array, bytes), of: Uint32Array },
  I64: { bytes: 8, read: (bytes) => over(BigInt64Array, bytes), of: BigInt64Array },
  U64: { bytes: 8, read: (bytes) => over(BigUint64Array, bytes), of: BigUint64Array },
};

const KNOWN = Object.keys(DTYPES);

/** A dtype by the name that a file gives. @throws InputError for one that is not in the table */
export function dtypeNamed(where: string, name: unknown): Dtype {
  const known = typeof name === 'string' && Object.hasOwn(DTYPES, name) ? DTYPES[name] : undefined;
  if (!known) throw refuse(where, `one of ${KNOWN.join(', ')}`, name);
  return known;
}

/** The dtype in which an array is written. @throws InputError for arrays of a type that no dtype writes */
export function dtypeOf(where: string, data: TensorValues): string {
  const found = Object.entries(DTYPES).find(([, { of }]) => of && data instanceof of);
  if (!found) throw refusePhrase(where, `values of one of ${KNOWN.join(', ')}`, (data as object).constructor.name);
  return found[0];
}

/** A tensor that was read: what its values were in the file is kept where the array does not say it. */
export function readTensor(shape: readonly number[], dtype: string, data: TensorValues): StoredTensor {
  return { shape, data, ...(dtypeOf(dtype, data) === dtype ? {} : { dtype }) };
}

/** A type of array in words: `int32`, `bigint64`. */
export const dtypeText = (data: TensorValues): string => data.constructor.name.replace('Array', '').toLowerCase();

/** Values as float32: those that are it already are the same array, float64 and whole numbers are rounded to the nearest. */
export function asFloat32(data: TensorValues): Float32Array {
  if (data instanceof Float32Array) return data;
  const isBig = data instanceof BigInt64Array || data instanceof BigUint64Array;
  return isBig ? Float32Array.from(data, Number) : Float32Array.from(data);
}

interface ArrayType<T> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, offset: number, length: number): T;
}

/** An array over these bytes, or over a copy where they do not lie as the processor wants them. */
function over<T>(type: ArrayType<T>, bytes: Uint8Array): T {
  const size = type.BYTES_PER_ELEMENT;
  const { buffer, byteOffset, length } = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  return new type(buffer, byteOffset, length / size);
}

/** Small floats, many of them by a table of all their values. */
function widened(bits: Uint8Array | Uint16Array, value: (bits: number) => number): Float32Array {
  if (bits.length < 2 ** 14) return Float32Array.from(bits, value);
  const table = Float32Array.from({ length: 2 ** (8 * bits.BYTES_PER_ELEMENT) }, (_, one) => value(one));
  const values = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) values[i] = table[bits[i] as number] as number;
  return values;
}

/** IEEE 754 binary16: 1 bit of sign, 5 of exponent, 10 of fraction. */
function half(bits: number): number {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const size = exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
  const special = fraction === 0 ? Number.POSITIVE_INFINITY : Number.NaN;
  return (bits & 0x8000 ? -1 : 1) * (exponent === 31 ? special : size);
}

/** OCP 8-bit float E4M3: bias 7, no infinities, NaN where all bits but the sign are set (arXiv 2209.05433). */
function e4m3(bits: number): number {
  const [exponent, fraction] = [(bits >> 3) & 15, bits & 7];
  if ((bits & 127) === 127) return Number.NaN;
  return (bits & 128 ? -1 : 1) * (exponent === 0 ? fraction * 2 ** -9 : (8 + fraction) * 2 ** (exponent - 10));
}

/** bfloat16 is the upper half of a float32. */
function shiftedBfloat(bits: Uint16Array): Float32Array {
  const wide = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) wide[i] = (bits[i] as number) << 16;
  return new Float32Array(wide.buffer);
}
