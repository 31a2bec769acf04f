/**
 * `import` in cells and in the local files that they import: found from the notebook's folder as Node finds it for `require`, whatever
 * kind of module it is. What `require` cannot load (an ES module that awaits at its top level, a package with an `import` entry alone)
 * is imported first, and the cell then evaluated again: imports are its first statements.
 */
import { existsSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { isAbsolute, join, resolve } from 'node:path';
import { constants, Script } from 'node:vm';
import type { FileResult } from '../../messages';
import { isOwnPackage, OWN_IMPORTER } from '../../ownPackages';
import { localModules } from './localModules';
import { moduleNamespace } from './moduleNamespace';

/** Why `require` could not load what `import` can. */
const NEEDS_IMPORT = ['ERR_REQUIRE_ASYNC_MODULE', 'ERR_REQUIRE_ESM', 'ERR_PACKAGE_PATH_NOT_EXPORTED'];

/** Thrown through the cell; whoever evaluates it awaits `load` and evaluates it again. */
export class ImportFirst extends Error {
  constructor(readonly load: () => Promise<unknown>) {
    super('this module is imported first');
  }
}

export interface CellRequire {
  /** An import statement's module. */
  require(specifier: string): object;
  /** `require(specifier)` as code of Node's has it: the module's exports as they are. */
  readonly plain: NodeJS.Require;
  /** `import(specifier)` */
  import(specifier: string): Promise<object>;
  /** Loads modules that are going to be imported; one that cannot be loaded says so when it is. */
  preload(specifiers: readonly string[]): void;
  /** Before each cell: forgets local files that have changed. */
  refresh(): void;
}

export interface CellRequireOptions {
  /** The notebook's folder. */
  readonly folder: string;
  readonly compileFile: (path: string) => FileResult;
  /** Modules that the kernel itself provides, by their name. */
  readonly provided: Readonly<Record<string, () => object>>;
}

type NodeImport = (specifier: string) => Promise<object>;

export function cellRequire({ folder, compileFile, provided }: CellRequireOptions): CellRequire {
  const imported = new Map<string, object>();
  const requires = new Map<string, NodeJS.Require>();
  const imports = new Map<string, NodeImport>();
  const requireIn = (from: string): NodeJS.Require => {
    const found = requires.get(from) ?? createRequire(join(from, 'cell.ts'));
    requires.set(from, found);
    return found;
  };
  const importIn = (from: string): NodeImport => {
    const found = imports.get(from) ?? nodeImport(from);
    imports.set(from, found);
    return found;
  };

  /** What a specifier means in a folder; throws `ImportFirst` where it has to be imported. */
  function load(from: string, specifier: string, require: (path: string) => unknown = requireIn(from)): unknown {
    if (Object.hasOwn(provided, specifier)) return provided[specifier]?.();
    const key = `${from}\0${specifier}`;
    const known = imported.get(key);
    if (known) return known;
    const first = new ImportFirst(async () => imported.set(key, await importIn(from)(specifier)));
    if (/^(file|data):/.test(specifier)) throw first;
    try {
      return require(resolved(requireIn(from), from, specifier));
    } catch (error) {
      throw NEEDS_IMPORT.includes(codeOf(error)) ? first : withoutStack(error);
    }
  }
  const files = localModules({ compileFile, load });

  /** For code of a cell. */
  function loadOwn(specifier: string): unknown {
    const exports = load(folder, specifier);
    if (isPath(specifier) && !imported.has(`${folder}\0${specifier}`)) {
      files.watch(resolved(requireIn(folder), folder, specifier));
    }
    return exports;
  }
  async function importModule(specifier: string): Promise<object> {
    for (;;) {
      try {
        return moduleNamespace(loadOwn(specifier));
      } catch (error) {
        if (!(error instanceof ImportFirst)) throw error;
        await error.load();
      }
    }
  }
  function preload(specifiers: readonly string[]): void {
    for (const specifier of specifiers) {
      try {
        loadOwn(specifier);
      } catch {
        // said when it is imported
      }
    }
  }
  const plain = Object.assign((specifier: string) => loadOwn(specifier), requireIn(folder));
  return {
    require: (specifier) => moduleNamespace(loadOwn(specifier)),
    plain,
    import: importModule,
    preload,
    refresh: files.refresh,
  };
}

const isPath = (specifier: string): boolean => /^\.{1,2}(\/|$)/.test(specifier) || isAbsolute(specifier);

/** The file, or the name of a module of Node's. TypeScript also writes `./file.js` for a `./file.ts`. */
function resolved(require: NodeJS.Require, from: string, specifier: string): string {
  const path = isPath(specifier) && /\.[cm]?jsx?$/.test(specifier) ? resolve(from, specifier) : undefined;
  if (path === undefined || existsSync(path)) return isBuiltin(specifier) ? specifier : found(require, specifier);
  const written = path.replace(/js(x?)$/, 'ts$1');
  return existsSync(written) ? require.resolve(written) : require.resolve(specifier);
}

/** In the folders above, or beside the kernel. */
function found(require: NodeJS.Require, specifier: string): string {
  try {
    return require.resolve(specifier);
  } catch (error) {
    if (!isOwnPackage(specifier) || codeOf(error) !== 'MODULE_NOT_FOUND') throw error;
    return createRequire(OWN_IMPORTER).resolve(specifier);
  }
}

const codeOf = (error: unknown): string => String((error as NodeJS.ErrnoException | undefined)?.code);

/** Node adds the files that required a missing one: here these are the kernel's own. */
function withoutStack(error: unknown): unknown {
  if (error instanceof Error && codeOf(error) === 'MODULE_NOT_FOUND') {
    error.message = error.message.replace(/\nRequire stack:[\s\S]*$/, '');
  }
  return error;
}

/** Node's own `import()`, as a file in this folder would call it. */
function nodeImport(folder: string): NodeImport {
  const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
  const script = new Script('(specifier) => import(specifier)', { filename: join(folder, 'cell.ts'), importModuleDynamically });
  return script.runInThisContext() as NodeImport;
}
