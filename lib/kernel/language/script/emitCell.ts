/** A checked cell as the script that V8 runs, with its source map. */
import ts from 'typescript';
import type { CompiledCell } from '../../messages';
import type { CellFile } from '../cellFiles';
import { ownMap } from './cellMap';
import { cellResult } from './cellResult';
import { cellScript, type ScriptShape } from './cellScript';
import { isGlobalName, renamedGlobals, scriptName } from './globalNames';
import { stopChecks } from './stopChecks';

/**
 * @param number the execution count
 * @param hiding names of globals that an earlier cell has declared
 */
export function emitCell(program: ts.Program, cell: CellFile, number: number, hiding: ReadonlySet<string>): CompiledCell {
  const name = `cell-${number}.ts`;
  const shape: ScriptShape = { declares: new Set(), imports: [] };
  const stars = (specifier: string): string[] => starNames(program, cell, specifier);
  let [script, map] = ['', ''];
  const write: ts.WriteFileCallback = (path, text) => {
    if (path.endsWith('.map')) map = text;
    else if (path.endsWith('.js')) script = text;
  };
  const hidden = (): Set<string> =>
    new Set([...[...shape.declares].filter(isGlobalName), ...cell.takes.filter((taken) => hiding.has(taken))]);
  const rename: ts.TransformerFactory<ts.SourceFile> = (context) => renamedGlobals(context, hidden);
  const after = [cellScript(shape, stars), rename, stopChecks];
  program.emit(program.getSourceFile(cell.path), write, undefined, false, { before: [cellResult(cell)], after });
  const own = [...cell.declared.keys(), ...exportedStars(program, cell)];
  return {
    number,
    source: cell.source,
    script: `${script.replace(/\/\/# sourceMappingURL=.*\s*$/, '')}//# sourceURL=${name}\n`,
    map: ownMap(map, name, cell.source),
    declares: own.filter((one) => shape.declares.has(one)).map(scriptName),
    imports: [...shape.imports, ...requiredByEquals(program, cell)],
  };
}

/** Specifiers of `import x = require('…')` that are left. */
function requiredByEquals(program: ts.Program, cell: CellFile): string[] {
  return (program.getSourceFile(cell.path)?.statements ?? []).flatMap((node) => {
    if (!ts.isImportEqualsDeclaration(node) || node.isTypeOnly || !ts.isExternalModuleReference(node.moduleReference)) return [];
    const { expression } = node.moduleReference;
    return ts.isStringLiteral(expression) ? [expression.text] : [];
  });
}

/** Every name that `export * from` gives to later cells. */
export function exportedStars(program: ts.Program, cell: CellFile): string[] {
  return (program.getSourceFile(cell.path)?.statements ?? []).flatMap((node) => {
    if (!ts.isExportDeclaration(node) || node.exportClause || !node.moduleSpecifier) return [];
    return ts.isStringLiteral(node.moduleSpecifier) ? starNames(program, cell, node.moduleSpecifier.text) : [];
  });
}

/** Names of values that a module exports. */
function starNames(program: ts.Program, cell: CellFile, specifier: string): string[] {
  const checker = program.getTypeChecker();
  const node = program
    .getSourceFile(cell.path)
    ?.statements.find(
      (one): one is ts.ExportDeclaration =>
        ts.isExportDeclaration(one) &&
        !!one.moduleSpecifier &&
        ts.isStringLiteral(one.moduleSpecifier) &&
        one.moduleSpecifier.text === specifier,
    );
  const symbol = node?.moduleSpecifier && checker.getSymbolAtLocation(node.moduleSpecifier);
  if (!symbol) return [];
  const isValue = (one: ts.Symbol): boolean => {
    const meant = one.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(one) : one;
    return (meant.flags & ts.SymbolFlags.Value) !== 0 && one.name !== 'default' && one.name !== 'export=';
  };
  return checker
    .getExportsOfModule(symbol)
    .filter(isValue)
    .map(({ name }) => name);
}
