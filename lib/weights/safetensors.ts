/**
 * The safetensors format (https://github.com/huggingface/safetensors): 8 bytes of header length (little-endian), a JSON header
 * padded with spaces to a multiple of 8, then the values of all tensors without gaps. Its dtypes: dtypes.ts.
 * A file is hostile until checked: lengths come before allocation, and names cannot reach an object's prototype.
 */
import { describe, refuse, refusePhrase } from '../util/check';
import { type Dtype, dtypeNamed, dtypeOf, type StoredTensor } from './dtypes';

/** What a file holds; names and metadata keys are never those of `Object.prototype`. */
export interface SafetensorsFile {
  readonly tensors: Record<string, StoredTensor>;
  readonly metadata: Record<string, string>;
}

/** Headers beyond this are refused: 16 MiB describe some 150,000 tensors. */
const MAX_HEADER = 16 * 2 ** 20;
const PREFIX = 8;
const METADATA = '__metadata__';
const ENTRY_KEYS: readonly string[] = ['dtype', 'shape', 'data_offsets'];

type Place = { name: string; dtype: Dtype; shape: readonly number[]; start: number; end: number };

function checkName(where: string, name: string): void {
  if (name === '' || name in Object.prototype) {
    throw refuse(where, 'names that are neither empty nor a property of every object', name);
  }
}

/**
 * Bytes of a file, tensors in the order of the record's keys: equal content gives equal bytes.
 * @throws on a shape whose product is not the data's length, and on names that `decodeSafetensors` would refuse
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, StoredTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
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
    const values = volume(`${where}: "${name}"`, shape, data.BYTES_PER_ELEMENT);
    if (values !== data.length) throw refuse(`${where}: "${name}"`, `${values} values for shape ${describe(shape)}`, data.length);
    const dtype = dtypeOf(`${where}: "${name}"`, data);
    header[name] = { dtype, shape, data_offsets: [size, size + data.byteLength] };
    size += data.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const headerLength = Math.ceil(text.length / 8) * 8;
  if (headerLength > MAX_HEADER) throw refuse(where, `a header of at most ${MAX_HEADER} bytes`, headerLength);
  const bytes = new Uint8Array(PREFIX + headerLength + size).fill(0x20, PREFIX, PREFIX + headerLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.set(text, PREFIX);
  let at = PREFIX + headerLength;
  for (const { data } of Object.values(tensors)) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/**
 * Reads a whole file; the arrays are copies.
 * @param where the file's name, which starts every error
 * @throws InputError when the file is truncated, too long, malformed, or of a dtype that dtypes.ts does not list
 */
export function decodeSafetensors(bytes: Uint8Array, where: string): SafetensorsFile {
  const { header, dataStart } = readHeader(bytes, where);
  const metadata = readMetadata(header[METADATA], where);
  const places = Object.entries(header)
    .filter(([name]) => name !== METADATA)
    .map(([name, entry]) => readPlace(name, entry, where));
  checkCoverage(places, bytes.length - dataStart, where);
  const tensors: Record<string, StoredTensor> = {};
  for (const { name, dtype, shape, start, end } of places) {
    const buffer = new ArrayBuffer(end - start); // a copy is aligned whatever the offset was
    new Uint8Array(buffer).set(bytes.subarray(dataStart + start, dataStart + end));
    tensors[name] = { shape, data: dtype.read(buffer) };
  }
  return { tensors, metadata };
}

function readHeader(bytes: Uint8Array, where: string): { header: Record<string, unknown>; dataStart: number } {
  if (bytes.length < PREFIX) throw refusePhrase(where, 'a safetensors file of at least 8 bytes', `${bytes.length} bytes`);
  const declared = new DataView(bytes.buffer, bytes.byteOffset, PREFIX).getBigUint64(0, true);
  if (declared > BigInt(MAX_HEADER)) {
    throw refusePhrase(where, `a safetensors header of at most ${MAX_HEADER} bytes`, `a length of ${declared}`);
  }
  const dataStart = PREFIX + Number(declared);
  if (dataStart > bytes.length) {
    throw refusePhrase(where, `a header of ${declared} bytes`, `${bytes.length - PREFIX}`, 'the file is truncated');
  }
  const header = parseJson(bytes.subarray(PREFIX, dataStart), where);
  if (!isRecord(header)) throw refuse(where, 'a JSON object as the header', header);
  return { header, dataStart };
}

function parseJson(bytes: Uint8Array, where: string): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    checkStructure(text, where);
    return value;
  } catch (error) {
    // TypeError: not UTF-8; RangeError: nested too deeply.
    if (error instanceof SyntaxError || error instanceof TypeError || error instanceof RangeError) {
      throw refusePhrase(where, 'a JSON header in UTF-8', 'text that does not parse');
    }
    throw error;
  }
}

/** Refuses what `JSON.parse` lets pass in valid text: a key that occurs twice (it keeps the last), and deep nesting. */
function checkStructure(text: string, where: string): void {
  const levels: Set<string>[] = [];
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '{' || c === '[') levels.push(new Set());
    else if (c === '}' || c === ']') levels.pop();
    else if (c === '"') {
      const start = i;
      i = closingQuote(text, start);
      if (!colonFollows(text, i + 1)) continue;
      const key = JSON.parse(text.slice(start, i + 1)) as string;
      if (levels.at(-1)?.has(key)) throw refuse(where, 'every header key once', key);
      levels.at(-1)?.add(key);
    }
    if (levels.length > 3) throw refusePhrase(where, 'a header at most 3 levels deep', 'a deeper one');
  }
}

function closingQuote(text: string, opening: number): number {
  let i = opening + 1;
  for (; text[i] !== '"'; i++) if (text[i] === '\\') i++;
  return i;
}

function colonFollows(text: string, from: number): boolean {
  let i = from;
  while (' \t\r\n'.includes(text[i] ?? '-')) i++;
  return text[i] === ':';
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
  const size = known.bytes * volume(here, shape, known.bytes);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every((n) => Number.isSafeInteger(n) && n >= 0)) {
    throw refuse(`${here}: data_offsets`, 'two byte positions', offsets);
  }
  const [start, end] = offsets as [number, number];
  if (end - start !== size) throw refuse(`${here}: data_offsets`, `${size} bytes for shape ${describe(shape)}`, end - start);
  return { name, dtype: known, shape: shape as number[], start, end };
}

/** Number of values of a shape: 1 for a scalar's []. @param bytes of a value */
function volume(where: string, shape: unknown, bytes: number): number {
  const valid = Array.isArray(shape) && shape.length <= 8 && shape.every((n) => Number.isSafeInteger(n) && n >= 0);
  if (!valid) throw refuse(`${where}: shape`, 'up to 8 sizes, each a whole number', shape);
  const values = (shape as number[]).reduce((product, n) => product * n, 1);
  if (!(bytes * values <= Number.MAX_SAFE_INTEGER)) throw refuse(`${where}: shape`, 'a size that memory can hold', shape);
  return values;
}

/** Tensors in order of place fill the data exactly: no gap, no overlap, nothing after the last. */
function checkCoverage(places: readonly Place[], size: number, where: string): void {
  let at = 0;
  for (const { name, start, end } of [...places].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (start !== at)
      throw refuse(`${where}: "${name}": data_offsets`, `a start at ${at}, where the tensor before it ends`, start);
    at = end;
  }
  if (at > size) throw refusePhrase(where, `${at} bytes of values`, `${size}`, 'the file is truncated');
  if (at < size) throw refusePhrase(where, `${at} bytes of values`, `${size}`, 'the file has bytes that belong to no tensor');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
