/**
 * Notebooks under the project's own strict settings, which are stricter than the kernel's. All cells of a notebook are checked as one
 * module, in which each name is declared once.
 */
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { AMBIENT } from 'iekd/dist/kernel/language/ambient';
import { type Notebook, readNotebook } from 'iekd/dist/notebook/jupyter/notebookFile';
import * as ts from 'typescript';
import { ROOT } from './cells';

/** Everything that is wrong with a notebook's code: `cell 3, line 2: …`, cells counted among those with code. */
export function checkNotebook(path: string): string[] {
  return complaints(readNotebook(path), dirname(resolve(path)));
}

/** @param folder the notebook's: imports are looked for from there */
export function complaints(notebook: Notebook, folder: string): string[] {
  const cells = notebook.cells.flatMap((cell) => (cell.cell_type === 'code' ? [cell.source] : []));
  return typeErrors(cells, folder);
}

const at = (cell: number, line: number, text: string): string => `cell ${cell + 1}, line ${line}: ${text}`;

function typeErrors(cells: readonly string[], folder: string): string[] {
  const name = join(folder, '__cells__.ts');
  // What every cell finds without an import, behind the cells, so that lines count from the first of them.
  const source = `${cells.join('\n')}\nexport {};\n${AMBIENT}`;
  const options: ts.CompilerOptions = {
    ...strictSettings(),
    module: ts.ModuleKind.ESNext, // for await outside functions
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    noUnusedLocals: false, // a later cell, or its reader, may use a name
    noEmit: true,
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (file) => file === name || fileExists(file);
  host.getSourceFile = (file, language, ...more) =>
    file === name ? ts.createSourceFile(file, source, language) : getSourceFile(file, language, ...more);
  const program = ts.createProgram([name], options, host);
  const file = program.getSourceFile(name);
  const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
  return found.map(({ start = 0, messageText }) => {
    const { cell, line } = place(cells, source.slice(0, start).split('\n').length);
    return at(cell, line, ts.flattenDiagnosticMessageText(messageText, ' '));
  });
}

/** The settings of tsconfig.json. */
function strictSettings(): ts.CompilerOptions {
  const { config } = ts.parseConfigFileTextToJson('tsconfig.json', readFileSync(join(ROOT, 'tsconfig.json'), 'utf8')) as {
    config: { compilerOptions: Record<string, unknown> };
  };
  const { module: _, moduleResolution: __, ...rest } = config.compilerOptions;
  const { options } = ts.convertCompilerOptionsFromJson(rest, ROOT);
  return { ...options, typeRoots: [join(ROOT, 'node_modules/@types')] };
}

/** Which cell, and which of its lines, a line of all cells together is; both from where they start. */
function place(cells: readonly string[], line: number): { cell: number; line: number } {
  let left = line;
  for (const [cell, source] of cells.entries()) {
    const count = source.split('\n').length;
    if (left <= count) return { cell, line: left };
    left -= count;
  }
  return { cell: cells.length - 1, line: left };
}
