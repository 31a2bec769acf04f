/** The files of a program: those on the disk, read once until they change, and virtual ones, which stand for cells. */
import { statSync } from 'node:fs';
import ts from 'typescript';

interface Held {
  readonly version: string;
  /** When and how large it was; empty for a virtual file. */
  readonly disk: string;
  readonly snapshot: ts.IScriptSnapshot | undefined;
}

export interface ProjectFiles {
  /** Changes whenever any file does. */
  version(): string;
  held(path: string): Held;
  text(path: string): string | undefined;
  /** Whether there is such a virtual file. */
  has(path: string): boolean;
  /** Writes a virtual file; the same text again is nothing new. */
  write(path: string, text: string): void;
  /** Looks for changes on the disk. @param doubtful files that count as changed in any case */
  refresh(doubtful: ReadonlySet<string>): void;
  /** Something else than a file has changed. */
  touch(): void;
}

/** Whether a file is one that its user edits, and not of a package or made by a compiler. */
export const isLocal = (path: string): boolean => !path.includes('/node_modules/') && !/\.d\.[cm]?ts$/.test(path);

export function createProjectFiles(): ProjectFiles {
  const files = new Map<string, Held>();
  const virtual = new Set<string>();
  let [version, count] = [0, 0];
  const hold = (path: string, disk: string, snapshot: ts.IScriptSnapshot | undefined): Held => {
    const file = { version: String(++count), disk, snapshot };
    files.set(path, file);
    return file;
  };
  const held = (path: string): Held => {
    const known = files.get(path);
    if (known) return known;
    const [disk, text] = [diskVersion(path), ts.sys.readFile(path)];
    return hold(path, disk, text === undefined ? undefined : ts.ScriptSnapshot.fromString(text));
  };
  const text = (path: string): string | undefined => {
    const { snapshot } = held(path);
    return snapshot?.getText(0, snapshot.getLength());
  };
  return {
    version: () => String(version),
    held,
    text,
    has: (path) => virtual.has(path),
    write(path, content) {
      if (virtual.has(path) && text(path) === content) return;
      virtual.add(path);
      hold(path, '', ts.ScriptSnapshot.fromString(content));
      version++;
    },
    refresh(doubtful) {
      for (const [path, file] of files) {
        const changed = doubtful.has(path) || (isLocal(path) && !virtual.has(path) && diskVersion(path) !== file.disk);
        if (!changed) continue;
        if (virtual.has(path)) hold(path, '', file.snapshot);
        else files.delete(path);
        version++;
      }
    },
    touch: () => {
      version++;
    },
  };
}

function diskVersion(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats ? `${stats.mtimeMs}:${stats.size}` : 'absent';
}
