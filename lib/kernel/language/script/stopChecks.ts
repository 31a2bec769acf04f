/**
 * Loops that can be interrupted: V8 ends synchronous code on a signal, but not code after an `await`. So every loop of a cell
 * begins its turns with a look at shared memory, which costs nothing that can be measured.
 *
 *     while (more()) { if (__stop[0]) __kernel.stopped(); … }
 */
import ts from 'typescript';

/** Puts a check into the loops of a script, also into those of its functions. */
export function stopChecks(context: ts.TransformationContext): (file: ts.SourceFile) => ts.SourceFile {
  const f = context.factory;
  const check = (): ts.Statement => {
    const flag = f.createElementAccessExpression(f.createIdentifier('__stop'), 0);
    const call = f.createCallExpression(
      f.createPropertyAccessExpression(f.createIdentifier('__kernel'), 'stopped'),
      undefined,
      [],
    );
    return ts.setEmitFlags(f.createIfStatement(flag, f.createExpressionStatement(call)), ts.EmitFlags.SingleLine);
  };
  const body = (statement: ts.Statement): ts.Block => {
    const own = ts.isBlock(statement) ? statement.statements : [statement];
    return ts.setTextRange(f.createBlock([check(), ...own], true), statement);
  };
  const visit = (node: ts.Node): ts.Node => {
    const inner = ts.visitEachChild(node, visit, context);
    if (ts.isForStatement(inner)) {
      return f.updateForStatement(inner, inner.initializer, inner.condition, inner.incrementor, body(inner.statement));
    }
    if (ts.isForInStatement(inner))
      return f.updateForInStatement(inner, inner.initializer, inner.expression, body(inner.statement));
    if (ts.isForOfStatement(inner)) {
      return f.updateForOfStatement(inner, inner.awaitModifier, inner.initializer, inner.expression, body(inner.statement));
    }
    if (ts.isWhileStatement(inner)) return f.updateWhileStatement(inner, inner.expression, body(inner.statement));
    return ts.isDoStatement(inner) ? f.updateDoStatement(inner, body(inner.statement), inner.expression) : inner;
  };
  return (file) => ts.visitEachChild(file, visit, context);
}
