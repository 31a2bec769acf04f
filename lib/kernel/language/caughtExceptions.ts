/** Whether code stands where its own function catches what it throws: in the block of a `try` that has a `catch`. */
import ts from 'typescript';

/** @param line and `column` from 1 */
export function isCaught(source: string, line: number, column: number): boolean {
  const file = ts.createSourceFile('code.ts', source, ts.ScriptTarget.Latest, true);
  const start = file.getLineStarts()[line - 1];
  if (start === undefined) return false;
  for (let node = nodeAt(file, start + column - 1); node.parent; node = node.parent) {
    if (ts.isFunctionLike(node) || ts.isClassStaticBlockDeclaration(node)) return false;
    if (ts.isTryStatement(node.parent) && node.parent.catchClause && node === node.parent.tryBlock) return true;
  }
  return false;
}

/** The innermost node that a position is in. */
function nodeAt(node: ts.Node, position: number): ts.Node {
  const inner = ts.forEachChild(node, (child) => (child.pos <= position && position < child.end ? child : undefined));
  return inner ? nodeAt(inner, position) : node;
}
