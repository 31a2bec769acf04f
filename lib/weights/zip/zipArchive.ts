/**
 * Files in a zip archive (PKWARE's APPNOTE.TXT, https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT; sections 4.3 and 4.5.3 for
 * zip64), by its central directory, from bytes in memory. An archive is hostile until checked: names stay relative and plain, entries
 * neither overlap nor leave the archive, and sizes are those declared, whose sum is bounded before anything is inflated.
 * Deviations: neither encryption, nor several disks, nor methods other than stored and deflated.
 */
import { crc32, inflateRawSync } from 'node:zlib';
import { refuse, refusePhrase } from '../../util/check';

/** Entries by name, in the order of the central directory. */
export type ZipArchive = ReadonlyMap<string, ZipEntry>;

/** A file in an archive. */
export interface ZipEntry {
  /** Of its contents, as declared. */
  readonly size: number;
  /** The contents, checked against their CRC-32; of a stored entry they are the archive's own bytes. */
  read(): Uint8Array;
}

const END = 0x06054b50;
const END_SIZE = 22;
const END64_LOCATOR = 0x07064b50;
const END64 = 0x06064b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const STORED = 0;
const DEFLATED = 8;
/** A comment has 65,535 bytes at most. */
const LONGEST_COMMENT = 0xffff;
const MOST_ENTRIES = 200_000;
/** Contents may be so many times as large as the archive, or so many bytes if that is more. */
const LARGEST = { times: 8, bytes: 64 * 2 ** 20 } as const;

interface Directory {
  readonly entries: number;
  readonly start: number;
  readonly size: number;
}

interface Placed {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly header: number;
}

/** @param where the file's name, for errors @throws InputError for what is no archive, or a hostile one */
export function zipArchive(bytes: Uint8Array, where: string): ZipArchive {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const directory = directoryOf(view, where);
  const placed = centralEntries(bytes, view, directory, where);
  const most = Math.max(LARGEST.bytes, LARGEST.times * bytes.length);
  const total = placed.reduce((sum, { size }) => sum + size, 0);
  if (total > most) throw refusePhrase(where, `contents of at most ${most} bytes`, `${total}, a zip bomb`);
  const data = placed.map((one) => ({ ...one, start: dataStart(view, one, directory.start, where) }));
  checkOverlap(data, where);
  const archive = new Map<string, ZipEntry>();
  for (const { name, start, ...one } of data) {
    if (archive.has(name)) throw refuse(where, 'every name once', name);
    archive.set(name, {
      size: one.size,
      read: () => contents(bytes.subarray(start, start + one.packed), one, `${where}: ${name}`),
    });
  }
  return archive;
}

function contents(packed: Uint8Array, { method, size, crc }: Omit<Placed, 'name' | 'header'>, where: string): Uint8Array {
  const data = method === STORED ? packed : inflated(packed, size, where);
  if (data.length !== size) throw refusePhrase(where, `${size} bytes, as declared`, String(data.length));
  const found = crc32(data);
  if (found !== crc) throw refusePhrase(where, `contents of CRC-32 ${crc}`, `${found}`, 'the file is damaged: use a copy');
  return data;
}

function inflated(packed: Uint8Array, size: number, where: string): Uint8Array {
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, size) });
  } catch (error) {
    throw refusePhrase(where, `deflated contents of ${size} bytes`, (error as NodeJS.ErrnoException).code ?? 'others');
  }
}

function directoryOf(view: DataView, where: string): Directory {
  const last = view.byteLength - END_SIZE;
  for (let at = last; at >= Math.max(0, last - LONGEST_COMMENT); at--) {
    if (view.getUint32(at, true) !== END || at + END_SIZE + view.getUint16(at + 20, true) !== view.byteLength) continue;
    const end = at >= 20 && view.getUint32(at - 20, true) === END64_LOCATOR ? end64(view, at, where) : end32(view, at, where);
    if (end.entries > MOST_ENTRIES) throw refusePhrase(where, `at most ${MOST_ENTRIES} files in an archive`, String(end.entries));
    if (end.start + end.size > at) throw refusePhrase(where, 'a list of files within the archive', 'one that leaves it');
    return end;
  }
  throw refusePhrase(where, 'a zip archive', 'one without its end', 'the file was cut short: use a copy');
}

