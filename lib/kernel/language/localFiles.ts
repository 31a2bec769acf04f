/** Local TypeScript files: those that a cell imports are checked with it, and compiled when they are required. */
import ts from 'typescript';
import type { Diagnostic, FileResult } from '../messages';
import { tellDiagnostics } from './cellDiagnostics';
import type { CellFiles } from './cellFiles';
import { isLocal } from './projectFiles';
import type { Project } from './projectHost';

const TYPESCRIPT = /\.[cm]?tsx?$/;

/** Local files that a file imports, and theirs. */
export function localImports(project: Project, from: string, text: string, seen = new Set<string>()): Set<string> {
  for (const { fileName } of ts.preProcessFile(text, true, true).importedFiles) {
    const path = project.resolve(fileName, from);
    if (path === undefined || seen.has(path) || !isLocal(path) || !TYPESCRIPT.test(path) || /\/\[cells?(-\d+)?\]\.ts$/.test(path))
      continue;
    seen.add(path);
    localImports(project, path, ts.sys.readFile(path) ?? '', seen);
  }
  return seen;
}

/** Errors in one file of the program. */
export function fileErrors(program: ts.Program, path: string): readonly ts.Diagnostic[] {
  const file = program.getSourceFile(path);
  if (!file) return [];
  const syntax = program.getSyntacticDiagnostics(file);
  return syntax.length > 0 ? syntax : program.getSemanticDiagnostics(file);
}

/** @param path absolute */
export function compileLocalFile(project: Project, cells: CellFiles, path: string): FileResult {
  project.refresh();
  const name = path.replaceAll('\\', '/');
  if (!project.program().getSourceFile(name)) project.addRoots([name]);
  const program = project.program();
  const file = program.getSourceFile(name);
  if (!file) {
    const text = `expected a TypeScript file, received none at ${path}`;
    return { ok: false, diagnostics: [{ file: path, line: 1, column: 1, length: 0, code: 0, text, source: '' }] };
  }
  const errors = fileErrors(program, name);
  if (errors.length > 0) return { ok: false, diagnostics: tellDiagnostics(errors, { cells, cell: undefined }) };
  const awaiting = topLevelAwait(file);
  if (awaiting) return { ok: false, diagnostics: [{ file: path, ...awaiting }] };
  const compilerOptions = { ...project.options, module: ts.ModuleKind.CommonJS, inlineSources: true };
  const { outputText, sourceMapText = '' } = ts.transpileModule(file.text, { fileName: name, compilerOptions });
  return { ok: true, code: outputText.replace(/\/\/# sourceMappingURL=.*\s*$/, ''), map: mapOf(sourceMapText, path) };
}

/** A local file is CommonJS, which does not wait. */
function topLevelAwait(file: ts.SourceFile): Omit<Diagnostic, 'file'> | undefined {
  const find = (node: ts.Node): ts.Node | undefined => {
    if (ts.isFunctionLike(node) || ts.isPropertyDeclaration(node)) return undefined;
    const waits = ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier !== undefined);
    return waits ? node : ts.forEachChild(node, find);
  };
  const found = find(file);
  if (!found) return undefined;
  const { line, character } = file.getLineAndCharacterOfPosition(found.getStart(file));
  const text = 'a local file cannot await at its top level; export an async function, and await it in the cell';
  const source = file.text.split(/\r?\n/)[line] ?? '';
  return { line: line + 1, column: character + 1, length: 'await'.length, code: 0, text, source };
}

/** With the file's full path, since the code runs from nowhere else. */
function mapOf(json: string, path: string): string {
  const map: unknown = JSON.parse(json);
  return JSON.stringify({ ...(map as object), sources: [path] });
}
