/**
 * What knows TypeScript in a kernel: one language service over all cells of a notebook, each a module of its own. A cell is read
 * by itself first, then checked beside the earlier ones, then emitted as a script; its names are seen by later cells from then
 * on, whatever becomes of it when it runs. Completions and inspections place the cell for a moment and take it back.
 */

import type ts from 'typescript';
import { refusePhrase } from '../../util/check';
import type { CompileResult, Completeness, Diagnostic, FileResult, Inspection, Language } from '../messages';
import { isCaught } from './caughtExceptions';
import { tellDiagnostics, tellSyntax } from './cellDiagnostics';
import { type CellFile, type CellFiles, createCellFiles } from './cellFiles';
import { completeness } from './completeness';
import { completionsAt } from './completions';
import { augments } from './declaredNames';
import { inspectAt } from './inspection';
import { compileLocalFile, fileErrors, localImports } from './localFiles';
import { parseCell } from './parsedCell';
import { createProject, type Project } from './projectHost';
import { emitCell, exportedStars } from './script/emitCell';
import { isGlobalName, scriptName } from './script/globalNames';

/** Longer cells are refused unread. */
const LONGEST = 5_000_000;

const COMPLETE: Completeness = { status: 'complete', indent: '' };

/** A package of JavaScript alone: what it exports is `any`, and the notebook's reader cannot change that. */
const UNTYPED_PACKAGE = 7016;

/** TypeScript looks for it above all code, and cells have a header. */
const UNCHECKED = /^\s*\/\/\s*@ts-nocheck\b/;

/** `Cannot find name`, with and without a suggestion; as a namespace; as a type. */
const UNKNOWN_NAME: ReadonlySet<number> = new Set([2304, 2552, 2503, 2749, 2833]);

/** @param folder the notebook's, absolute: imports are looked up from there */
export function createLanguage({ folder }: { readonly folder: string }): Language & Pick<Project, 'prepare'> {
  const root = folder.replaceAll('\\', '/');
  const project = createProject(root);
  const cells = createCellFiles(project, root);
  const scene = { project, cells, hiding: new Set<string>() };
  const look = <T>(source: string, all: boolean, otherwise: T, at: (cell: CellFile) => T): T =>
    source.length > LONGEST
      ? otherwise
      : guarded(
          scene,
          source,
          () => at(cells.place(parseCell(source), source, all)),
          () => otherwise,
        );
  return {
    prepare: project.prepare,
    compile: ({ number, source, lasting = true }) =>
      source.length > LONGEST
        ? refused(tooLong(source))
        : guarded(scene, source, () => compile(scene, number, source, lasting), refused),
    complete(source, offset) {
      const at = within(source, offset);
      return look(source, true, { start: at, end: at, matches: [] }, (cell) => completionsAt(project.service, cell, at));
    },
    inspect: (source, offset, detail) =>
      look<Inspection | undefined>(source, false, undefined, (cell) =>
        inspectAt(project.service, cell, cells.names, within(source, offset), detail),
      ),
    isComplete: (source) =>
      source.length > LONGEST
        ? COMPLETE
        : guarded(
            scene,
            source,
            () => completeness(source),
            () => COMPLETE,
          ),
    isCaught,
    compileFile: (path) => guarded<FileResult>(scene, '', () => compileLocalFile(project, cells, path), refused),
  };
}

interface Scene {
  readonly project: Project;
  readonly cells: CellFiles;
  /** Names of globals that cells have declared as values. */
  readonly hiding: Set<string>;
}

type Refused = { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

const refused = (diagnostics: readonly Diagnostic[]): Refused => ({ ok: false, diagnostics });

function compile({ project, cells, hiding }: Scene, number: number, source: string, lasting: boolean): CompileResult {
  const parsed = parseCell(source);
  if (parsed.errors.length > 0) return refused(tellSyntax(parsed.errors, source));
  project.refresh();
  const file = cells.place(parsed, source);
  const errors = cellErrors(project, file);
  if (errors.some(({ code }) => UNKNOWN_NAME.has(code))) {
    const all = cells.place(parsed, source, true); // so that TypeScript knows what may have been meant
    return refused(tellDiagnostics(cellErrors(project, all), { cells, cell: all }));
  }
  const diagnostics = tellDiagnostics(errors, { cells, cell: file });
  if (diagnostics.length > 0) return refused(diagnostics);
  const program = project.program();
  const cell = emitCell(program, file, number, hiding);
  const more = exportedStars(program, file);
  if (lasting && (file.declared.size + more.length > 0 || augments(parsed.file))) cells.keep(number, file, more);
  if (lasting) noteHiding(hiding, [...file.declared.keys(), ...more], cell.declares);
  return { ok: true, cell };
}

/** `declare const process: …` and types of that name hide nothing. */
function noteHiding(hiding: Set<string>, names: readonly string[], declares: readonly string[]): void {
  for (const name of names.filter(isGlobalName)) {
    if (declares.includes(scriptName(name))) hiding.add(name);
    else hiding.delete(name);
  }
}

/** Those of the local files that it imports come first. */
function cellErrors(project: Project, cell: CellFile): ts.Diagnostic[] {
  const program = project.program();
  const local = [...localImports(project, cell.path, cell.source)].flatMap((path) => fileErrors(program, path));
  if (UNCHECKED.test(cell.source)) return local;
  const own = program.getSemanticDiagnostics(program.getSourceFile(cell.path));
  return [...local, ...own].filter(({ code }) => code !== UNTYPED_PACKAGE);
}

const within = (source: string, offset: number): number => Math.min(Math.max(0, Math.trunc(offset) || 0), source.length);

/** The diagnostic of a cell as a whole. */
const ofCell = (text: string, source: string): Diagnostic[] => [
  { line: 1, column: 1, length: 0, code: 0, text, source: source.slice(0, 200).split('\n', 1)[0] ?? '' },
];

function tooLong(source: string): Diagnostic[] {
  const [most, received] = [LONGEST, source.length].map((n) => `${n.toLocaleString('en-GB')} characters`);
  return ofCell(refusePhrase('compile', `a cell of at most ${most}`, `one of ${received}`).message, source);
}

/** Runs what walks a tree by recursion: where it is too deep for the stack, a diagnostic says so. What failed leaves no trace. */
function guarded<T>({ cells }: Scene, source: string, work: () => T, otherwise: (diagnostics: readonly Diagnostic[]) => T): T {
  try {
    return work();
  } catch (error) {
    cells.clear();
    if (!(error instanceof RangeError)) throw error;
    return otherwise(ofCell(`compile: expected a cell that is nested less deeply (${error.message})`, source));
  }
}
