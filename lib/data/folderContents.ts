/** What files hold, wherever they lie: the SHA-256 by which a run that reads them is named. */
import { statSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { tryFile } from '../util/fileErrors';
import { readBytes } from '../util/files';
import { sha256 } from '../util/hash';

/** Of each folder what was found last, with the sizes and times of its files then. */
const known = new Map<string, { readonly stamp: string; readonly contents: string }>();

/**
 * Of the files' places below the folder and their bytes, in the order given. Files that have not changed since are not read again.
 * @throws InputError for one that cannot be read
 */
export function folderContents(folder: string, files: readonly string[]): string {
  const stamp = sha256(files.map((file) => `${file} ${stampOf(file)}`).join('\n'));
  const before = known.get(folder);
  if (before?.stamp === stamp) return before.contents;
  const parts = files.map((file) => `${relative(folder, file).split(sep).join('/')} ${sha256(readBytes(file))}`);
  const contents = sha256(parts.join('\n'));
  known.set(folder, { stamp, contents });
  return contents;
}

function stampOf(file: string): string {
  const { size, mtimeNs } = tryFile(file, 'a file', () => statSync(file, { bigint: true }));
  return `${size} ${mtimeNs}`;
}
