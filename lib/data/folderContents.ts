/** What files hold, wherever they lie: the SHA-256 by which a run that reads them is named. */
import { relative, sep } from 'node:path';
import { readBytes } from '../util/files';
import { sha256 } from '../util/hash';
import { whileUnchanged } from './files/whileUnchanged';

const known = whileUnchanged('a file');

/**
 * Of the files' places below the folder and their bytes, in the order given. Files that have not changed since are not read again.
 * @throws InputError for one that cannot be read
 */
export function folderContents(folder: string, files: readonly string[]): string {
  return known(folder, files, () => {
    const parts = files.map((file) => `${relative(folder, file).split(sep).join('/')} ${sha256(readBytes(file))}`);
    return sha256(parts.join('\n'));
  });
}
