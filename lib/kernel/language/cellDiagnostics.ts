/** What TypeScript says of a cell, at the cell's own lines, with its suggestion and what it relates to. */
import ts from 'typescript';
import type { Diagnostic } from '../messages';
import type { CellFile, CellFiles } from './cellFiles';

/** What a diagnostic is told against. */
export interface Told {
  readonly cells: Pick<CellFiles, 'numberOf'>;
  readonly cell: CellFile | undefined;
}

interface Place {
  readonly line: number;
  readonly column: number;
  readonly source: string;
  /** What is left of its line. */
  readonly rest: number;
}

/** Diagnostics in order of place; those of header and footer, which the user did not write, are left out. */
export function tellDiagnostics(found: readonly ts.Diagnostic[], told: Told): Diagnostic[] {
  return found.flatMap((one) => {
    const { file, start = 0, length = 0, code } = one;
    const text = [cellNames(ts.flattenDiagnosticMessageText(one.messageText, '\n'), told), ...related(one, told)].join('\n');
    if (!file) return [{ line: 1, column: 1, length: 0, code, text, source: firstLine(told.cell) }];
    const own = told.cell?.path === file.fileName ? told.cell : undefined;
    if (own && (start < own.start || start > own.start + own.source.length)) return [];
    const { line, column, source, rest } = own ? place(own.source, start - own.start) : place(file.text, start);
    const shown = { line, column, length: Math.min(length, rest), code, text, source };
    return [own ? shown : { file: file.fileName, ...shown }];
  });
}

/** Syntax errors of a cell that was read by itself. */
export function tellSyntax(found: readonly ts.Diagnostic[], source: string): Diagnostic[] {
  return found.map(({ start = 0, length = 0, code, messageText, relatedInformation = [] }) => {
    const { line, column, source: own, rest } = place(source, start);
    const opened = relatedInformation.map(
      (one) => `  line ${place(source, one.start ?? 0).line}: ${ts.flattenDiagnosticMessageText(one.messageText, '\n')}`,
    );
    const text = [ts.flattenDiagnosticMessageText(messageText, '\n'), ...opened].join('\n');
    return { line, column, length: Math.min(length, rest), code, text, source: own };
  });
}

const LINE_BREAK = /\r\n|[\n\r\u2028\u2029]/;

const firstLine = (cell: CellFile | undefined): string => cell?.source.split(LINE_BREAK, 1)[0] ?? '';

function place(text: string, offset: number): Place {
  const before = text.slice(0, offset).split(LINE_BREAK);
  const column = (before.at(-1) ?? '').length + 1;
  const source = (before.at(-1) ?? '') + (text.slice(offset).split(LINE_BREAK, 1)[0] ?? '');
  return { line: before.length, column, source, rest: source.length - column + 1 };
}

/** `import("/…/[cell-3]").Net`, for two types of one name, reads `Net (cell 3)`. */
function cellNames(text: string, { cells, cell }: Told): string {
  return text.replace(/(typeof )?import\("([^"]*\[cell-\d+\])"\)(\.([\w$.]+))?/g, (all, type = '', path, _, name) => {
    const which = `${path}.ts` === cell?.path ? 'this cell' : `cell ${cells.numberOf(`${path}.ts`) ?? ''}`.trim();
    return name ? `${type}${name} (${which})` : which || all;
  });
}

/** Where a name was declared, in which cell; of a library's files only what says more than that. */
function related({ relatedInformation = [] }: ts.Diagnostic, told: Told): string[] {
  return relatedInformation.flatMap(({ file, start = 0, messageText }) => {
    const text = `  ${cellNames(ts.flattenDiagnosticMessageText(messageText, '\n  '), told)}`;
    if (!file) return [text];
    const own = told.cell?.path === file.fileName ? told.cell : undefined;
    if (own) return start < own.start ? [] : [`  line ${place(own.source, start - own.start).line}: ${text.trim()}`];
    const number = told.cells.numberOf(file.fileName);
    const line = ts.getLineAndCharacterOfPosition(file, start).line;
    if (number !== undefined) return [`  cell ${number}, line ${line}: ${text.trim()}`]; // the header is line 0
    return text.endsWith(' is declared here.') ? [] : [text];
  });
}
