/**
 * The safetensors format (https://github.com/huggingface/safetensors): 8 bytes of header length (little-endian), a JSON header
 * padded with spaces to a multiple of 8, then the values of all tensors without gaps. Its dtypes: dtypes.ts.
 * A file is hostile until checked: lengths come before allocation, and names cannot reach an object's prototype.
 */

import { describe, hinted, refuse, refusePhrase } from '../util/check';
import { asBytes } from '../util/hash';
import { parseJson } from '../util/json';
import { counted } from '../util/text';
import { dtypeNamed, dtypeOf, readTensor, type StoredTensor } from './dtypes';
import { checkFormat, type FileFormat } from './fileFormats';
import { refuseForeign } from './foreignFiles';
import { shapeVolume } from './shapeVolume';

/** What a file holds; names and metadata keys are never those of `Object.prototype`. */
export interface SafetensorsFile {
  readonly tensors: Record<string, StoredTensor>;
  readonly metadata: Record<string, string>;
}

type Tensors = Readonly<Record<string, StoredTensor>>;

/** Headers beyond this are refused: 4 MiB describe some 40,000 tensors. */
const MAX_HEADER = 4 * 2 ** 20;
const PREFIX = 8;
const METADATA = '__metadata__';
const ENTRY_KEYS: readonly string[] = ['dtype', 'shape', 'data_offsets'];

type Place = { name: string; dtype: string; shape: readonly number[]; start: number; end: number };

function checkName(where: string, name: string): void {
  if (name === '' || name in Object.prototype) {
    throw refuse(where, 'names that are neither empty nor a property of every object', name);
  }
}

/**
 * Bytes of a file, tensors in the order of the record's keys: equal content gives equal bytes.
 * @throws on a shape whose product is not the data's length, and on names that `decodeSafetensors` would refuse
 */
export function encodeSafetensors(tensors: Tensors, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  return Buffer.concat(safetensorsParts(tensors, metadata));
}

/** The same bytes in parts that are not copied: everything before the values, then those of each tensor. */
export function safetensorsParts(tensors: Tensors, metadata: Readonly<Record<string, string>> = {}): Uint8Array[] {
  const where = 'encodeSafetensors';
  const header: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(metadata)) {
    checkName(`${where}: metadata`, key);
    if (typeof value !== 'string') throw refuse(`${where}: metadata "${key}"`, 'a string', value);
  }
  if (Object.keys(metadata).length > 0) header[METADATA] = metadata;
  let size = 0;
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    checkName(where, name);
    if (name === METADATA) throw refuse(where, 'tensor names other than the metadata key', name);
    const values = shapeVolume(`${where}: "${name}"`, shape, data.BYTES_PER_ELEMENT);
    if (values !== data.length) throw refuse(`${where}: "${name}"`, `${values} values for shape ${describe(shape)}`, data.length);
    const dtype = dtypeOf(`${where}: "${name}"`, data);
    header[name] = { dtype, shape, data_offsets: [size, size + data.byteLength] };
    size += data.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const headerLength = Math.ceil(text.length / 8) * 8;
  if (headerLength > MAX_HEADER) throw refuse(where, `a header of at most ${MAX_HEADER} bytes`, headerLength);
  const head = new Uint8Array(PREFIX + headerLength).fill(0x20, PREFIX);
  new DataView(head.buffer).setBigUint64(0, BigInt(headerLength), true);
  head.set(text, PREFIX);
  const values = Object.values(tensors).map(({ data }) => asBytes(data));
  return [head, ...values];
}

/** What to do with a file that is not as it was written. */
export const DAMAGED = 'the file is damaged, or another program has changed it: use a copy, or write it again';

/** What a file must be, and what to do where it is damaged. */
export interface Wanted {
  /** Default: of any. */
  readonly format?: FileFormat;
  /** Default `DAMAGED`. */
  readonly damaged?: string;
}

/**
 * Reads a whole file; the arrays are copies.
 * @param where the file's name, which starts every error
 * @throws InputError when the file is something else, truncated, too long, malformed, of another format, or of a dtype that dtypes.ts
 *   does not list: it says what to do
 */
