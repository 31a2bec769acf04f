/**
 * One program over all cells, and its language service. What costs a cell time is not its check but that TypeScript builds a new
 * program of a thousand files, so all is done for it to reuse the structure of the one before: root files do not change,
 * snapshots are kept, and packages are resolved once.
 */
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { cellOptions } from './cellOptions';
import { createModuleResolver } from './moduleResolver';
import { createProjectFiles, type ProjectFiles } from './projectFiles';

export interface Project extends Pick<ProjectFiles, 'has' | 'write'> {
  readonly service: ts.LanguageService;
  readonly options: ts.CompilerOptions;
  program(): ts.Program;
  /** Makes files roots, once they have been written or are on the disk. */
  addRoots(paths: readonly string[]): void;
  /** Looks whether local files have changed on the disk. */
  refresh(): void;
  /**
   * Reads the types of a package that may be imported, so that the cell which imports it finds them read. Asks before each file
   * whether to stop; what has been read stays so.
   */
  prepare(specifier: string, stop?: () => boolean): void;
  /** The file that a specifier means. */
  resolve(specifier: string, from: string): string | undefined;
}

/** TypeScript makes a program in one go: this is the way out. */
class Stopped extends Error {}

/**
 * TypeScript lets every file import the runtime of JSX, also those that have none: looking for it in vain, for each cell and place of
 * one, took 30 ms of every cell.
 */
const isForJsx = (literal: ts.StringLiteralLike, from: string): boolean => literal.pos < 0 && !/\.[jt]sx$/.test(from);

/** Folders of `@types` from a folder upwards. */
function typeRoots(folder: string): string[] {
  const up = dirname(folder);
  return [join(folder, 'node_modules/@types'), ...(up === folder ? [] : typeRoots(up))];
}

/** @param folder where the notebook lies, with `/` between folders */
export function createProject(folder: string): Project {
  const options = cellOptions([...new Set([...typeRoots(folder), ...typeRoots(__dirname)])]);
  const files = createProjectFiles();
  const roots: string[] = [];
  const { realpath } = ts.sys;
  const disk: Pick<ts.LanguageServiceHost, 'fileExists' | 'readFile' | 'directoryExists' | 'getDirectories' | 'realpath'> = {
    fileExists: (path) => files.has(path) || ts.sys.fileExists(path),
    readFile: (path, encoding) => (files.has(path) ? files.text(path) : ts.sys.readFile(path, encoding)),
    directoryExists: (path) => ts.sys.directoryExists(path),
    getDirectories: (path) => ts.sys.getDirectories(path),
    ...(realpath ? { realpath: (path) => (files.has(path) ? path : realpath(path)) } : {}),
  };
  const { resolve, cache, unresolved } = createModuleResolver(folder, options, disk);
  // TypeScript asks for `getModuleResolutionCache` though its type has it for compilers only: it then looks up each package once.
  const host: ts.LanguageServiceHost & Pick<ts.CompilerHost, 'getModuleResolutionCache'> = {
    ...disk,
    getCompilationSettings: () => options,
    getScriptFileNames: () => roots,
    getProjectVersion: () => files.version(),
    getScriptVersion: (path) => files.held(path).version,
    getScriptSnapshot: (path) => files.held(path).snapshot,
    getCurrentDirectory: () => folder,
    getDefaultLibFileName: (settings) => ts.getDefaultLibFilePath(settings),
    useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
    readDirectory: (...args) => ts.sys.readDirectory(...args),
    getModuleResolutionCache: cache,
    resolveModuleNameLiterals: (literals, from, _redirect, settings, file) => {
      unresolved.delete(from);
      return literals.map((literal) =>
        isForJsx(literal, from)
          ? { resolvedModule: undefined }
          : resolve(literal.text, from, ts.getModeForUsageLocation(file, literal, settings)),
      );
    },
  };
  const registry = ts.createDocumentRegistry(ts.sys.useCaseSensitiveFileNames, folder);
  const service = ts.createLanguageService(host, registry);
  const fileOf = (specifier: string, from: string): string | undefined =>
    resolve(specifier, from, ts.ModuleKind.ESNext).resolvedModule?.resolvedFileName;
  return {
    service,
    options,
    has: files.has,
    write: files.write,
    program() {
      const program = service.getProgram();
      if (!program) throw new Error('language: expected a program from TypeScript, received none');
      return program;
    },
    addRoots(paths) {
      roots.push(...paths.filter((path) => !roots.includes(path)));
      files.touch();
    },
    refresh: () => files.refresh(unresolved),
    prepare(specifier, stop = () => false) {
      const path = `${folder}/[prepared].ts`;
      const file = fileOf(specifier, path);
      if (file === undefined || service.getProgram()?.getSourceFile(file)) return;
      files.write(path, `import '${specifier}';\n`);
      const getScriptSnapshot = (name: string): ts.IScriptSnapshot | undefined => {
        if (stop()) throw new Stopped();
        return files.held(name).snapshot;
      };
      // The registry keeps what this program has read and bound; the program itself goes.
      const reading = ts.createLanguageService({ ...host, getScriptFileNames: () => [path], getScriptSnapshot }, registry);
      try {
        reading.getProgram()?.getTypeChecker();
      } catch (error) {
        if (!(error instanceof Stopped)) throw error;
      }
    },
    resolve: fileOf,
  };
}
