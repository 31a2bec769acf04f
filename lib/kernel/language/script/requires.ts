/**
 * Imports of a cell as variables of a script, by TypeScript's rules between module formats: `__kernel.require` returns what
 * `import * as` would, with `default`.
 *
 *     import d, { a as b } from 'x'  →  let { default: d = __kernel.require("x"), a: b } = __kernel.require("x");
 *     import * as ns from 'x'        →  let ns = __kernel.require("x");
 *     import 'x'                     →  __kernel.require("x");
 */
import ts from 'typescript';
import { kernelCall } from './cellResult';

/** A local name and the name of what it stands for; undefined for the whole module. */
type Taken = readonly [local: ts.ModuleExportName, name: ts.ModuleExportName | undefined];

export interface Requires {
  /** Specifiers, in order. */
  readonly specifiers: string[];
  ofImport(node: ts.ImportDeclaration): ts.Statement[];
  ofExport(node: ts.ExportDeclaration): ts.Statement[];
}

/** @param starNames what `export * from` a specifier gives, which only the checker knows */
export function createRequires(f: ts.NodeFactory, starNames: (specifier: string) => readonly string[]): Requires {
  const specifiers: string[] = [];
  const required = (node: ts.Node, specifier: ts.Expression, taken: readonly Taken[]): ts.Statement[] => {
    if (ts.isStringLiteral(specifier)) specifiers.push(specifier.text);
    const call = (): ts.Expression => kernelCall(f, 'require', specifier);
    if (taken.length === 0) return [ts.setTextRange(f.createExpressionStatement(call()), node)];
    const whole = taken.filter(([, name]) => name === undefined).map(([local]) => variable(f, local as ts.Identifier, call()));
    const parts = taken.filter(([, name]) => name !== undefined).map(([local, name]) => element(f, local, name, call));
    const named =
      parts.length > 0 ? [f.createVariableDeclaration(f.createObjectBindingPattern(parts), undefined, undefined, call())] : [];
    return [ts.setTextRange(letStatement(f, [...named, ...whole]), node)];
  };
  return {
    specifiers,
    ofImport(node) {
      const { name, namedBindings } = node.importClause ?? {};
      const taken: Taken[] = name ? [[name, f.createIdentifier('default')]] : [];
      if (namedBindings && ts.isNamespaceImport(namedBindings)) taken.push([namedBindings.name, undefined]);
      else if (namedBindings) for (const one of namedBindings.elements) taken.push([one.name, one.propertyName ?? one.name]);
      return required(node, node.moduleSpecifier, taken);
    },
    ofExport(node) {
      const specifier = node.moduleSpecifier as ts.Expression;
      const { exportClause } = node;
      if (!exportClause) {
        const names = ts.isStringLiteral(specifier) ? starNames(specifier.text) : [];
        return required(
          node,
          specifier,
          names.map((name) => [f.createIdentifier(name), f.createIdentifier(name)]),
        );
      }
      if (ts.isNamespaceExport(exportClause)) return required(node, specifier, [[exportClause.name, undefined]]);
      const kept = exportClause.elements.filter(({ name }) => name.text !== 'default');
      return required(
        node,
        specifier,
        kept.map((one) => [one.name, one.propertyName ?? one.name]),
      );
    },
  };
}

/** A module that was compiled from one without a default export has none; by its types it is then the whole, as in Node. */
function element(
  f: ts.NodeFactory,
  local: ts.ModuleExportName,
  name: ts.ModuleExportName | undefined,
  whole: () => ts.Expression,
): ts.BindingElement {
  const same = name === undefined || (ts.isIdentifier(name) && name.text === local.text);
  const otherwise = name?.text === 'default' ? whole() : undefined;
  return f.createBindingElement(undefined, same ? undefined : (name as ts.PropertyName), local as ts.Identifier, otherwise);
}

const variable = (f: ts.NodeFactory, name: ts.Identifier, value: ts.Expression): ts.VariableDeclaration =>
  f.createVariableDeclaration(name, undefined, undefined, value);

/** `let …`: what V8's REPL mode lets later cells declare again, in any way. */
export const letStatement = (f: ts.NodeFactory, declarations: readonly ts.VariableDeclaration[]): ts.VariableStatement =>
  f.createVariableStatement(undefined, f.createVariableDeclarationList(declarations, ts.NodeFlags.Let));