function end32(view: DataView, at: number, where: string): Directory {
  const [disk, first] = [view.getUint16(at + 4, true), view.getUint16(at + 6, true)];
  if (disk !== 0 || first !== 0) throw refusePhrase(where, 'an archive in one file', 'a part of several');
  return { entries: view.getUint16(at + 10, true), size: view.getUint32(at + 12, true), start: view.getUint32(at + 16, true) };
}

function end64(view: DataView, at: number, where: string): Directory {
  const place = whole(view, at - 12, where);
  if (place + 56 > at - 20 || view.getUint32(place, true) !== END64) {
    throw refusePhrase(where, 'the end of a zip64 archive', 'none where it should be');
  }
  return { entries: whole(view, place + 32, where), size: whole(view, place + 40, where), start: whole(view, place + 48, where) };
}

/** A whole number of eight bytes. */
function whole(view: DataView, at: number, where: string): number {
  const value = view.getBigUint64(at, true);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw refusePhrase(where, 'sizes within the archive', String(value));
  return Number(value);
}

function centralEntries(bytes: Uint8Array, view: DataView, { entries, start, size }: Directory, where: string): Placed[] {
  const placed: Placed[] = [];
  const end = start + size;
  let at = start;
  for (let i = 0; i < entries; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== CENTRAL) throw refusePhrase(where, `a list of ${entries} files`, `${i}`);
    const [name, extra, comment] = [28, 30, 32].map((field) => view.getUint16(at + field, true)) as [number, number, number];
    const next = at + 46 + name + extra + comment;
    if (next > end) throw refusePhrase(where, `a list of ${entries} files`, 'one that is cut short');
    const flags = view.getUint16(at + 8, true);
    const text = nameIn(bytes.subarray(at + 46, at + 46 + name), where);
    if (flags & 0x2041) throw refusePhrase(`${where}: ${text}`, 'contents that are not encrypted', 'encrypted ones');
    const method = view.getUint16(at + 10, true);
    if (method !== STORED && method !== DEFLATED) throw refuse(`${where}: ${text}: method`, 'stored or deflated', method);
    const sizes = sizesOf(view, at, at + 46 + name, extra, `${where}: ${text}`);
    if (method === STORED && sizes.packed !== sizes.size) throw refuse(`${where}: ${text}`, `${sizes.size} bytes`, sizes.packed);
    placed.push({ name: text, method, crc: view.getUint32(at + 16, true), ...sizes });
    at = next;
  }
  return placed;
}

/** Sizes and place; those of 0xffffffff are in the extra field of zip64. */
function sizesOf(
  view: DataView,
  at: number,
  extra: number,
  length: number,
  where: string,
): Pick<Placed, 'packed' | 'size' | 'header'> {
  const short = [24, 20, 42].map((field) => view.getUint32(at + field, true));
  let long = short.includes(0xffffffff) ? fieldOf(view, extra, length, where) : 0;
  const [size, packed, header] = short.map((value) => {
    if (value !== 0xffffffff) return value;
    if (long + 8 > extra + length) throw refusePhrase(where, 'sizes of zip64', 'none');
    const found = whole(view, long, where);
    long += 8;
    return found;
  }) as [number, number, number];
  return { packed, size, header };
}

/** Where the values of the field 1 begin. */
function fieldOf(view: DataView, from: number, length: number, where: string): number {
  for (let at = from; at + 4 <= from + length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) === 1) return at + 4;
  }
  throw refusePhrase(where, 'sizes of zip64', 'none');
}

function nameIn(bytes: Uint8Array, where: string): string {
  let name = '';
  try {
    name = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refusePhrase(where, 'names in UTF-8', 'others');
  }
  const plain = name !== '' && !/^[/\\]|^[a-z]:|\\|\0/i.test(name) && !name.split('/').includes('..');
  if (!plain) throw refuse(where, 'names that stay in their folder', name);
  return name;
}

function dataStart(view: DataView, { name, header, packed }: Placed, before: number, where: string): number {
  const here = `${where}: ${name}`;
  if (header + 30 > before || view.getUint32(header, true) !== LOCAL)
    throw refusePhrase(here, 'contents within the archive', 'none');
  const start = header + 30 + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
  if (start + packed > before) throw refusePhrase(here, `${packed} bytes within the archive`, 'fewer');
  return start;
}

function checkOverlap(placed: readonly (Placed & { readonly start: number })[], where: string): void {
  let end = 0;
  for (const { name, header, start, packed } of [...placed].sort((a, b) => a.header - b.header)) {
    if (header < end) throw refuse(where, 'files that do not overlap', name);
    end = start + packed;
  }
}
