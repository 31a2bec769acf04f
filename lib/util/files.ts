/** Files read up to a bound, written whole or not at all, lines added to them, and names that stay inside their folder. */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { refuse, refusePhrase } from './check';
import { tryFile } from './fileErrors';
import { makeFolder } from './lockFile.cjs';

const READABLE = 'a file that can be read';
const WRITABLE = 'a place that can be written';
const MIB = 2 ** 20;

/**
 * The bytes of a file, which may also be a pipe.
 * @param expected what it is, for errors @param maxBytes refused before it is read; default 2047 MiB
 * @throws InputError for what is missing, no file, too large, or not to be read
 */
export function readBytes(path: string, expected: string = READABLE, maxBytes = 2047 * MIB): Buffer {
  return tryFile(path, expected, () => {
    const stat = statSync(path);
    if (stat.isDirectory()) throw refusePhrase(path, expected, 'a folder', 'name a file');
    if (stat.isCharacterDevice() || stat.isBlockDevice()) throw refusePhrase(path, expected, 'a device', 'name a file');
    if (stat.size > maxBytes) throw tooLarge(path, expected, stat.size, maxBytes);
    const bytes = readFileSync(path);
    if (bytes.length > maxBytes) throw tooLarge(path, expected, bytes.length, maxBytes);
    return bytes;
  });
}

function tooLarge(path: string, expected: string, size: number, most: number): Error {
  const mib = (bytes: number): string => `${Math.ceil(bytes / MIB)} MiB`;
  return refusePhrase(path, `${expected}, of at most ${mib(most)}`, mib(size), 'name another file');
}

/** The text of a file in UTF-8, without its byte order mark. @throws InputError as `readBytes`, and for bytes that are no UTF-8 */
export function readText(path: string, expected: string = READABLE, maxBytes?: number): string {
  const bytes = readBytes(path, expected, maxBytes);
  const [a, b] = bytes;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) {
    throw refusePhrase(path, `${expected}, text in UTF-8`, 'text in UTF-16', 'save it as UTF-8');
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refusePhrase(path, `${expected}, text in UTF-8`, 'bytes that are no UTF-8', 'save it as UTF-8');
  }
}

/** Writes a temporary file in the same folder, then renames it: a reader sees the old file or the new one, never a part. */
export function writeAtomic(path: string, content: Uint8Array | string): void {
  tryFile(path, WRITABLE, () => writeWhole(path, content, true));
}

/** As `writeAtomic`, of what can be made again and is checked when it is read: the disk is not waited for. */
export function writeCached(path: string, content: Uint8Array): void {
  tryFile(path, WRITABLE, () => writeWhole(path, content, false));
}

function writeWhole(path: string, content: Uint8Array | string, lasting: boolean): void {
  makeFolder(dirname(path));
  const temporary = temporaryName(path);
  try {
    const file = openSync(temporary, 'wx');
    try {
      const bytes = typeof content === 'string' ? Buffer.from(content) : content;
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      if (lasting) fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/**
 * Finds out whether `writeAtomic` could write here, before long work whose result is meant for it. Makes the folder that it is in.
 * @throws InputError where it could not
 */
export function checkWritable(path: string): void {
  tryFile(path, WRITABLE, () => {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw refusePhrase(path, WRITABLE, 'a folder', 'name a file');
    makeFolder(dirname(path));
    const temporary = temporaryName(path);
    closeSync(openSync(temporary, 'wx'));
    rmSync(temporary);
  });
}

const temporaryName = (path: string): string => join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`);

/** Adds lines at a file's end in one write, so that those of two programs never mix; a line that was cut short stays one of its own. */
export function appendLines(path: string, lines: readonly string[]): void {
  if (lines.length > 0) appendBytes(path, Buffer.from(`${lines.join('\n')}\n`));
}

/** As `appendLines`, of lines that are bytes, with their ends. */
export function appendBytes(path: string, lines: Buffer): void {
  tryFile(path, WRITABLE, () => addLines(path, lines));
}

function addLines(path: string, lines: Buffer): void {
  makeFolder(dirname(path));
  const file = openSync(path, 'a+');
  try {
    const { size } = fstatSync(file);
    const last = Buffer.alloc(1);
    const cutShort = size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last.toString() !== '\n';
    const bytes = cutShort ? Buffer.concat([Buffer.from('\n'), lines]) : lines;
    const written = writeSync(file, bytes);
    if (written !== bytes.length)
      throw refusePhrase(path, `${bytes.length} bytes written`, `${written}`, 'look for room on the disk');
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Removes the temporary files that processes killed in the middle of `writeAtomic(path, …)` have left beside it. */
export function removeLeftovers(path: string): void {
  if (!existsSync(dirname(path))) return;
  const prefix = `.${basename(path)}.`;
  for (const name of readdirSync(dirname(path))) {
    if (name.startsWith(prefix) && /^[0-9a-f]{12}$/.test(name.slice(prefix.length))) rmSync(join(dirname(path), name));
  }
}

/** `folder/name`, refused when it would lie outside `folder`. */
export function inside(folder: string, name: string): string {
  const root = resolve(folder);
  const path = resolve(root, name);
  if (path !== root && !path.startsWith(root + sep)) throw refuse('inside', `a path inside ${root}`, name);
  return path;
}

/**
 * `folder/name` of a file that another one in that folder names: a relative path downwards, which no symbolic link leads out of the folder.
 * @param where what named it, for errors @throws InputError for another path; a file that is missing is left to its reader
 */
export function insideReally(folder: string, name: string, where: string): string {
  const plain = name !== '' && !/^[/\\]|^[a-z][a-z0-9+.-]*:|\\|\0/i.test(name) && !name.split('/').includes('..');
  const path = join(folder, name);
  const real = (one: string): string => (existsSync(one) ? realpathSync(one) : resolve(one));
  if (plain && real(path).startsWith(real(folder === '' ? '.' : folder) + sep)) return path;
  throw refuse(where, 'files in its own folder, or below', name);
}
