/**
 * `var` outside of functions: what it declares belongs to the whole script. Such names are declared at the beginning, by `let`,
 * since V8 never lets a later cell declare a `var` again in another way; what stays in place is an assignment.
 */
import ts from 'typescript';
import { boundNames } from '../declaredNames';

/** @param hoist takes each name */
export function withoutVar(
  context: ts.TransformationContext,
  hoist: (name: ts.Identifier) => void,
): (statement: ts.Statement) => ts.Statement | undefined {
  const f = context.factory;
  const assigned = ({ name, initializer }: ts.VariableDeclaration): ts.Expression[] => {
    boundNames(name).forEach(hoist);
    return initializer ? [f.createAssignment(pattern(f, name), initializer)] : [];
  };
  const joined = (list: ts.VariableDeclarationList): ts.Expression | undefined => {
    const [first, ...more] = list.declarations.flatMap(assigned);
    return (
      first &&
      ts.setTextRange(
        more.reduce((left, right) => f.createComma(left, right), first),
        list,
      )
    );
  };
  const target = (list: ts.VariableDeclarationList): ts.Expression => {
    const { name } = list.declarations[0] as ts.VariableDeclaration;
    boundNames(name).forEach(hoist);
    return pattern(f, name);
  };
  const visit = (node: ts.Node): ts.Node | undefined => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node) || ts.isExpression(node)) return node;
    if (ts.isVariableStatement(node) && isVar(node.declarationList)) {
      const value = joined(node.declarationList);
      return value ? ts.setTextRange(f.createExpressionStatement(parenthesised(f, value)), node) : f.createEmptyStatement();
    }
    const inner = ts.visitEachChild(node, visit, context);
    if (ts.isForStatement(inner) && isVar(inner.initializer)) {
      return f.updateForStatement(inner, joined(inner.initializer), inner.condition, inner.incrementor, inner.statement);
    }
    if (ts.isForInStatement(inner) && isVar(inner.initializer)) {
      return f.updateForInStatement(inner, target(inner.initializer), inner.expression, inner.statement);
    }
    if (!ts.isForOfStatement(inner) || !isVar(inner.initializer)) return inner;
    return f.updateForOfStatement(inner, inner.awaitModifier, target(inner.initializer), inner.expression, inner.statement);
  };
  return (statement) => {
    const changed = visit(statement) as ts.Statement;
    return ts.isEmptyStatement(changed) ? undefined : changed;
  };
}

const isVar = (node: ts.Node | undefined): node is ts.VariableDeclarationList =>
  node !== undefined && ts.isVariableDeclarationList(node) && !(node.flags & ts.NodeFlags.BlockScoped);

/** `{ a } = b` alone would be a block. */
const parenthesised = (f: ts.NodeFactory, value: ts.Expression): ts.Expression =>
  ts.isBinaryExpression(value) && ts.isObjectLiteralExpression(value.left) ? f.createParenthesizedExpression(value) : value;

/** A binding pattern as one to assign to. */
function pattern(f: ts.NodeFactory, name: ts.BindingName): ts.Expression {
  if (ts.isIdentifier(name)) return name;
  if (ts.isArrayBindingPattern(name)) {
    return f.createArrayLiteralExpression(
      name.elements.map((element) => {
        if (!ts.isBindingElement(element)) return f.createOmittedExpression();
        const value = withDefault(f, pattern(f, element.name), element.initializer);
        return element.dotDotDotToken ? f.createSpreadElement(value) : value;
      }),
    );
  }
  return f.createObjectLiteralExpression(
    name.elements.map((element) => {
      const value = pattern(f, element.name);
      if (element.dotDotDotToken) return f.createSpreadAssignment(value);
      const key = element.propertyName ?? (element.name as ts.Identifier);
      return f.createPropertyAssignment(key, withDefault(f, value, element.initializer));
    }),
  );
}

const withDefault = (f: ts.NodeFactory, value: ts.Expression, initializer: ts.Expression | undefined): ts.Expression =>
  initializer ? f.createAssignment(value, initializer) : value;
