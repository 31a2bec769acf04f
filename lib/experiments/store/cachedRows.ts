/** Rows of files by name, parsed again only where a file has changed since. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

type Rows<T> = ReadonlyMap<string, T>;
type Read<T> = (path: string) => readonly T[];
type NameOf<T> = (row: T) => string;

/** Of two with one name the first. */
export function byName<T>(rows: readonly T[], nameOf: NameOf<T>): Rows<T> {
  const found = new Map<string, T>();
  for (const row of rows) {
    const name = nameOf(row);
    if (!found.has(name)) found.set(name, row);
  }
  return found;
}

/** Reads the rows of the `.jsonl` files of a folder, in the order of files and lines. */
export function folderReader<T>(folder: string, rowsIn: Read<T>, nameOf: NameOf<T>): () => Rows<T> {
  const read = fileReader(rowsIn, nameOf);
  let [parts, all]: [readonly Rows<T>[], Rows<T>] = [[], new Map()];
  return () => {
    const names = existsSync(folder) ? readdirSync(folder) : [];
    const files = names.filter((name) => name.endsWith('.jsonl')).sort();
    const now = files.map((name) => read(join(folder, name)));
    if (now.length !== parts.length || now.some((part, i) => part !== parts[i])) {
      [parts, all] = [
        now,
        byName(
          now.flatMap((part) => [...part.values()]),
          nameOf,
        ),
      ];
    }
    return all;
  };
}

/** Reads the rows of a file, none where there is no file. */
export function fileReader<T>(rowsIn: Read<T>, nameOf: NameOf<T>): (path: string) => Rows<T> {
  const seen = new Map<string, { readonly stamp: string; readonly rows: Rows<T> }>();
  const none: Rows<T> = new Map();
  return (path) => {
    const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (!stat) return none;
    const stamp = `${stat.ino} ${stat.size} ${stat.mtimeNs}`;
    const before = seen.get(path);
    if (before?.stamp === stamp) return before.rows;
    const rows = byName(rowsIn(path), nameOf);
    seen.set(path, { stamp, rows });
    return rows;
  };
}
