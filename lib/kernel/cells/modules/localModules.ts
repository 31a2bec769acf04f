/**
 * Files beside a notebook that cells import: TypeScript is compiled when it is required (`require.extensions`), and a file that has
 * changed is forgotten before the next cell, with whoever required it, so that the cell's imports read it anew.
 *
 * A file is local when it was required by its path, or so by a local file, within the same package. ES modules (`.mjs`) stay as they
 * were first read: Node never forgets them.
 */
import { existsSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { InputError } from '../../../util/check';
import { waitingForBreakpoints } from '../../fileStart';
import type { Diagnostic, FileResult } from '../../messages';

/** Endings of TypeScript files that are compiled to CommonJS. */
const ENDINGS = ['.ts', '.tsx', '.cts', '.mts'] as const;

export interface LocalModules {
  /** Remembers a file that was just required, and the local ones it requires. @param path absolute */
  watch(path: string): void;
  /** Forgets what has changed since. */
  refresh(): void;
}

export interface LocalModulesOptions {
  /** @param path absolute */
  readonly compileFile: (path: string) => FileResult;
  /** What a specifier means in a file's folder. @param require of that file, for an absolute path */
  readonly load: (folder: string, specifier: string, require: (path: string) => unknown) => unknown;
}

/** What is compared to see whether a file has changed. */
interface Stamp {
  readonly modified: number;
  readonly size: number;
}

type CompilingModule = NodeJS.Module & { _compile(code: string, path: string): unknown };

export function localModules({ compileFile, load }: LocalModulesOptions): LocalModules {
  const watched = new Map<string, Stamp>();
  for (const ending of ENDINGS) {
    require.extensions[ending] = (module, path) => {
      const stamp = stampOf(path);
      const compiled = compileFile(path);
      if (!compiled.ok) throw fileError(path, compiled.diagnostics);
      if (stamp) watched.set(path, stamp); // of before it was read
      const require = module.require.bind(module);
      module.require = (specifier: string) => load(dirname(path), specifier, require) as never;
      (module as CompilingModule)._compile(withMap(waitingForBreakpoints(compiled.code), compiled.map), path);
    };
  }
  function watch(path: string, seen = new Set<string>()): void {
    const module = require.cache[path];
    if (!module || seen.has(path)) return;
    seen.add(path);
    const stamp = watched.has(path) ? undefined : stampOf(path);
    if (stamp) watched.set(path, stamp);
    const own = packageOf(path);
    for (const child of module.children) {
      if (!isPackaged(child.filename) && packageOf(child.filename) === own) watch(child.filename, seen);
    }
  }
  function refresh(): void {
    const changed = [...watched].filter(([path, stamp]) => differs(stamp, stampOf(path))).map(([path]) => path);
    for (const path of withDependents(changed, watched)) {
      delete require.cache[path];
      watched.delete(path);
    }
  }
  return { watch: (path) => watch(path), refresh };
}

/** The changed files and the watched ones that need them, over any number of steps. */
function withDependents(changed: readonly string[], watched: ReadonlyMap<string, Stamp>): Set<string> {
  const found = new Set(changed);
  for (let before = -1; before < found.size; ) {
    before = found.size;
    for (const path of watched.keys()) {
      if (require.cache[path]?.children.some((child) => found.has(child.filename))) found.add(path);
    }
  }
  return found;
}

function stampOf(path: string): Stamp | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat && { modified: stat.mtimeMs, size: stat.size };
}

const differs = (a: Stamp, b: Stamp | undefined): boolean => a.modified !== b?.modified || a.size !== b.size;

const isPackaged = (path: string): boolean => path.split(sep).includes('node_modules');

/** The folder of the package that a file belongs to: the nearest with a package.json. */
function packageOf(path: string): string {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json')) || dirname(folder) === folder) return folder;
  }
}

/** Stack traces then name the lines of TypeScript (`process.setSourceMapsEnabled`). */
function withMap(code: string, map: string): string {
  const encoded = Buffer.from(map, 'utf8').toString('base64');
  return `${code.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '')}\n//# sourceMappingURL=data:application/json;base64,${encoded}\n`;
}

/** As seen from the notebook. */
function shortPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') || isAbsolute(short) ? path : short;
}

/** What the compiler says of a file that a cell imports, with the lines it means. */
function fileError(path: string, diagnostics: readonly Diagnostic[]): Error {
  const told = diagnostics.map(({ file = path, line, column, text, source, length }) => {
    const marker = '^'.repeat(Math.max(1, Math.min(length, source.length - column + 1)));
    return `${shortPath(file)}, line ${line}: ${text}\n    ${source}\n    ${' '.repeat(column - 1)}${marker}`;
  });
  return new InputError(told.join('\n'));
}
