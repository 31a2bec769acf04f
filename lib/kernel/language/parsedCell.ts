/** A cell by itself: its syntax and the errors in it. */
import ts from 'typescript';

export interface ParsedCell {
  readonly file: ts.SourceFile;
  readonly errors: readonly ts.Diagnostic[];
}

const NAME = 'cell.ts';
const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2024,
  module: ts.ModuleKind.Preserve,
  moduleDetection: ts.ModuleDetectionKind.Force, // `await (x)` is a call of a function in what is no module
  noLib: true,
  noResolve: true,
  types: [],
};

/** Reads a cell; no other file is looked at. */
export function parseCell(source: string): ParsedCell {
  const host: ts.CompilerHost = {
    getSourceFile: (name, options) => (name === NAME ? ts.createSourceFile(NAME, source, options, true) : undefined),
    getDefaultLibFileName: () => '',
    getCurrentDirectory: () => '',
    getCanonicalFileName: (name) => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    fileExists: (name) => name === NAME,
    readFile: () => undefined,
    writeFile: () => undefined,
  };
  const program = ts.createProgram({ rootNames: [NAME], options: OPTIONS, host });
  const file = program.getSourceFile(NAME) as ts.SourceFile;
  return { file, errors: program.getSyntacticDiagnostics(file) };
}