export function decodeSafetensors(bytes: Uint8Array, where: string, { format, damaged = DAMAGED }: Wanted = {}): SafetensorsFile {
  refuseForeign(bytes, where, format);
  const { header, dataStart, metadata } = hinted(damaged, () => {
    const read = readHeader(bytes, where);
    return { ...read, metadata: readMetadata(read.header[METADATA], where) };
  });
  if (format) checkFormat(where, metadata, format);
  return { tensors: hinted(damaged, () => readTensors(header, bytes, dataStart, where)), metadata };
}

function readTensors(
  header: Readonly<Record<string, unknown>>,
  bytes: Uint8Array,
  dataStart: number,
  where: string,
): SafetensorsFile['tensors'] {
  const places = Object.entries(header)
    .filter(([name]) => name !== METADATA)
    .map(([name, entry]) => readPlace(name, entry, where));
  checkCoverage(places, bytes.length - dataStart, where);
  const tensors: Record<string, StoredTensor> = {};
  for (const { name, dtype, shape, start, end } of places) {
    const copy = new Uint8Array(bytes.subarray(dataStart + start, dataStart + end));
    tensors[name] = readTensor(shape, dtype, dtypeNamed(name, dtype).read(copy));
  }
  return tensors;
}

function readHeader(bytes: Uint8Array, where: string): { header: Record<string, unknown>; dataStart: number } {
  if (bytes.length < PREFIX) throw refusePhrase(where, 'a safetensors file of at least 8 bytes', counted(bytes.length, 'byte'));
  const declared = new DataView(bytes.buffer, bytes.byteOffset, PREFIX).getBigUint64(0, true);
  if (declared > BigInt(MAX_HEADER)) {
    throw refusePhrase(where, `a safetensors header of at most ${MAX_HEADER} bytes`, `a length of ${declared}`);
  }
  const dataStart = PREFIX + Number(declared);
  if (dataStart > bytes.length) {
    throw refusePhrase(where, `a header of ${declared} bytes`, `${bytes.length - PREFIX}, after which the file ends`);
  }
  const header = parseJson(textOf(bytes.subarray(PREFIX, dataStart), where), `${where}: header`);
  if (!isRecord(header)) throw refuse(where, 'a JSON object as the header', header);
  return { header, dataStart };
}

function textOf(bytes: Uint8Array, where: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refusePhrase(where, 'a header in UTF-8', 'bytes that are no UTF-8');
  }
}

function readMetadata(value: unknown, where: string): Record<string, string> {
  if (value === undefined) return {};
  if (!isRecord(value)) throw refuse(`${where}: ${METADATA}`, 'an object of strings', value);
  const metadata: Record<string, string> = {};
  for (const [key, text] of Object.entries(value)) {
    checkName(`${where}: ${METADATA}`, key);
    if (typeof text !== 'string') throw refuse(`${where}: ${METADATA}`, `a string at "${key}"`, text);
    metadata[key] = text;
  }
  return metadata;
}

function readPlace(name: string, entry: unknown, where: string): Place {
  checkName(where, name);
  const here = `${where}: "${name}"`;
  if (!isRecord(entry)) throw refuse(here, 'an object with dtype, shape and data_offsets', entry);
  const strange = Object.keys(entry).find((key) => !ENTRY_KEYS.includes(key));
  if (strange !== undefined) throw refuse(here, `the keys ${ENTRY_KEYS.join(', ')}`, strange);
  const { dtype, shape, data_offsets: offsets } = entry;
  const known = dtypeNamed(`${here}: dtype`, dtype);
  const size = known.bytes * shapeVolume(here, shape, known.bytes);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every((n) => Number.isSafeInteger(n) && n >= 0)) {
    throw refuse(`${here}: data_offsets`, 'two byte positions', offsets);
  }
  const [start, end] = offsets as [number, number];
  if (end - start !== size) throw refuse(`${here}: data_offsets`, `${size} bytes for shape ${describe(shape)}`, end - start);
  return { name, dtype: dtype as string, shape: shape as number[], start, end };
}

/** Tensors in order of place fill the data exactly: no gap, no overlap, nothing after the last. */
function checkCoverage(places: readonly Place[], size: number, where: string): void {
  let at = 0;
  for (const { name, start, end } of [...places].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (start !== at)
      throw refuse(`${where}: "${name}": data_offsets`, `a start at ${at}, where the tensor before it ends`, start);
    at = end;
  }
  if (at > size) throw refusePhrase(where, `${at} bytes of values`, `${size}, after which the file ends`);
  if (at < size) throw refusePhrase(where, `${at} bytes of values`, `${size}, some of which belong to no tensor`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
