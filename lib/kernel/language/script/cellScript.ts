/**
 * From the JavaScript module that TypeScript makes of a cell to a script for V8's REPL mode. There `let` may be declared again by
 * `let` alone, so every name of the top level becomes one: `const`, `class`, `var`, imports, and functions. As in a module imports come
 * first, then functions: nothing has run when a module turns out to need a wait, after which the cell is evaluated again.
 */
import ts from 'typescript';
import { boundNames } from '../declaredNames';
import { kernelCall } from './cellResult';
import { withoutVar } from './nestedVariables';
import { createRequires, letStatement, type Requires } from './requires';

/** What a script turned out to be. */
export interface ScriptShape {
  readonly declares: Set<string>;
  readonly imports: string[];
}

/** What is collected while statements are converted. */
interface Script {
  readonly f: ts.NodeFactory;
  readonly requires: Requires;
  /** Imports, which stand before everything else. */
  readonly imports: ts.Statement[];
  /** Functions, which stand before the rest. */
  readonly functions: ts.Statement[];
  readonly plain: (statement: ts.Statement) => ts.Statement | undefined;
}

/** @param starNames what `export * from` a specifier gives */
export function cellScript(
  shape: ScriptShape,
  starNames: (specifier: string) => readonly string[],
): ts.TransformerFactory<ts.SourceFile> {
  return (context) => (file) => {
    const f = context.factory;
    const variables: ts.Identifier[] = [];
    const plain = withoutVar(context, (name) => variables.push(name));
    const script: Script = { f, requires: createRequires(f, starNames), imports: [], functions: [], plain };
    const body = file.statements.flatMap((node) => converted(script, node));
    const hoisted = unique(variables).map((name) => f.createVariableDeclaration(name));
    const strict = f.createExpressionStatement(f.createStringLiteral('use strict', true));
    const all = [
      strict,
      ...(hoisted.length > 0 ? [letStatement(f, hoisted)] : []),
      ...script.imports,
      ...script.functions,
      ...body,
    ];
    for (const name of all.flatMap(declaredBy)) shape.declares.add(name);
    shape.imports.push(...script.requires.specifiers);
    return f.updateSourceFile(file, ts.setTextRange(f.createNodeArray(all), file.statements));
  };
}

const declaredBy = (node: ts.Statement): string[] =>
  ts.isVariableStatement(node)
    ? node.declarationList.declarations.flatMap(({ name }) => boundNames(name).map(({ text }) => text))
    : [];

function converted(script: Script, node: ts.Statement): ts.Statement[] {
  const { f, plain } = script;
  if (ts.isImportDeclaration(node)) return importOf(script, script.requires.ofImport(node));
  if (ts.isExportDeclaration(node)) {
    return node.moduleSpecifier ? importOf(script, script.requires.ofExport(node)) : renamedExports(f, node);
  }
  if (ts.isExportAssignment(node)) return [ts.setTextRange(resultStatement(f, node.expression), node)];
  if (ts.isFunctionDeclaration(node)) return functionOf(script, node);
  if (ts.isClassDeclaration(node)) return classOf(script, node);
  if (!ts.isVariableStatement(node)) return [plain(node) ?? []].flat();
  const { declarationList: list } = node;
  if (!(list.flags & ts.NodeFlags.BlockScoped)) return [plain(f.updateVariableStatement(node, undefined, list)) ?? []].flat();
  const changed = ts.setTextRange(f.createVariableDeclarationList(list.declarations, ts.NodeFlags.Let), list);
  return [f.updateVariableStatement(node, undefined, changed)];
}

function importOf({ imports }: Script, statements: readonly ts.Statement[]): ts.Statement[] {
  imports.push(...statements);
  return [];
}

const resultStatement = (f: ts.NodeFactory, value: ts.Expression): ts.Statement =>
  f.createExpressionStatement(kernelCall(f, 'result', value));

/** `export { a as b }` gives later cells `b`; all that exports under its own name is there already. */
function renamedExports(f: ts.NodeFactory, { exportClause }: ts.ExportDeclaration): ts.Statement[] {
  if (!exportClause || !ts.isNamedExports(exportClause)) return [];
  return exportClause.elements.flatMap(({ name, propertyName }): ts.Statement[] => {
    if (!propertyName || propertyName.text === name.text) return [];
    const value = propertyName as ts.Identifier;
    if (name.text === 'default') return [resultStatement(f, value)];
    return [letStatement(f, [f.createVariableDeclaration(name as ts.Identifier, undefined, undefined, value)])];
  });
}

function functionOf(script: Script, node: ts.FunctionDeclaration): ts.Statement[] {
  const { f, functions } = script;
  const modifiers = ts.getModifiers(node)?.filter(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword);
  const body = node.body as ts.Block;
  const value = f.createFunctionExpression(modifiers, node.asteriskToken, node.name, undefined, node.parameters, undefined, body);
  const [declaration, ...result] = named(script, node, value);
  if (!node.name || !declaration) return [declaration ?? []].flat();
  functions.push(declaration);
  return result;
}

const classOf = (script: Script, node: ts.ClassDeclaration): ts.Statement[] =>
  named(script, node, script.f.createClassExpression(undefined, node.name, undefined, node.heritageClauses, node.members));

/** `let name = value;`, and for a default export the cell's result. */
function named({ f }: Script, node: ts.FunctionDeclaration | ts.ClassDeclaration, value: ts.Expression): ts.Statement[] {
  ts.setEmitFlags(ts.setTextRange(value, node), ts.EmitFlags.NoComments);
  if (!node.name) return [resultStatement(f, value)];
  const isDefault = !!ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword);
  const declaration = letStatement(f, [f.createVariableDeclaration(node.name, undefined, undefined, value)]);
  return [ts.setTextRange(declaration, node), ...(isDefault ? [resultStatement(f, node.name)] : [])];
}

/** One of each name; names that TypeScript makes up have no text before they are printed. */
const unique = (names: readonly ts.Identifier[]): ts.Identifier[] =>
  names.filter((name, i) => name.text === '' || names.findIndex(({ text }) => text === name.text) === i);
