/**
 * Names that a cell declares and JavaScript or Node has as globals, such as `setTimeout` of `node:timers/promises`. In a module they
 * hide the global from that module; a `let` of a script would hide it from everybody: packages, Node's own code and the kernel.
 * So in scripts they have another name:
 *
 *     import { setTimeout } from 'node:timers/promises'  →  let { setTimeout: setTimeout$cell } = __kernel.require("node:timers/promises");
 */
import ts from 'typescript';
import { boundNames } from '../declaredNames';

/** By these packages see where they run. */
const PROBED = [
  'window',
  'document',
  'self',
  'navigator',
  'location',
  'module',
  'exports',
  'define',
  'importScripts',
  'Deno',
  'Bun',
];
/** What scripts themselves use. */
const OWN = ['__kernel', '__stop'];
const GLOBALS: ReadonlySet<string> = new Set([...Object.getOwnPropertyNames(globalThis), ...PROBED, ...OWN]);

export const isGlobalName = (name: string): boolean => GLOBALS.has(name);

/** What a name is called in scripts once a cell has declared it. */
export const scriptName = (name: string): string => (isGlobalName(name) ? `${name}$cell` : name);

/** @param names global ones that this cell or an earlier one declares, once all else has become of the script */
export function renamedGlobals(
  context: ts.TransformationContext,
  names: () => ReadonlySet<string>,
): ts.Transformer<ts.SourceFile> {
  return (file) => (names().size === 0 ? file : renamed(context, file, names()));
}

function renamed(context: ts.TransformationContext, file: ts.SourceFile, names: ReadonlySet<string>): ts.SourceFile {
  const f = context.factory;
  const declared = new Set(file.statements.flatMap(topLevelNames));
  /** Not what TypeScript writes for itself, such as `Symbol` in the code of decorators. */
  const meant = (node: ts.Identifier): boolean =>
    names.has(node.text) && (declared.has(node) || ts.getOriginalNode(node).pos >= 0);
  const other = (node: ts.Identifier): ts.Identifier =>
    meant(node) ? ts.setOriginalNode(ts.setTextRange(f.createIdentifier(scriptName(node.text)), node), node) : node;
  const expression = (node: ts.Expression): ts.Expression => ts.visitNode(node, visit) as ts.Expression;
  const propertyName = (node: ts.PropertyName): ts.PropertyName =>
    ts.isIdentifier(node) ? node : (ts.visitNode(node, visit) as ts.PropertyName);

  function shorthand(node: ts.ShorthandPropertyAssignment): ts.ObjectLiteralElementLike {
    const { name, objectAssignmentInitializer: initial } = node;
    if (!meant(name)) return ts.visitEachChild(node, visit, context);
    const value = other(name);
    return f.createPropertyAssignment(name, initial ? f.createAssignment(value, expression(initial)) : value);
  }
  function bindingElement(node: ts.BindingElement): ts.BindingElement {
    const key =
      node.propertyName ?? (ts.isIdentifier(node.name) && meant(node.name) && !node.dotDotDotToken ? node.name : undefined);
    const initial = node.initializer && expression(node.initializer);
    const name = ts.visitNode(node.name, visit) as ts.BindingName;
    return f.updateBindingElement(node, node.dotDotDotToken, key && propertyName(key), name, initial);
  }
  /** Functions and classes keep the name that they say of themselves; what has none takes its property's. */
  function declaration(node: ts.VariableDeclaration): ts.VariableDeclaration {
    const { name, initializer } = node;
    if (!initializer || !ts.isIdentifier(name) || !declared.has(name) || !meant(name) || !namesItself(initializer)) {
      return ts.visitEachChild(node, visit, context);
    }
    const own = ts.isArrowFunction(initializer) ? undefined : initializer.name;
    const value = ts.visitEachChild(initializer, (child) => (child === own ? child : visit(child)), context);
    const named = own ? value : f.createPropertyAccessExpression(literal(name, value), name);
    return f.updateVariableDeclaration(node, other(name), undefined, undefined, named);
  }
  const literal = (name: ts.Identifier, value: ts.Expression): ts.Expression =>
    f.createObjectLiteralExpression([f.createPropertyAssignment(name, value)]);
  function visit(node: ts.Node): ts.Node {
    if (ts.isIdentifier(node)) return other(node);
    if (ts.isPropertyAssignment(node)) {
      return f.updatePropertyAssignment(node, propertyName(node.name), expression(node.initializer));
    }
    if (ts.isShorthandPropertyAssignment(node)) return shorthand(node);
    if (ts.isObjectBindingPattern(node)) return f.updateObjectBindingPattern(node, node.elements.map(bindingElement));
    if (ts.isVariableDeclaration(node)) return declaration(node);
    const member = ts.isPropertyAccessExpression(node) || ts.isClassElement(node) || ts.isMethodDeclaration(node);
    const kept = member && node.name && ts.isIdentifier(node.name) ? node.name : undefined;
    return ts.visitEachChild(node, (child) => (child === kept ? child : visit(child)), context);
  }
  return ts.visitEachChild(file, visit, context);
}

type NamesItself = ts.FunctionExpression | ts.ClassExpression | ts.ArrowFunction;

const namesItself = (node: ts.Expression): node is NamesItself =>
  ts.isFunctionExpression(node) || ts.isClassExpression(node) || ts.isArrowFunction(node);

const topLevelNames = (node: ts.Statement): ts.Identifier[] =>
  ts.isVariableStatement(node) ? node.declarationList.declarations.flatMap(({ name }) => boundNames(name)) : [];
