/** Files written whole or not at all, lines added to them, and names that stay inside their folder. */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { refuse, refusePhrase } from './check';

/** Writes a temporary file in the same folder, then renames it: a reader sees the old file or the new one, never a part. */
export function writeAtomic(path: string, content: Uint8Array | string): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`);
  try {
    const file = openSync(temporary, 'wx');
    try {
      const bytes = typeof content === 'string' ? Buffer.from(content) : content;
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Adds lines at a file's end in one write, so that those of two programs never mix; a line that was cut short stays one of its own. */
export function appendLines(path: string, lines: readonly string[]): void {
  if (lines.length === 0) return;
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'a+');
  try {
    const { size } = fstatSync(file);
    const last = Buffer.alloc(1);
    const cutShort = size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last.toString() !== '\n';
    const bytes = Buffer.from(`${cutShort ? '\n' : ''}${lines.join('\n')}\n`);
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
