/** What was found in files, kept for as long as they have the sizes and times that they had then. */
import { statSync } from 'node:fs';
import { tryFile } from '../../util/fileErrors';

/**
 * A function that finds something out once for each key, and again only where a file has changed since.
 * @param what the files are, for errors
 */
export function whileUnchanged(what: string): (key: string, files: readonly string[], find: () => string) => string {
  const known = new Map<string, { readonly stamp: string; readonly found: string }>();
  const stampOf = (file: string): string => {
    const { size, mtimeNs } = tryFile(file, what, () => statSync(file, { bigint: true }));
    return `${file} ${size} ${mtimeNs}`;
  };
  return (key, files, find) => {
    const stamp = files.map(stampOf).join('\n');
    const before = known.get(key);
    if (before?.stamp === stamp) return before.found;
    const found = find();
    known.set(key, { stamp, found });
    return found;
  };
}
