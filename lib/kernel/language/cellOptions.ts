/** How cells are compiled. */
import ts from 'typescript';

/**
 * What the running Node has: 20 knows ES2023 and the regular expressions of ES2024, 22 also iterator helpers and set methods.
 * `using` and decorators are in no Node of these, so they are lowered, with types from `esnext`.
 */
function libraries(): string[] {
  const newer = Number(process.versions.node.split('.')[0]) >= 22;
  const names = newer ? ['es2024', 'es2025.iterator', 'es2025.collection'] : ['es2023'];
  return [...names, 'esnext.disposable'].map((name) => `lib.${name}.d.ts`);
}

/**
 * Strict, and otherwise as bundlers resolve: packages of ES modules only, JSON, deep paths and local files with or without their
 * extension. Of the types that no import names only Node's are loaded: every file more costs each cell time.
 * @param typeRoots folders of `@types`, nearest first
 */
export function cellOptions(typeRoots: readonly string[]): ts.CompilerOptions {
  return {
    strict: true,
    target: ts.ScriptTarget.ES2024,
    lib: libraries(),
    module: ts.ModuleKind.Preserve,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    moduleDetection: ts.ModuleDetectionKind.Force,
    types: ['node'],
    typeRoots: [...typeRoots],
    esModuleInterop: true,
    jsx: ts.JsxEmit.ReactJSX, // of local `.tsx` files
    resolveJsonModule: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    sourceMap: true,
    newLine: ts.NewLineKind.LineFeed,
  };
}
