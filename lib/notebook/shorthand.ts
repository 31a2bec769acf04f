/**
 * tslab 1.0.22 forgets earlier cells in `{ seed }`: the compiled cell looks for a variable `seed` of its own and finds none. The
 * same written in full, `{ seed: seed }`, works, so cells are rewritten that way before they are compiled. Lines stay as they are.
 */
import type * as TypeScript from 'typescript';
import { tslabTypescript } from './tslab';

/** A cell with every shorthand property of an object literal written in full. */
export function expandShorthand(source: string): string {
  const ts = tslabTypescript();
  const file = ts.createSourceFile('cell.ts', source, ts.ScriptTarget.ES2022, true);
  const ends: { readonly at: number; readonly name: string }[] = [];
  const visit = (node: TypeScript.Node): void => {
    // `({ a = 1 } = x)` is a pattern to assign to, which has no long form of this kind.
    if (ts.isShorthandPropertyAssignment(node) && !node.objectAssignmentInitializer && !isPattern(ts, node.parent)) {
      ends.push({ at: node.name.end, name: node.name.text });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return ends.reduceRight((text, { at, name }) => `${text.slice(0, at)}: ${name}${text.slice(at)}`, source);
}

/** Whether an object literal is the left side of an assignment: `({ a } = b)`. */
function isPattern(ts: typeof TypeScript, literal: TypeScript.ObjectLiteralExpression): boolean {
  const { parent } = literal;
  return ts.isBinaryExpression(parent) && parent.left === literal && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken;
}
